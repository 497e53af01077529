"""The tokens of either language, as features need them that look at a text and not at what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kitexgen.fmt.proto import proto_comments
from kitexgen.idl import is_proto
from kitexgen.idl.proto.lexer import lex as lex_proto
from kitexgen.idl.thrift.lexer import lex as lex_thrift
from kitexgen.idl.tokens import Comment, Token


@dataclass(frozen=True, slots=True)
class Words:
    """`is_cut` tells that the rest of the text is a comment that does not end."""

    tokens: Sequence[Token]
    comments: Sequence[Comment]
    is_cut: bool


@lru_cache(maxsize=16)
def words(text: str, path: str) -> Words:
    """The words of `text`, in the language that the ending of `path` tells."""
    if is_proto(path):
        lexed = lex_proto(text, path)
        return Words(lexed.tokens, proto_comments(text, path), lexed.is_cut)
    found = lex_thrift(text, path)
    return Words(found.tokens, found.comments, found.is_cut)
