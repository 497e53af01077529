"""Go to where a name, or the type of what it names, is declared."""

from __future__ import annotations

from lsprotocol import types

from kitexgen.lsp.analysis import Analysis, Found
from kitexgen.lsp.declared import find, referenced
from kitexgen.lsp.workspace import Workspace
from kitexgen.schema.declarations import Enum, EnumMember
from kitexgen.source.span import Span


def found_at(workspace: Workspace, path: str, position: types.Position) -> tuple[Analysis, Found | None]:
    analysis = workspace.analysis(path)
    return analysis, analysis.at(workspace.lines(path, analysis.source.text).offset(position))


def definition(workspace: Workspace, path: str, position: types.Position) -> list[types.LocationLink] | None:
    analysis, found = found_at(workspace, path, position)
    if found is None:
        return None
    whole = found.declared.span if found.declared is not None else found.target
    return [_link(workspace, analysis, found.span, found.target, whole)]


def type_definition(workspace: Workspace, path: str, position: types.Position) -> list[types.LocationLink] | None:
    analysis, found = found_at(workspace, path, position)
    if found is None or found.declared is None:
        return None
    declared = found.declared
    ids = [declared.id] if isinstance(declared.node, EnumMember) else list(referenced(declared.type))
    targets = [target for id in ids if (target := find(analysis.examined.schema, id)) is not None]
    if not targets and isinstance(declared.node, Enum):
        targets = [declared.node]
    return [_link(workspace, analysis, found.span, each.name_span, each.span) for each in targets] or None


def _link(workspace: Workspace, analysis: Analysis, origin: Span, target: Span, whole: Span) -> types.LocationLink:
    files = analysis.examined.files
    here = workspace.lines(origin.path, analysis.source.text)
    source = files.get(target.path)
    there = workspace.lines(target.path, source.text if source is not None else None)
    if not (whole.start <= target.start and target.end <= whole.end):
        whole = target
    return types.LocationLink(
        target_uri=workspace.uri(target.path),
        target_range=there.range(whole.start, whole.end),
        target_selection_range=there.range(target.start, target.end),
        origin_selection_range=here.range(origin.start, origin.end),
    )
