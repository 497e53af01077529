"""The tokens of a .proto file on their way into the parser: what a word is depends on where statements begin."""

from __future__ import annotations

from kitexgen.idl.proto.keywords import STATEMENT_WORDS, VISIBILITIES
from kitexgen.idl.proto.lexer import Lexed
from kitexgen.idl.terminals import Terminals
from kitexgen.idl.tokens import Token


class ProtoTerminals(Terminals):
    """Reads words anew where a statement begins that the lexer did not see, for want of a `;`."""

    tokens: list[Token]

    def __init__(self, text: str, lexed: Lexed) -> None:
        super().__init__(text, lexed.tokens, is_cut=lexed.is_cut)

    def begin_statement(self, index: int) -> None:
        """Read the words at `index` as the lexer reads those behind a `;`, which is missing there."""
        if index >= len(self.tokens):
            return
        token = self.tokens[index]
        follower = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        kind = token.kind
        if kind == "NAME" and follower is not None:
            kind = self._first_kind(token, follower)
            self.tokens[index] = token._replace(kind=kind)
        if kind == "VISIBILITY":
            self.begin_statement(index + 1)
        elif kind == "LABEL" and follower is not None and index + 2 < len(self.tokens):
            behind = self._first_kind(follower, self.tokens[index + 2])
            if behind in {"GROUP", "MAP"}:
                self.tokens[index + 1] = follower._replace(kind=behind)

    def _first_kind(self, token: Token, follower: Token) -> str:
        if token.text == "map" and follower.kind == "<":
            return "MAP"
        if token.text in VISIBILITIES and follower.text in {"message", "enum"}:
            return "VISIBILITY"
        return STATEMENT_WORDS.get(token.text, token.kind)

    def _is_at_margin(self, index: int) -> bool:
        start = self.tokens[index].start
        return start == 0 or self.text[start - 1] == "\n"

    def opens_definition(self, index: int) -> bool:
        """Whether a statement of the file surely begins here: its word stands at the margin, with more behind it."""
        kind = STATEMENT_WORDS.get(self.text_of(index), "")
        follower = self.kind(index + 1)
        if not kind or not follower or not self._is_at_margin(index) or self.is_first_on_line(index + 1):
            return False
        if kind == "IMPORT":
            return follower == "STRING" or self.kind(index + 2) == "STRING"
        if kind == "PACKAGE":
            return follower in {"NAME", "PATH"} and self.kind(index + 2) == ";"
        if kind == "SYNTAX":
            return follower == "=" and self.kind(index + 2) == "STRING"
        return kind == "SERVICE" and follower == "NAME" and self.kind(index + 2) == "{"
