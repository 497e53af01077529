"""From IDL to generated Python and back: names, files and lines."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kitexgen.driver.manifest import read_manifest
from kitexgen.lsp.analysis import Analysis
from kitexgen.lsp.declared import Declared, Kind
from kitexgen.lsp.projects import Project
from kitexgen.plugins.api import PythonNames

# Statements of the outermost level, and what they declare.
_STATEMENT: Final = re.compile(r"^(?:class |def |async def )?(?P<name>[A-Za-z_]\w*)", re.MULTILINE)
_NEXT_STATEMENT: Final = re.compile(r"^[A-Za-z_@]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PythonPlace:
    """`module` is dotted, relative to the output folder; `name` what it declares, `attribute` a part of that."""

    module: str
    name: str | None
    attribute: str | None

    def __str__(self) -> str:
        return ".".join(part for part in (self.module, self.name, self.attribute) if part is not None)


def python_place(analysis: Analysis, declared: Declared) -> PythonPlace | None:
    """What generated code calls `declared`, None when there is none or the IDL is broken."""
    return None if analysis.examined.report.has_errors else place_of(analysis.python_names, declared)


def place_of(names: PythonNames, declared: Declared) -> PythonPlace | None:
    if declared.kind in {Kind.SERVICE, Kind.METHOD, Kind.ARGUMENT, Kind.THROWS}:
        return _of_service(names, declared)
    found = names.declarations.get(declared.id)
    if found is None:
        return None
    is_inner = declared.kind in {Kind.FIELD, Kind.MEMBER}
    attribute = names.attributes.get(declared.id, {}).get(declared.name) if is_inner else None
    return PythonPlace(found.module, found.name, attribute)


def _of_service(names: PythonNames, declared: Declared) -> PythonPlace | None:
    found = names.declarations.get(declared.id)
    if found is None:
        return None
    method = declared.method.name if declared.method is not None else declared.name
    attribute = names.methods[declared.id].get(method) if declared.kind is not Kind.SERVICE else None
    return PythonPlace(found.module, found.name, attribute)


# ---- the text of a generated file ---------------------------------------------------------------------------------


def python_file(project: Project, place: PythonPlace) -> str | None:
    """The generated file of `place`, None when it was not generated."""
    stem = os.path.join(project.out, *place.module.split("."))
    return next((path for path in (f"{stem}.py", os.path.join(stem, "__init__.py")) if os.path.isfile(path)), None)


def python_span(text: str, place: PythonPlace) -> tuple[int, int]:
    """Where the generated `text` of its module declares `place`; the very beginning when it does not."""
    if place.name is None:
        return 0, 0
    holder = re.compile(rf"^(?:class )?(?P<name>{re.escape(place.name)})\b", re.MULTILINE).search(text)
    if holder is None:
        return 0, 0
    if place.attribute is None:
        return holder.span("name")
    end = _NEXT_STATEMENT.search(text, holder.end())
    inner = re.compile(rf"^    (?:async )?(?:def )?(?P<name>{re.escape(place.attribute)})\b", re.MULTILINE)
    found = inner.search(text, holder.end(), end.start() if end is not None else len(text))
    return (found or holder).span("name")


def names_at(text: str, offset: int) -> tuple[str | None, str]:
    """The class, or other statement of the outermost level, that holds `offset`, and the word that stands there."""
    holder = None
    end = text.find("\n", offset)
    for found in _STATEMENT.finditer(text, 0, len(text) if end < 0 else end):
        holder = found["name"]
    start = end = offset
    while start > 0 and _is_word(text[start - 1]):
        start -= 1
    while end < len(text) and _is_word(text[end]):
        end += 1
    return holder, text[start:end]


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


# ---- back to the IDL ----------------------------------------------------------------------------------------------


def idl_roots(project: Project, path: str) -> tuple[str, ...]:
    """The IDL files that the generated file at `path` was made for, as the manifest of its folder tells."""
    relative = os.path.relpath(path, project.out).replace(os.sep, "/")
    roots = read_manifest(Path(project.out)).files.get(relative, ())
    return tuple(os.path.normpath(os.path.join(project.out, root)).replace(os.sep, "/") for root in roots)


def module_name(project: Project, path: str) -> str:
    """The dotted path of the generated module at `path`; that of a codec is the one it is the codec of."""
    relative = os.path.relpath(path, project.out).replace(os.sep, "/").removesuffix(".py").removesuffix("/__init__")
    folder, _, name = relative.rpartition("/")
    if name.startswith("_") and name.endswith("_codec"):
        name = name[1 : -len("_codec")]
    return f"{folder}/{name}".strip("/").replace("/", ".")


def declared_as(names: PythonNames, declared: Iterable[Declared], place: PythonPlace) -> Declared | None:
    """What the generated `place` was made of: the part it names, else the whole, else the first of its module."""
    best: tuple[int, Declared] | None = None
    for one in declared:
        own = place_of(names, one)
        if own is None or own.module != place.module:
            continue
        # A module of a service has several classes, all of them of that service.
        is_same = own.name == place.name or one.kind in {Kind.SERVICE, Kind.METHOD}
        score = is_same + 2 * (is_same and own.attribute is not None and own.attribute == place.attribute)
        score -= not is_same and own.attribute is not None
        if best is None or score > best[0]:
            best = score, one
    return None if best is None else best[1]
