"""Cursor: hands out the tokens of a file one by one, each with the comments that go with it.

Whoever prints takes every token in turn, so no token and no comment can be left behind. Knows neither IDL.
"""

from __future__ import annotations

from collections.abc import Sequence

from kitexgen.fmt.comments import CommentOwners, is_line_comment, reindented
from kitexgen.fmt.document import HARD, Document, Suffix, Text, concat
from kitexgen.idl.tokens import Comment, Token

# Tokens without a blank before them.
_TIGHT = frozenset({";", ",", ")", "]", ">", ":", "}"})


class UnexpectedToken(Exception):
    """The tokens do not come as the tree says: a mistake in kitexgen."""


class Cursor:
    """Where the printing stands in the tokens of `text`."""

    def __init__(self, text: str, tokens: Sequence[Token], comments: Sequence[Comment]) -> None:
        self._text = text
        self._tokens = tokens
        self._owners = CommentOwners(text, tokens, comments)
        self._at = 0
        # Set behind a `//` comment: whatever comes next on the line would become part of it.
        self._is_cut = False
        # Nothing stands before it on the line.
        self._is_at_start = True
        # Where the last token or comment that was handed out ends.
        self._last_end = 0

    @property
    def kind(self) -> str:
        """The kind of the next token; empty at the end."""
        return self._tokens[self._at].kind if self._at < len(self._tokens) else ""

    @property
    def text(self) -> str:
        """The characters of the next token; empty at the end."""
        return self._tokens[self._at].text if self._at < len(self._tokens) else ""

    @property
    def start(self) -> int:
        """Where the next token begins; the text's length at the end."""
        return self._tokens[self._at].start if self._at < len(self._tokens) else len(self._text)

    def kind_after(self, offset: int) -> str:
        """The kind of the first token that begins at or behind `offset`, which lies ahead; empty when there is none."""
        at = self._at
        while at < len(self._tokens) and self._tokens[at].start < offset:
            at += 1
        return self._tokens[at].kind if at < len(self._tokens) else ""

    def annotation_shapes(self) -> tuple[bool, ...]:
        """Of each annotation from here up to the `)`, whether it has a value."""
        shapes: list[bool] = []
        at = self._at
        while at < len(self._tokens) and self._tokens[at].kind != ")":
            has_value = self._tokens[at + 1].kind == "="
            if self._tokens[at].kind not in {",", ";"}:
                shapes.append(has_value)
            at += 3 if has_value else 1
        return tuple(shapes)

    def is_on_new_line(self) -> bool:
        """Whether the next token or a comment before it begins on another line than the last token."""
        return "\n" in self._text[self._last_end : self._next_start()]

    def has_blank_line(self) -> bool:
        """Whether the author left a line free before what comes next."""
        return self._text.count("\n", self._last_end, self._next_start()) > 1

    def lines_before(self) -> list[tuple[bool, Document]]:
        """Take the comments before the next token that stand on lines of their own, each with whether a blank line
        comes before it. What stands on the token's own line is left to `take`.
        """
        found: list[tuple[bool, Document]] = []
        waiting = self._owners.before(self._at)
        while waiting and ("\n" in self._between(waiting[0]) or self.kind in {"", "}", ")", "]"}):
            comment = waiting.pop(0)
            is_spaced = self._text.count("\n", self._last_end, comment.start) > 1
            found.append((is_spaced, self._own_line(comment)))
            self._last_end = comment.end
        if found:
            self._is_cut = False
        return found

    def take(self, glue: Document | str = "", *kinds: str) -> Document:
        """The next token behind `glue`, comments included. It must be of one of `kinds`, when any are given."""
        return concat(self.take_apart(glue, *kinds))

    def take_apart(self, glue: Document | str = "", *kinds: str) -> tuple[Document, Document]:
        """As `take`, but what stands behind the token on its line by itself."""
        if self._at >= len(self._tokens) or (kinds and self.kind not in kinds):
            raise UnexpectedToken(f"{self.kind or 'end of file'!r} at offset {self.start}, not {' or '.join(kinds)}")
        token = self._tokens[self._at]
        comments = self._owners.before(self._at)
        is_behind = not self._is_at_start
        if comments and glue == "" and is_behind:
            glue = " "
        is_behind = is_behind and not self._is_cut
        parts: list[Document | str] = [HARD if self._is_cut else glue]
        self._is_cut = self._is_at_start = False
        for comment in comments:
            if is_line_comment(comment):
                parts += (Suffix(f" {comment.text.rstrip()}") if is_behind else self._own_line(comment), HARD)
                is_behind = False
            else:
                is_last = comment is comments[-1] and token.kind in _TIGHT
                parts += (self._own_line(comment, is_behind=is_behind), "" if is_last else " ")
                is_behind = True
        parts.append(Text(token.text))
        self._last_end = token.end
        behind = concat(self._trailing())
        self._at += 1
        return concat(parts), behind

    def take_separator(self) -> list[Document]:
        """Pass the next token, a `,` or `;` that is printed by other means, and give the comments around it."""
        parts: list[Document] = []
        for comment in self._owners.before(self._at):
            # Comments on the line before were given with the token there; these would run into them.
            parts += (HARD, self._own_line(comment))
            self._is_cut = is_line_comment(comment)
        self._last_end = self._tokens[self._at].end
        parts += self._trailing()
        self._at += 1
        return parts

    def skip(self) -> list[tuple[bool, Document]]:
        """Pass the next token, which is not printed, and give the comments around it as lines of their own."""
        found = self.lines_before()
        comments = [*self._owners.before(self._at), *self._owners.behind(self._at)]
        found += [(False, self._own_line(comment)) for comment in comments]
        self._last_end = max([self._tokens[self._at].end, *(comment.end for comment in comments)])
        self._at += 1
        self._is_cut = False
        return found

    def start_line(self) -> None:
        """Told by whoever begins a new line: nothing has to be done about a `//` before it."""
        self._is_cut = False
        self._is_at_start = True

    def _trailing(self) -> list[Document]:
        parts: list[Document] = []
        for comment in self._owners.behind(self._at):
            self._last_end = comment.end
            if self._is_cut:
                parts += (HARD, self._own_line(comment))
            elif is_line_comment(comment):
                parts.append(Suffix(f" {comment.text.rstrip()}"))
                self._is_cut = True
            else:
                parts.append(concat([" ", self._own_line(comment, is_behind=True)]))
        return parts

    def _own_line(self, comment: Comment, *, is_behind: bool = False) -> Document:
        lines = reindented(self._text, comment, is_behind=is_behind)
        if len(lines) == 1:
            return Text(lines[0], breaks=is_line_comment(comment))
        parts: list[Document | str] = [lines[0]]
        for line in lines[1:]:
            parts += (HARD, line)
        return concat(parts)

    def _between(self, comment: Comment) -> str:
        """What lies between `comment` and the next token or comment."""
        ahead = [other.start for other in self._owners.before(self._at) if other.start >= comment.end]
        return self._text[comment.end : min([self.start, *ahead])]

    def _next_start(self) -> int:
        waiting = self._owners.before(self._at)
        return waiting[0].start if waiting else self.start
