"""Candidate: one thing that may stand at the cursor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lsprotocol import types

from kitexgen.lsp.declared import Kind

_WORD: Final = re.compile(r"\.?[A-Za-z_][A-Za-z0-9_.]*$")
_PATH: Final = re.compile(r"[^\"'\r\n]*$")

K: Final = types.CompletionItemKind
KINDS: Final = {
    Kind.STRUCT: K.Struct,
    Kind.UNION: K.Struct,
    Kind.EXCEPTION: K.Event,
    Kind.MESSAGE: K.Struct,
    Kind.ENUM: K.Enum,
    Kind.MEMBER: K.EnumMember,
    Kind.ALIAS: K.TypeParameter,
    Kind.CONST: K.Constant,
    Kind.FIELD: K.Field,
    Kind.ONEOF: K.Field,
    Kind.EXTENSION: K.Field,
    Kind.SERVICE: K.Interface,
    Kind.METHOD: K.Method,
    Kind.ARGUMENT: K.Variable,
    Kind.THROWS: K.Event,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`text` takes the place of the word at the cursor; `label` when the two differ. Lower ranks come first."""

    text: str
    kind: types.CompletionItemKind
    label: str | None = None
    detail: str | None = None
    doc: str | None = None
    rank: int = 5
    is_snippet: bool = False
    is_deprecated: bool = False


def keyword(text: str, detail: str | None = None, rank: int = 7) -> Candidate:
    return Candidate(text=text, kind=K.Keyword, detail=detail, rank=rank)


def word_start(text: str, offset: int) -> int:
    """Where the word, dotted or not, begins that ends at `offset`."""
    line = text.rfind("\n", 0, offset) + 1
    found = _WORD.search(text[line:offset])
    return offset if found is None else line + found.start()


def path_start(text: str, offset: int) -> int:
    """Where the text in quotes begins that `offset` stands in."""
    line = text.rfind("\n", 0, offset) + 1
    found = _PATH.search(text[line:offset])
    assert found is not None  # it may be empty
    return line + found.start()
