"""What a client can take, and answers in the older form where it cannot take the newer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lsprotocol import types


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What is not said by the client it cannot do."""

    takes_snippets: bool = False
    takes_markdown: bool = False
    takes_links: bool = False
    takes_document_changes: bool = False
    takes_tree: bool = False
    watches: bool = False
    # It colours words by a grammar of its own, and lays tokens over that.
    has_grammar: bool = False


# A client of today.
CAPABLE: Final = Client(
    takes_snippets=True,
    takes_markdown=True,
    takes_links=True,
    takes_document_changes=True,
    takes_tree=True,
    watches=True,
)


def client_of(capabilities: types.ClientCapabilities) -> Client:
    text = capabilities.text_document or types.TextDocumentClientCapabilities()
    workspace = capabilities.workspace or types.WorkspaceClientCapabilities()
    item = text.completion.completion_item if text.completion is not None else None
    formats = text.hover.content_format if text.hover is not None else None
    tokens = text.semantic_tokens
    return Client(
        takes_snippets=bool(item and item.snippet_support),
        takes_markdown=types.MarkupKind.Markdown in (formats or ()),
        takes_links=bool(text.definition and text.definition.link_support),
        takes_document_changes=bool(workspace.workspace_edit and workspace.workspace_edit.document_changes),
        takes_tree=bool(text.document_symbol and text.document_symbol.hierarchical_document_symbol_support),
        watches=bool(workspace.did_change_watched_files and workspace.did_change_watched_files.dynamic_registration),
        has_grammar=bool(tokens and tokens.augments_syntax_tokens),
    )


def locations(
    links: Sequence[types.LocationLink] | None, client: Client
) -> Sequence[types.LocationLink] | list[types.Location] | None:
    if links is None or client.takes_links:
        return links
    return [types.Location(each.target_uri, each.target_selection_range) for each in links]


def edit(edit: types.WorkspaceEdit | None, client: Client) -> types.WorkspaceEdit | None:
    """An edit with versions of documents, or one without."""
    if edit is None or client.takes_document_changes:
        return edit
    changes: dict[str, Sequence[types.TextEdit]] = {}
    for change in edit.document_changes or ():
        if isinstance(change, types.TextDocumentEdit):
            plain = [each for each in change.edits if isinstance(each, types.TextEdit)]
            changes[change.text_document.uri] = plain
    return types.WorkspaceEdit(changes=changes)


def markup(text: str, client: Client) -> types.MarkupContent:
    kind = types.MarkupKind.Markdown if client.takes_markdown else types.MarkupKind.PlainText
    return types.MarkupContent(kind, text)


def symbols(
    found: Sequence[types.DocumentSymbol] | None, uri: str, client: Client
) -> Sequence[types.DocumentSymbol] | list[types.SymbolInformation] | None:
    """A tree, or a list of which each says what holds it."""
    if found is None or client.takes_tree:
        return found
    flat: list[types.SymbolInformation] = []

    def add(each: types.DocumentSymbol, holder: str | None) -> None:
        location = types.Location(uri, each.selection_range)
        flat.append(types.SymbolInformation(location, each.name, each.kind, container_name=holder))
        for child in each.children or ():
            add(child, each.name)

    for each in found:
        add(each, None)
    return flat
