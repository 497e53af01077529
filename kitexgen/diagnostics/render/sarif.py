"""Diagnostics as a SARIF 2.1.0 log, for code scanners.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from kitexgen import __version__
from kitexgen.diagnostics.diagnostic import Diagnostic, Fix, Label, Severity
from kitexgen.diagnostics.explain import page
from kitexgen.diagnostics.render.places import region
from kitexgen.source.file import SourceFile
from kitexgen.source.span import Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render_sarif(diagnostics: Iterable[Diagnostic], files: Mapping[str, SourceFile]) -> str:
    """The whole log as one JSON text. Each code that occurs is a rule, its explain page the rule's help."""
    found = list(diagnostics)
    codes = sorted({diagnostic.code for diagnostic in found})
    driver = {"name": "kitexgen", "semanticVersion": __version__, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes.index(diagnostic.code), files) for diagnostic in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str) -> dict[str, object]:
    rule: dict[str, object] = {"id": code}
    explained = page(code)
    if explained is not None:
        rule["shortDescription"] = {"text": explained.title}
        rule["help"] = {"text": explained.text, "markdown": explained.text}
    return rule


def _result(diagnostic: Diagnostic, rule_index: int, files: Mapping[str, SourceFile]) -> dict[str, object]:
    text = diagnostic.message if diagnostic.hint is None else f"{diagnostic.message}\nhint: {diagnostic.hint}"
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule_index,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": text},
    }
    if diagnostic.at is not None:
        result["locations"] = [_location(diagnostic.at, files)]
    if diagnostic.also:
        result["relatedLocations"] = [{"id": n, **_location(also, files)} for n, also in enumerate(diagnostic.also, 1)]
    fixes = [fixed for fix in diagnostic.fixes if (fixed := _fix(fix, files)) is not None]
    if fixes:
        result["fixes"] = fixes
    return result


def _location(label: Label, files: Mapping[str, SourceFile]) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": {"uri": _uri(label.span.path)}}
    place = _region(label.span, files)
    if place is not None:
        physical["region"] = place
    location: dict[str, object] = {"physicalLocation": physical}
    if label.text:
        location["message"] = {"text": label.text}
    return location


def _fix(fix: Fix, files: Mapping[str, SourceFile]) -> dict[str, object] | None:
    """None when the text of the file is not known: a replacement must say which region it deletes."""
    if fix.path not in files:
        return None
    replacements = [
        {"deletedRegion": _region(Span(fix.path, edit.start, edit.end), files), "insertedContent": {"text": edit.text}}
        for edit in fix.edits
    ]
    change = {"artifactLocation": {"uri": _uri(fix.path)}, "replacements": replacements}
    return {"description": {"text": fix.title}, "artifactChanges": [change]}


def _region(span: Span, files: Mapping[str, SourceFile]) -> dict[str, int] | None:
    place = region(span, files)
    if place is None:
        return None
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _uri(path: str) -> str:
    """A path as a URI reference: absolute ones get a scheme, odd characters are percent-encoded."""
    here = Path(path)
    return here.as_uri() if here.is_absolute() else quote(here.as_posix())
