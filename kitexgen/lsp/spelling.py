"""Types and values as an IDL writes them, for hovers and hints."""

from __future__ import annotations

import json
from collections.abc import Callable
from operator import attrgetter
from typing import Final
from uuid import UUID

from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Schema
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, SetValue, Value

# A value that is longer is cut: a hint is one line.
MOST_LETTERS: Final = 60


# What a declaration is called in the text that is written.
Namer = Callable[[DeclId], str]


def spell_type(type: Type, *, is_proto: bool, name: Namer = attrgetter("name")) -> str:
    match type:
        case Scalar(kind=kind):
            return "bytes" if is_proto and kind is ScalarKind.BINARY else kind.value
        case ListOf(element=element):
            inner = spell_type(element, is_proto=is_proto, name=name)
            return f"repeated {inner}" if is_proto else f"list<{inner}>"
        case SetOf(element=element):
            return f"set<{spell_type(element, is_proto=is_proto, name=name)}>"
        case MapOf(key=key, value=value):
            inner = spell_type(value, is_proto=is_proto, name=name)
            return f"map<{spell_type(key, is_proto=is_proto, name=name)}, {inner}>"
        case Ref(target=target):
            return name(target)


def namer(schema: Schema, home: ModuleId, *, is_proto: bool) -> Namer:
    """Calls declarations as the file `home` does: those of other files, or packages, by their whole name."""
    own = _prefix(schema, home, is_proto=is_proto)

    def name(target: DeclId) -> str:
        prefix = _prefix(schema, target.module, is_proto=is_proto)
        return target.name if prefix in {own, ""} else f"{prefix}.{target.name}"

    return name


def _last_part(id: DeclId) -> str:
    return id.name.rpartition(".")[2]


def spell_value(value: Value, name: Namer = _last_part) -> str:
    """`value` as an IDL would write it, cut when it is long."""
    text = _spell(value, name)
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _spell(value: Value, name: Namer) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case bytes():
            return json.dumps(value.decode("utf-8", "backslashreplace"), ensure_ascii=False)
        case UUID():
            return f'"{value}"'
        case EnumValue(enum=enum, number=number, name=member):
            return str(number) if member is None else f"{name(enum)}.{member}"
        case ListValue(items=items) | SetValue(items=items):
            return f"[{', '.join(_spell(item, name) for item in items)}]"
        case MapValue(entries=entries):
            return f"{{{', '.join(f'{_spell(key, name)}: {_spell(item, name)}' for key, item in entries)}}}"
        case RecordValue(fields=fields):
            return f"{{{', '.join(f'{field}: {_spell(item, name)}' for field, item in fields)}}}"


def full_name(schema: Schema, id: DeclId, *, is_proto: bool) -> str:
    """How people of other files call a declaration: by its package in Protobuf, by its file in Thrift."""
    prefix = _prefix(schema, id.module, is_proto=is_proto)
    return f"{prefix}.{id.name}" if prefix else id.name


def _prefix(schema: Schema, id: ModuleId, *, is_proto: bool) -> str:
    if not is_proto:
        return id.stem
    module = next((each for each in schema.modules if each.id == id), None)
    return (module.namespace("package") or "") if module is not None else ""
