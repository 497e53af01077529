"""Diagnostics as JSON lines: one object a line, for editors and scripts.

Keys, always all of them:
    code, severity ("error" | "warning" | "note"), message, hint (string or null),
    file, line, column, end_line, end_column (null where there is no place; from 1, in characters, ends exclusive),
    label (what is said at that place, or null),
    also: [{file, line, column, end_line, end_column, label}],
    refused_by: names of the compilers that reject what is accepted here,
    fixes: [{title, file, edits: [{line, column, end_line, end_column, text}]}].
Nothing is removed or renamed within a major version; keys may be added.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from kitexgen.diagnostics.diagnostic import Diagnostic, Fix, Label
from kitexgen.diagnostics.render.places import region
from kitexgen.source.file import SourceFile
from kitexgen.source.span import Span


def render_json(diagnostics: Iterable[Diagnostic], files: Mapping[str, SourceFile]) -> str:
    """One line of JSON per diagnostic, each ended by a newline; pure ASCII."""
    return "".join(json.dumps(_finding(diagnostic, files)) + "\n" for diagnostic in diagnostics)


def _finding(diagnostic: Diagnostic, files: Mapping[str, SourceFile]) -> dict[str, object]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        **_label(diagnostic.at, files),
        "hint": diagnostic.hint,
        "also": [_label(label, files) for label in diagnostic.also],
        "refused_by": list(diagnostic.refused_by),
        "fixes": [_fix(fix, files) for fix in diagnostic.fixes],
    }


def _label(label: Label | None, files: Mapping[str, SourceFile]) -> dict[str, object]:
    if label is None:
        return {"file": None, **_NOWHERE, "label": None}
    return {"file": label.span.path, **_range(label.span, files), "label": label.text or None}


def _fix(fix: Fix, files: Mapping[str, SourceFile]) -> dict[str, object]:
    edits = [{**_range(Span(fix.path, edit.start, edit.end), files), "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "file": fix.path, "edits": edits}


_NOWHERE: dict[str, object] = {"line": None, "column": None, "end_line": None, "end_column": None}


def _range(span: Span, files: Mapping[str, SourceFile]) -> dict[str, object]:
    place = region(span, files)
    if place is None:
        return _NOWHERE
    return {
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }
