"""The tokens of a .thrift file on their way into the parser."""

from __future__ import annotations

from typing import Final

from kitexgen.idl.terminals import Terminals
from kitexgen.idl.thrift.keywords import KEYWORDS, TOP_KINDS, TYPE_KINDS
from kitexgen.idl.thrift.lexer import Lexed
from kitexgen.idl.tokens import Token


class ThriftTerminals(Terminals):
    """thriftgo has no `uuid`, so its users may have made one of their own: then it is a name in all the file."""

    def __init__(self, text: str, lexed: Lexed) -> None:
        tokens = lexed.tokens
        if _declares_uuid(tokens):
            tokens = tuple(token._replace(kind="NAME") if token.text == "uuid" else token for token in tokens)
        super().__init__(text, tokens, is_cut=lexed.is_cut)

    def opens_definition(self, index: int) -> bool:
        """Whether a header or definition surely begins here: its word leads a line and is followed by more on it."""
        return (
            self.kind(index) in TOP_KINDS
            and self.is_first_on_line(index)
            and index + 1 < len(self.tokens)
            and not self.is_first_on_line(index + 1)
            and (self.tokens[index + 1].text in KEYWORDS or self.kind(index + 1) in {"NAME", "LITERAL", "*"})
        )


def _declares_uuid(tokens: tuple[Token, ...]) -> bool:
    before = ""
    in_typedef = False
    for token in tokens:
        if token.text == "uuid" and token.kind == "BASE":
            # `typedef T uuid`: the T that ends just before may be long, but holds no other definition.
            if before in {"RECORD", "ENUM"} or (in_typedef and before in {"BASE", "NAME", ">", ")"}):
                return True
        elif token.kind not in _IN_TYPES:
            in_typedef = token.kind == "TYPEDEF"
        before = token.kind
    return False


_IN_TYPES: Final = frozenset({*TYPE_KINDS, "<", ">", ",", "(", ")", "=", "LITERAL", "CPP_TYPE"})
