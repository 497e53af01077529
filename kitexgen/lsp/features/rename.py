"""Rename what is declared, everywhere it is named; what stands before its last dot stays as it is."""

from __future__ import annotations

import re
from typing import Final

from lsprotocol import types

from kitexgen.idl.proto.tree import GroupNode
from kitexgen.lint.places import nodes
from kitexgen.lsp.analysis import Analysis, Found, is_shipped
from kitexgen.lsp.declared import Kind
from kitexgen.lsp.features.definition import found_at
from kitexgen.lsp.features.references import uses_everywhere
from kitexgen.lsp.workspace import Workspace

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What one declaration of a file may not be called when another is: all of a kind, beside each other.
_INNER: Final = frozenset({Kind.FIELD, Kind.MEMBER, Kind.METHOD, Kind.ARGUMENT, Kind.THROWS, Kind.ONEOF})


class RenameRefused(Exception):
    """The name cannot be changed, or not to this; the message is for the user."""


def prepare_rename(workspace: Workspace, path: str, position: types.Position) -> types.PrepareRenamePlaceholder | None:
    """What would be renamed, None when there is nothing. Raises RenameRefused."""
    analysis, found = found_at(workspace, path, position)
    if found is None:
        return None
    _check(workspace, analysis, found)
    lines = workspace.lines(path, analysis.source.text)
    text = analysis.source.text[found.span.start : found.span.end]
    return types.PrepareRenamePlaceholder(lines.range(found.span.start, found.span.end), text)


def rename(workspace: Workspace, path: str, position: types.Position, name: str) -> types.WorkspaceEdit | None:
    """The edits that call what is at `position` by `name`. Raises RenameRefused."""
    analysis, found = found_at(workspace, path, position)
    if found is None:
        return None
    _check(workspace, analysis, found)
    _check_name(analysis, found, name)
    spans = dict.fromkeys((found.target, *uses_everywhere(workspace, analysis, found)))
    edits: dict[str, list[types.TextEdit]] = {}
    for span in sorted(spans):
        if is_shipped(span.path):
            continue
        range = workspace.location(span).range
        edits.setdefault(span.path, []).append(types.TextEdit(range, name))
    changes: list[types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile] = []
    for edited, some in edits.items():
        buffer = workspace.buffer(edited)
        version = buffer.version if buffer is not None else None
        document = types.OptionalVersionedTextDocumentIdentifier(workspace.uri(edited), version)
        changes.append(types.TextDocumentEdit(document, list(some)))
    return types.WorkspaceEdit(document_changes=changes)


def _check(workspace: Workspace, analysis: Analysis, found: Found) -> None:
    if found.declared is None:
        what = "a file" if found.target.end == 0 else "a package"
        raise RenameRefused(f"this names {what}, which cannot be renamed here")
    if is_shipped(found.target.path):
        raise RenameRefused(f"`{found.declared.name}` is declared by Protobuf itself")
    if (
        workspace.folders
        and workspace.folder_of(found.target.path) is None
        and workspace.buffer(found.target.path) is None
    ):
        raise RenameRefused(f"`{found.declared.name}` is declared outside of the workspace, in {found.target.path}")
    tree = analysis.examined.trees.get(found.target.path)
    if any(group.name.span == found.target for group in nodes(tree, GroupNode)):
        raise RenameRefused("a group is a field and a message by one name; write it as those two first")


def _check_name(analysis: Analysis, found: Found, name: str) -> None:
    declared = found.declared
    assert declared is not None  # or it was refused
    if _NAME.fullmatch(name) is None:
        raise RenameRefused(f"`{name}` is no name: letters, digits and `_`, with no digit first")
    if name == declared.name:
        return
    for other in analysis.declarations.of(found.target.path):
        is_beside = (
            other.id == declared.id and other.kind in _INNER and other.method is declared.method
            if declared.kind in _INNER
            else other.kind not in _INNER
        )
        if is_beside and other.name == name and other.name_span != declared.name_span:
            raise RenameRefused(f"there is a {other.kind.value} called `{name}` already")
