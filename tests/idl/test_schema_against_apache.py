"""Our schema against what Apache Thrift 0.17 prints with `--gen json`, for every corpus file both accept.

Apache's JSON follows typedefs, writes enums as i32 and their members as numbers, bools as 0 and 1, keys as strings, and
of a repeated annotation the last value; so ours is brought into that form, and nothing else is forgiven.
"""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from kitexgen.idl import Loaded, load
from kitexgen.schema import (
    Alias,
    Annotations,
    Const,
    Enum,
    EnumValue,
    Field,
    ListOf,
    ListValue,
    MapOf,
    MapValue,
    Method,
    Module,
    Record,
    RecordKind,
    RecordValue,
    Ref,
    Requirement,
    Scalar,
    Schema,
    Service,
    SetOf,
    SetValue,
    Type,
    Value,
)
from tests.idl.test_corpus_verdicts import CORPUS, REPOSITORY, corpus_load, corpus_rows, is_ok, needs_corpus

APACHE = shutil.which("thrift")
needs_apache = pytest.mark.skipif(APACHE is None, reason="no `thrift` on PATH (Debian package thrift-compiler)")

_CONTAINER_KEY = re.compile(r"(\[[^\[\]{}]*\]|\{[^\[\]{}]*\}):")

_WORDS = {Requirement.REQUIRED: "required", Requirement.OPTIONAL: "optional", Requirement.DEFAULT: "req_out"}


class _AsApache:
    """A module in the form of Apache's JSON."""

    def __init__(self, schema: Schema, module: Module) -> None:
        self._schema = schema
        self._module = module

    def program(self) -> dict[str, Any]:
        declared = self._module.declarations
        return {
            "enums": [self._enum(one) for one in declared if isinstance(one, Enum)],
            "typedefs": [self._alias(one) for one in declared if isinstance(one, Alias)],
            "structs": [self._record(one) for one in declared if isinstance(one, Record)],
            "constants": [self._const(one) for one in declared if isinstance(one, Const)],
            "services": [self._service(one) for one in declared if isinstance(one, Service)],
            "namespaces": {one.scope: one.name for one in self._module.namespaces},
        }

    def _enum(self, one: Enum) -> dict[str, Any]:
        # The annotations of members are not printed.
        members = [{"name": m.name, "value": m.number} for m in one.members]
        return {"name": one.id.name, "members": members, **_annotated(one.annotations)}

    def _alias(self, one: Alias) -> dict[str, Any]:
        return {"name": one.id.name, **self._typed(one.type), **_annotated(one.annotations)}

    def _record(self, one: Record) -> dict[str, Any]:
        return {
            "name": one.id.name,
            "isException": one.kind is RecordKind.EXCEPTION,
            "isUnion": one.kind is RecordKind.UNION,
            "fields": [self._field(field) for field in one.fields],
            **_annotated(one.annotations),
        }

    def _const(self, one: Const) -> dict[str, Any]:
        return {"name": one.id.name, **self._typed(one.type), "value": value(one.value)}

    def _service(self, one: Service) -> dict[str, Any]:
        base = {"extends": self._name(Ref(one.base))} if one.base else {}
        methods = [self._method(method) for method in one.methods]
        return {"name": one.id.name, **base, "functions": methods, **_annotated(one.annotations)}

    def _method(self, one: Method) -> dict[str, Any]:
        if one.result is None:
            result: dict[str, Any] = {"returnTypeId": "void"}
        else:
            typed = self._typed(one.result)
            result = {"returnTypeId": typed["typeId"], **({"returnType": typed["type"]} if "type" in typed else {})}
        throws = [self._field(field) | {"required": "req_out"} for field in one.throws]
        return {
            "name": one.name,
            **result,
            "oneway": one.is_oneway,
            "arguments": [self._field(field) for field in one.arguments],
            "exceptions": throws,
            **_annotated(one.annotations),
        }

    def _field(self, one: Field) -> dict[str, Any]:
        default = {} if one.default is None else {"default": value(one.default)}
        annotated = _annotated(one.annotations)
        typed = self._typed(one.type)
        return {"key": one.id, "name": one.name, **typed, "required": _WORDS[one.requirement], **default, **annotated}

    def _typed(self, type: Type) -> dict[str, Any]:
        """`typeId`, and `type` where that does not say it all."""
        spelled = self._type(type)
        is_whole = set(spelled) == {"typeId"}
        return {"typeId": spelled["typeId"]} if is_whole else {"typeId": spelled["typeId"], "type": spelled}

    def _type(self, type: Type) -> dict[str, Any]:
        end = self._schema.resolve(type)
        match end:
            case Scalar(kind=kind):
                return {"typeId": kind.value}
            case ListOf(element=element):
                return {"typeId": "list", **self._part("elem", element), **_annotated(end.annotations)}
            case SetOf(element=element):
                return {"typeId": "set", **self._part("elem", element), **_annotated(end.annotations)}
            case MapOf(key=key, value=inner):
                parts = self._part("key", key) | self._part("value", inner)
                return {"typeId": "map", **parts, **_annotated(end.annotations)}
            case Ref(target=target):
                found = self._schema.find(target)
                if isinstance(found, Enum):
                    return {"typeId": "i32"}
                assert isinstance(found, Record)
                return {"typeId": _kind(found), "class": self._name(end)}

    def _part(self, role: str, type: Type) -> dict[str, Any]:
        spelled = self._type(type)
        whole = {} if set(spelled) == {"typeId"} else {f"{role}Type": spelled}
        return {f"{role}TypeId": spelled["typeId"], **whole}

    def _name(self, reference: Ref) -> str:
        """Prefixed when it is declared elsewhere."""
        target = reference.target
        return target.name if target.module == self._module.id else f"{target.module.stem}.{target.name}"


class _Elements(list[Any]):
    """Of a set: Apache prints an element as often as it was written."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list):
            return NotImplemented
        return list(self) == [one for index, one in enumerate(other) if one not in other[:index]]

    __hash__ = None


def _kind(record: Record) -> str:
    return {RecordKind.STRUCT: "struct", RecordKind.UNION: "union", RecordKind.EXCEPTION: "exception"}[record.kind]


def _annotated(found: Annotations) -> dict[str, Any]:
    return {"annotations": {one.key: one.values[-1] for one in found}} if found else {}


def value(one: Value) -> Any:
    match one:
        case bool():
            return int(one)
        case int() | float() | str():
            return one
        case bytes():
            return one.decode()
        case UUID():
            return str(one)
        case EnumValue(number=number):
            return number
        case ListValue(items=items):
            return [value(item) for item in items]
        case SetValue(items=items):
            return _Elements(value(item) for item in items)
        case MapValue(entries=entries):
            return {_key(key): value(inner) for key, inner in entries}
        case RecordValue(fields=fields):
            return {name: value(inner) for name, inner in fields}


def _key(one: Value) -> str:
    plain = value(one)
    return plain if isinstance(plain, str) else json.dumps(plain, separators=(",", ":"))


def differences(ours: Any, theirs: Any, path: str = "") -> Iterable[str]:
    """Where two JSON values differ. Doubles may differ in the last digits, which Apache does not print."""
    if ours == theirs or (ours in ([], {}) and theirs in ([], {})):
        # Empty brackets of the other kind are printed as they were written.
        return
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            if key not in ours or key not in theirs:
                yield f"{path}/{key}: {ours.get(key, 'absent')!r}, Apache {theirs.get(key, 'absent')!r}"
            else:
                yield from differences(ours[key], theirs[key], f"{path}/{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            name = mine.get("name", index) if isinstance(mine, dict) else index
            yield from differences(mine, other, f"{path}/{name}")
    elif isinstance(ours, float) and isinstance(theirs, int | float):
        if not math.isclose(ours, theirs, rel_tol=1e-9):
            yield f"{path}: {ours!r}, Apache {theirs!r}"
    else:
        yield f"{path}: {ours!r}, Apache {theirs!r}"


def cleaned(node: Any) -> Any:
    """Apache's JSON without docs, and without the annotations it repeats on every use of a type."""
    if isinstance(node, dict):
        return {
            key: cleaned(inner)
            for key, inner in node.items()
            if key != "doc" and not (key == "annotations" and "class" in node)
        }
    return [cleaned(inner) for inner in node] if isinstance(node, list) else node


def apache_json(path: Path, include_dirs: list[str], cwd: Path, out: Path) -> dict[str, Any] | None:
    """What Apache prints for one file; None when it refuses."""
    assert APACHE is not None
    flags = [flag for directory in include_dirs for flag in ("-I", directory)]
    command = [APACHE, "-nowarn", "--allow-neg-keys", "--gen", "json", "-out", str(out), *flags, str(path)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, timeout=20, check=False)
    if done.returncode != 0:
        return None
    return _parsed((out / f"{path.stem}.json").read_text(encoding="utf-8"))


def _parsed(text: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(text, strict=False)
    except json.JSONDecodeError:
        # A key of a map that is a container is printed as it is, which is no JSON: `[1, 2]: "x"`.
        quoted = _CONTAINER_KEY.sub(lambda match: json.dumps(re.sub(r"\s", "", match[1])) + ":", text)
        found = json.loads(quoted, strict=False)
    return found


def compare(loaded: Loaded, theirs: dict[str, Any]) -> list[str]:
    assert loaded.schema is not None
    module = loaded.schema.module(loaded.schema.roots[0])
    ours = _AsApache(loaded.schema, module).program()
    return list(differences(ours, {key: cleaned(theirs.get(key, [])) for key in ours}))


@needs_apache
@needs_corpus
@pytest.mark.corpus
@pytest.mark.slow
def test_the_corpus_means_to_us_what_it_means_to_apache(tmp_path: Path) -> None:
    found: dict[str, list[str]] = {}
    compared = 0
    for row in corpus_rows():
        if not (is_ok(row["apache"]) and is_ok(row["apache_head"])):
            continue
        loaded = corpus_load(row, field_ids="apache")
        if loaded.schema is None:
            continue
        roots = [root for root in row["include_roots"].split(";") if root]
        theirs = apache_json(Path(row["file"]), roots, CORPUS / "thrift", tmp_path)
        assert theirs is not None, row["file"]
        compared += 1
        if differing := compare(loaded, theirs):
            found[row["file"]] = differing
    assert found == {}
    assert compared > 600


@needs_apache
@pytest.mark.parametrize("path", sorted((REPOSITORY / "idl_samples").rglob("*.thrift")), ids=lambda path: path.name)
def test_the_samples_mean_to_us_what_they_mean_to_apache(path: Path, tmp_path: Path) -> None:
    theirs = apache_json(path, [], path.parent, tmp_path)
    if theirs is None:
        pytest.skip(f"Apache Thrift 0.17 refuses {path.name}: it is older than what the sample shows")
    assert compare(load([path], field_ids="apache"), theirs) == []
