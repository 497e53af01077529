"""Includes and imports as links to the files they found."""

from __future__ import annotations

from lsprotocol import types

from kitexgen.lsp.analysis import real_path
from kitexgen.lsp.workspace import Workspace

_QUOTES = ("'", '"')


def document_links(workspace: Workspace, path: str) -> list[types.DocumentLink]:
    analysis = workspace.analysis(path)
    text = analysis.source.text
    lines = workspace.lines(path, text)
    return [
        types.DocumentLink(
            range=lines.range(use.span.start, use.span.end),
            target=workspace.uri(use.target.path),
            tooltip=real_path(use.target.path),
        )
        for use in analysis.uses
        if use.target.end == 0 and text[use.span.start - 1] in _QUOTES
    ]
