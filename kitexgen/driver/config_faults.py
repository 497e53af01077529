"""What is wrong with a configuration file, as diagnostics."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.diagnostics.suggest import nearest
from kitexgen.driver.toml_place import TomlText
from kitexgen.source.file import Position, SourceFile
from kitexgen.source.span import Span

_TYPE_NAMES = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "a table",
}


def unreadable(path: str, error: OSError | ValueError) -> tuple[SourceFile, Diagnostic]:
    """The file could not be read, is not UTF-8, or is not TOML."""
    shown = _shown(path)
    match error:
        case OSError():
            return SourceFile(shown, ""), _not_toml(shown, f"cannot be read: {error.strerror or error}", None)
        case UnicodeDecodeError():
            readable = error.object[: error.start].decode()
            place = Label(Span(shown, len(readable), len(readable)), "not UTF-8 from here on")
            return SourceFile(shown, readable), _not_toml(shown, "is not UTF-8", place)
        case _:
            source = SourceFile(shown, _text(path))
            return source, _not_toml(shown, "is not TOML", _toml_error(source, error))


def table(path: str, text: str, section: tuple[str, ...]) -> TomlText:
    """The table `section` (empty: the whole file) of the configuration at `path`."""
    return TomlText(SourceFile(_shown(path), text), section)


def explain_faults(
    toml: TomlText, faults: Sequence[tuple[str, object, str | None]], known: Sequence[str]
) -> tuple[Diagnostic, ...]:
    """One diagnostic for each key, value and what the value should have been (None: there is no such key)."""
    return tuple(
        _unknown_key(toml, key, known) if wanted is None else _wrong_value(toml, key, value, wanted)
        for key, value, wanted in faults
    )


def matches_nothing(path: str, pattern: str) -> Diagnostic:
    """A glob pattern of the setting `idl` that no file fits."""
    return Diagnostic(
        code="KX0504",
        severity=Severity.ERROR,
        message=f"no file matches `{pattern}`, which `{_shown(path)}` names as IDL",
        at=None,
        hint="patterns are relative to the folder of the configuration; `**` stands for any depth of folders",
    )


def _not_toml(path: str, problem: str, at: Label | None) -> Diagnostic:
    return Diagnostic(code="KX0501", severity=Severity.ERROR, message=f"the configuration `{path}` {problem}", at=at)


def _unknown_key(toml: TomlText, key: str, known: Sequence[str]) -> Diagnostic:
    spelled = key.replace("-", "_")
    near = spelled if spelled in known else nearest(spelled, known)
    return Diagnostic(
        code="KX0502",
        severity=Severity.ERROR,
        message=f"there is no setting `{key}`",
        at=Label(toml.key(key)),
        hint=f"did you mean `{near}`?" if near else f"the settings are {', '.join(known)}",
    )


def _wrong_value(toml: TomlText, key: str, value: object, wanted: str) -> Diagnostic:
    near = nearest(value, re.findall('"([^"]+)"', wanted)) if isinstance(value, str) else None
    return Diagnostic(
        code="KX0503",
        severity=Severity.ERROR,
        message=f"the setting `{key}` takes {wanted}",
        at=Label(toml.value(key), f"this is {_described(value)}"),
        hint=f'did you mean "{near}"?' if near else None,
    )


def _described(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"' if value else "empty"
    if isinstance(value, list):
        wrong = next((item for item in value if not isinstance(item, str) or not item), None)
        return "a list" if wrong is None else f"a list with {_described(wrong)} in it"
    return _TYPE_NAMES.get(type(value), "a date or time")


def _toml_error(source: SourceFile, error: ValueError) -> Label | None:
    """Where tomllib stopped: it says so at the end of its message, `Expected '=' (at line 3, column 5)`."""
    said = str(error)
    place = re.search(r" \(at line (\d+), column (\d+)\)$", said)
    if place is not None:
        offset = source.offset(Position(int(place[1]), int(place[2])))
        said = said[: place.start()]
    else:
        offset = len(source.text)
        said = said.removesuffix(" (at end of document)")
    return Label(Span(source.path, offset, offset), said[:1].lower() + said[1:])


def _text(path: str) -> str:
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def _shown(path: str) -> str:
    return os.path.relpath(path).replace(os.sep, "/")
