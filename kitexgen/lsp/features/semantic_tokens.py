"""Words by what they mean: which name is a struct, which a service, which a constant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lsprotocol import types

from kitexgen.idl.proto.keywords import SCALARS, STATEMENT_WORDS
from kitexgen.idl.thrift.keywords import KEYWORDS
from kitexgen.lsp.analysis import Analysis
from kitexgen.lsp.capabilities import CAPABLE, Client
from kitexgen.lsp.declared import Declared, Kind
from kitexgen.lsp.words import words
from kitexgen.lsp.workspace import Workspace

_TYPES: Final = {
    Kind.STRUCT: "struct",
    Kind.UNION: "struct",
    Kind.EXCEPTION: "class",
    Kind.MESSAGE: "struct",
    Kind.ENUM: "enum",
    Kind.MEMBER: "enumMember",
    Kind.ALIAS: "type",
    Kind.CONST: "variable",
    Kind.FIELD: "property",
    Kind.ONEOF: "property",
    Kind.EXTENSION: "property",
    Kind.SERVICE: "interface",
    Kind.METHOD: "method",
    Kind.ARGUMENT: "parameter",
    Kind.THROWS: "parameter",
}
_BASE_KINDS: Final = frozenset({"BASE", "VOID", "MAP", "SET", "LIST"})
_LITERALS: Final = {"INT": "number", "DOUBLE": "number", "FLOAT": "number", "LITERAL": "string", "STRING": "string"}

TOKEN_TYPES: Final = tuple(
    dict.fromkeys((*_TYPES.values(), "namespace", "keyword", "number", "string", "comment", "decorator"))
)
TOKEN_MODIFIERS: Final = ("declaration", "readonly", "deprecated", "defaultLibrary")
LEGEND: Final = types.SemanticTokensLegend(list(TOKEN_TYPES), list(TOKEN_MODIFIERS))

# Start, end, type, modifiers.
_Mark = tuple[int, int, str, tuple[str, ...]]


def semantic_tokens(
    workspace: Workspace, path: str, range: types.Range | None = None, client: Client = CAPABLE
) -> types.SemanticTokens:
    """The marks of the file, or of those lines of it that `range` touches.

    An editor with a grammar is told of names alone: what words are it knows, and two colours for one would flicker.
    """
    analysis = workspace.analysis(path)
    lines = workspace.lines(path, analysis.source.text)
    start, end = (0, len(lines.text)) if range is None else lines.span(range)
    data: list[int] = []
    row = column = 0
    for first, last, kind, modifiers in _marks(analysis, with_words=not client.has_grammar):
        if last <= start or first >= end:
            continue
        at, behind = lines.position(first), lines.position(last)
        # A mark lies on one line: strings and comments of several are left to the grammar of the editor.
        if at.line != behind.line:
            continue
        bits = sum(1 << TOKEN_MODIFIERS.index(modifier) for modifier in modifiers)
        delta = at.character - column if at.line == row else at.character
        data += (at.line - row, delta, behind.character - at.character, TOKEN_TYPES.index(kind), bits)
        row, column = at.line, at.character
    return types.SemanticTokens(data)


def _marks(analysis: Analysis, *, with_words: bool) -> list[_Mark]:
    """In the order of the text, none of them over another."""
    text = analysis.source.text
    found: dict[int, _Mark] = {}
    for use in analysis.uses:
        declared = analysis.declarations.at(use.target)
        if declared is not None:
            found[use.span.start] = (use.span.start, use.span.end, *_kind(declared))
        elif text[use.span.start - 1 : use.span.start] not in {'"', "'"}:
            found[use.span.start] = (use.span.start, use.span.end, "namespace", ())
    for declared in analysis.declarations.of(analysis.path):
        kind, modifiers = _kind(declared)
        span = declared.name_span
        found[span.start] = (span.start, span.end, kind, ("declaration", *modifiers))
    for mark in _words(analysis) if with_words else ():
        found.setdefault(mark[0], mark)
    in_order: list[_Mark] = []
    for mark in sorted(found.values()):
        if in_order and mark[0] < in_order[-1][1]:
            continue
        in_order.append(mark)
    return in_order


def _kind(declared: Declared) -> tuple[str, tuple[str, ...]]:
    is_fixed = declared.kind in {Kind.CONST, Kind.MEMBER}
    node = declared.node
    is_old = any(each.name == "deprecated" and each.value is True for each in getattr(node, "options", ()))
    is_old = is_old or any(each.key == "deprecated" for each in getattr(node, "annotations", ()))
    return _TYPES[declared.kind], (*(("readonly",) if is_fixed else ()), *(("deprecated",) if is_old else ()))


def _words(analysis: Analysis) -> Iterator[_Mark]:
    found = words(analysis.source.text, analysis.path)
    for comment in found.comments:
        yield comment.start, comment.end, "comment", ()
    for token in found.tokens:
        if token.kind in _LITERALS:
            yield token.start, token.end, _LITERALS[token.kind], ()
        elif token.kind in _BASE_KINDS or (analysis.is_proto and token.text in SCALARS):
            yield token.start, token.end, "type", ("defaultLibrary",)
        elif token.kind in _STATEMENTS if analysis.is_proto else token.text in KEYWORDS:
            yield token.start, token.end, "keyword", ()


_STATEMENTS: Final = frozenset(STATEMENT_WORDS.values())
