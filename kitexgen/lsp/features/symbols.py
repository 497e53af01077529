"""What a file declares, as a tree, and what all files of the workspace declare, by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lsprotocol import types

from kitexgen.idl import is_proto
from kitexgen.lsp.declared import Kind
from kitexgen.lsp.lines import Lines
from kitexgen.lsp.outline import Entry, outline
from kitexgen.lsp.workspace import Workspace

# More answers than this help nobody, and editors ask again with every letter.
MOST_ANSWERS: Final = 500

KINDS: Final = {
    Kind.STRUCT: types.SymbolKind.Struct,
    Kind.UNION: types.SymbolKind.Struct,
    Kind.EXCEPTION: types.SymbolKind.Event,
    Kind.MESSAGE: types.SymbolKind.Struct,
    Kind.ENUM: types.SymbolKind.Enum,
    Kind.MEMBER: types.SymbolKind.EnumMember,
    Kind.ALIAS: types.SymbolKind.Class,
    Kind.CONST: types.SymbolKind.Constant,
    Kind.FIELD: types.SymbolKind.Field,
    Kind.ONEOF: types.SymbolKind.Object,
    Kind.EXTENSION: types.SymbolKind.Field,
    Kind.SERVICE: types.SymbolKind.Interface,
    Kind.METHOD: types.SymbolKind.Method,
    Kind.ARGUMENT: types.SymbolKind.Variable,
    Kind.THROWS: types.SymbolKind.Event,
}
_SMALL: Final = frozenset({Kind.FIELD, Kind.ARGUMENT, Kind.THROWS, Kind.ONEOF})


def document_symbols(workspace: Workspace, path: str) -> list[types.DocumentSymbol] | None:
    lines = workspace.lines(path)
    return [_symbol(lines, entry) for entry in entries(workspace, path)]


def entries(workspace: Workspace, path: str) -> tuple[Entry, ...]:
    """The outline of the file at `path`, nothing when it cannot be read."""
    text = workspace.text(path)
    if text is None:
        return ()
    tree = workspace.trees.proto(text, path)[0] if is_proto(path) else workspace.trees.thrift(text, path)[0]
    return outline(tree, text)


def _symbol(lines: Lines, entry: Entry) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=entry.name or "?",
        kind=KINDS[entry.kind],
        range=lines.range(entry.span.start, entry.span.end),
        selection_range=lines.range(entry.name_span.start, entry.name_span.end),
        detail=entry.detail or None,
        children=[_symbol(lines, child) for child in entry.children] or None,
    )


def workspace_symbols(workspace: Workspace, query: str) -> list[types.WorkspaceSymbol]:
    """What has the letters of `query` in its name, in their order; fields only when asked for by more than a letter."""
    wanted = query.casefold()
    found = sorted(_matches(workspace, wanted), key=lambda each: (each[0], each[1].name))
    return [
        types.WorkspaceSymbol(
            location=workspace.location(entry.name_span),
            name=entry.name,
            kind=KINDS[entry.kind],
            container_name=holder or None,
        )
        for _, entry, holder in found[:MOST_ANSWERS]
    ]


def _matches(workspace: Workspace, wanted: str) -> Iterator[tuple[int, Entry, str]]:
    """Each match with how far it is from the query: exact, at the beginning, inside, scattered."""
    for path in workspace.files():
        for top in entries(workspace, path):
            for entry, holder in top.walk():
                name = entry.name.casefold()
                if len(wanted) < 2 and entry.kind in _SMALL:
                    continue
                if name == wanted:
                    yield 0, entry, holder
                elif name.startswith(wanted):
                    yield 1, entry, holder
                elif wanted in name:
                    yield 2, entry, holder
                elif _is_scattered(wanted, name):
                    yield 3, entry, holder


def _is_scattered(wanted: str, name: str) -> bool:
    letters = iter(name)
    return all(letter in letters for letter in wanted)
