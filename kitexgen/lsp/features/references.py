"""Every place that names what the cursor is on, in the file and in all of the workspace."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from kitexgen.idl import Examined
from kitexgen.lsp.analysis import Analysis, Found, is_shipped
from kitexgen.lsp.features.definition import found_at
from kitexgen.lsp.projects import Project
from kitexgen.lsp.workspace import Workspace, same_language
from kitexgen.source.span import Span


def references(
    workspace: Workspace, path: str, position: types.Position, *, with_declaration: bool
) -> list[types.Location] | None:
    analysis, found = found_at(workspace, path, position)
    if found is None:
        return None
    spans = list(uses_everywhere(workspace, analysis, found))
    if with_declaration and found.declared is not None:
        spans.insert(0, found.target)
    return [workspace.location(span) for span in spans]


def highlights(workspace: Workspace, path: str, position: types.Position) -> list[types.DocumentHighlight] | None:
    analysis, found = found_at(workspace, path, position)
    if found is None:
        return None
    lines = workspace.lines(path, analysis.source.text)
    kinds = {use.span: types.DocumentHighlightKind.Read for use in analysis.uses if use.target == found.target}
    if found.target.path == path and found.declared is not None:
        kinds[found.target] = types.DocumentHighlightKind.Write
    return [types.DocumentHighlight(lines.range(span.start, span.end), kind) for span, kind in sorted(kinds.items())]


def uses_everywhere(workspace: Workspace, analysis: Analysis, found: Found) -> Iterable[Span]:
    """The uses of what was found, in the order of files and places: those of the file itself first."""
    spans: dict[Span, None] = {}
    for examined in _runs(workspace, analysis, found.target, _word(analysis, found)):
        spans.update(dict.fromkeys(examined.uses.to(found.target)))
    return sorted(spans, key=lambda span: (span.path != analysis.path, span))


def _word(analysis: Analysis, found: Found) -> str:
    """What a file must hold if it is to name it: its name, or that of the file."""
    if found.target.end == 0:
        return found.target.path.rpartition("/")[2].partition(".")[0]
    target = analysis.examined.files[found.target.path].text[found.target.start : found.target.end]
    return target.rpartition(".")[2]


def _runs(workspace: Workspace, analysis: Analysis, target: Span, word: str) -> Iterable[Examined]:
    """The files that may name `target`, read together, a run for each project.

    Of two declarations with one name the first counts, and files that do not know of each other may both have one: so
    the file that declares it comes first. Of Protobuf those with the most imports do: where a file is imported from is
    told by those that import it, and must be known before it is read for its own sake.
    """
    projects: dict[str, Project] = {}
    candidates: dict[str, list[str]] = {}
    for path in (analysis.path, *workspace.files()):
        text = workspace.text(path) if same_language(path, analysis.path) else None
        if text is not None and word in text:
            project = workspace.project(path)
            projects.setdefault(project.folder, project)
            candidates.setdefault(project.folder, []).append(path)
    home = () if is_shipped(target.path) else (target.path,)
    for folder, paths in candidates.items():
        asked = list(dict.fromkeys((*home, *paths)))
        if analysis.is_proto:
            asked.sort(key=lambda path: -_count_of_imports(workspace, path))
        yield workspace.examine(asked, projects[folder])


def _count_of_imports(workspace: Workspace, path: str) -> int:
    tree = workspace.trees.proto(workspace.text(path) or "", path)[0]
    return sum(not node.path.text.startswith("google/protobuf/") for node in tree.imports())
