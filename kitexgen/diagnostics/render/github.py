"""Diagnostics as workflow commands: GitHub Actions shows them beside the changed lines.

Source: GitHub docs, "Workflow commands for GitHub Actions"; the escapes are those of actions/toolkit,
packages/core/src/command.ts (`escapeData`, `escapeProperty`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kitexgen.diagnostics.diagnostic import Diagnostic, Severity
from kitexgen.diagnostics.render.places import region
from kitexgen.source.file import SourceFile

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(diagnostics: Iterable[Diagnostic], files: Mapping[str, SourceFile]) -> str:
    """One command a line per diagnostic."""
    return "".join(_command(diagnostic, files) for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic, files: Mapping[str, SourceFile]) -> str:
    properties = {**_place(diagnostic, files), "title": f"kitexgen {diagnostic.code}"}
    listed = ",".join(f"{key}={_escape_property(str(value))}" for key, value in properties.items())
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{_escape_data(_text(diagnostic, files))}\n"


def _place(diagnostic: Diagnostic, files: Mapping[str, SourceFile]) -> dict[str, object]:
    if diagnostic.at is None:
        return {}
    place = region(diagnostic.at.span, files)
    if place is None:
        return {"file": diagnostic.at.span.path}
    properties: dict[str, object] = {"file": diagnostic.at.span.path, "line": place.line, "endLine": place.end_line}
    # GitHub rejects columns on an annotation of several lines (Checks API, `start_column`).
    if place.line == place.end_line:
        properties |= {"col": place.column, "endColumn": place.end_column}
    return properties


def _text(diagnostic: Diagnostic, files: Mapping[str, SourceFile]) -> str:
    lines = [diagnostic.message]
    if diagnostic.at is not None and diagnostic.at.text:
        lines.append(f"here: {diagnostic.at.text}")
    for label in diagnostic.also:
        place = region(label.span, files)
        where = label.span.path if place is None else f"{label.span.path}:{place.line}:{place.column}"
        lines.append(f"{where}: {label.text}" if label.text else where)
    if diagnostic.hint is not None:
        lines.append(f"hint: {diagnostic.hint}")
    return "\n".join(lines)


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
