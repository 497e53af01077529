"""Completion: what may stand at the cursor, the likeliest first."""

from __future__ import annotations

from lsprotocol import types

from kitexgen.idl import is_proto
from kitexgen.lsp.capabilities import CAPABLE, Client, markup
from kitexgen.lsp.completion.candidate import Candidate
from kitexgen.lsp.completion.proto import proto_candidates
from kitexgen.lsp.completion.thrift import thrift_candidates
from kitexgen.lsp.workspace import Workspace

# What makes an editor ask without being told to: behind them only a few things may stand.
TRIGGERS = (".", "<", '"', "'", "(", "=", "/", ":")


def completion(
    workspace: Workspace, path: str, position: types.Position, client: Client = CAPABLE
) -> types.CompletionList:
    """What is known may be a few keystrokes old; only the place of the cursor is looked at anew."""
    text = workspace.text(path) or ""
    lines = workspace.lines(path, text)
    offset = lines.offset(position)
    complete = proto_candidates if is_proto(path) else thrift_candidates
    start, found = complete(text, offset, workspace.latest(path), workspace.last_good(path), workspace.files())
    range = lines.range(start, offset)
    return types.CompletionList(False, [_item(each, range, client) for each in found])


def _item(each: Candidate, range: types.Range, client: Client) -> types.CompletionItem:
    label = each.label or each.text
    is_snippet = each.is_snippet and client.takes_snippets
    text = each.text if is_snippet or not each.is_snippet else label
    return types.CompletionItem(
        label=label,
        kind=each.kind,
        detail=each.detail,
        documentation=None if each.doc is None else markup(each.doc, client),
        sort_text=f"{each.rank:02}{label}",
        filter_text=label,
        text_edit=types.TextEdit(range, text),
        insert_text_format=types.InsertTextFormat.Snippet if is_snippet else types.InsertTextFormat.PlainText,
        tags=[types.CompletionItemTag.Deprecated] if each.is_deprecated else None,
    )
