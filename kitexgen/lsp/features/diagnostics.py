"""Diagnostics: errors, warnings and what lint rules find, as an editor takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from lsprotocol import types

from kitexgen.diagnostics import explain
from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.diagnostics.explain import page
from kitexgen.idl import whole_file
from kitexgen.lsp.analysis import Analysis
from kitexgen.lsp.projects import Project
from kitexgen.lsp.uris import to_uri
from kitexgen.lsp.workspace import Workspace
from kitexgen.source.file import SourceFile

SOURCE: Final = "kitexgen"
_PAGES: Final = Path(explain.__file__).with_suffix("")
_QUOTES: Final = ("'", '"')

_SEVERITIES: Final = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}
# Includes and imports that nobody uses; `byte`.
_TAGS: Final = {
    types.DiagnosticTag.Unnecessary: frozenset({"KX0223", "KX0705", "KX0817"}),
    types.DiagnosticTag.Deprecated: frozenset({"KX0826"}),
}


def diagnostics(workspace: Workspace, analysis: Analysis) -> list[types.Diagnostic]:
    """What is to be said of the file itself, and, at its includes, that what they name is broken."""
    files = analysis.examined.files
    found: list[types.Diagnostic] = []
    elsewhere: dict[str, Diagnostic] = {}
    for one in analysis.diagnostics:
        if one.at is None or one.at.span.path == analysis.path:
            found.append(to_lsp(workspace, one, files))
        elif one.severity is Severity.ERROR:
            elsewhere.setdefault(one.at.span.path, one)
    for path, one in elsewhere.items():
        found += _at_include(workspace, analysis, path, one)
    return found


def _at_include(workspace: Workspace, analysis: Analysis, path: str, one: Diagnostic) -> list[types.Diagnostic]:
    """That the file at `path` has errors, where this one includes it; nothing when it does so only through others."""
    text = analysis.source.text
    for use in analysis.uses:
        if use.target == whole_file(path) and text[use.span.start - 1] in _QUOTES:
            return [
                types.Diagnostic(
                    range=workspace.lines(analysis.path, text).range(use.span.start, use.span.end),
                    message=f"this file has errors, the first: {one.message}",
                    severity=types.DiagnosticSeverity.Warning,
                    source=SOURCE,
                    code=one.code,
                    related_information=_related(
                        workspace, () if one.at is None else (Label(one.at.span, "here"),), analysis.examined.files
                    ),
                )
            ]
    return []


def config_diagnostics(workspace: Workspace, project: Project) -> list[types.Diagnostic]:
    """What is wrong with the configuration of a project."""
    files = {} if project.source is None else {project.source.path: project.source}
    return [to_lsp(workspace, one, files) for one in project.diagnostics]


def to_lsp(workspace: Workspace, one: Diagnostic, files: Mapping[str, SourceFile]) -> types.Diagnostic:
    """`files` are the texts that places lie in, by path; what has no place stands at the beginning of the file."""
    said = one.message if one.at is None or not one.at.text else f"{one.message} ({one.at.text})"
    tags = [tag for tag, codes in _TAGS.items() if one.code in codes]
    return types.Diagnostic(
        range=_range(workspace, one.at, files),
        message=said if one.hint is None else f"{said}\n{one.hint}",
        severity=_SEVERITIES[one.severity],
        source=SOURCE,
        code=one.code,
        code_description=_described(one.code),
        related_information=_related(workspace, one.also, files) or None,
        tags=tags or None,
    )


@cache
def _described(code: str) -> types.CodeDescription | None:
    """The page of a code, as it was installed."""
    return types.CodeDescription(to_uri(str(_PAGES / f"{code}.md"))) if page(code) is not None else None


def _range(workspace: Workspace, label: Label | None, files: Mapping[str, SourceFile]) -> types.Range:
    source = files.get(label.span.path) if label is not None else None
    if label is None or source is None:
        return types.Range(types.Position(0, 0), types.Position(0, 0))
    return workspace.lines(label.span.path, source.text).range(label.span.start, label.span.end)


def _related(
    workspace: Workspace, labels: Iterable[Label], files: Mapping[str, SourceFile]
) -> list[types.DiagnosticRelatedInformation]:
    return [
        types.DiagnosticRelatedInformation(
            workspace.location(label.span, files[label.span.path].text), label.text or "see here"
        )
        for label in labels
        if label.span.path in files
    ]
