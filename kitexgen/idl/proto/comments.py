"""Which comments between two tokens belong to the declaration before, which to the one behind: protoc's rules.

After `NextWithComments` of protoc's `io/tokenizer.cc`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from kitexgen.idl.proto.lexer import Lexed
from kitexgen.idl.proto.tree import Comments

_PIECE: Final = re.compile(r"[ \t\r\v\f]*+(?:(?P<line>//[^\n]*+\n?)|(?P<block>/\*.*?\*/)|(?P<end>\n)|\Z)", re.DOTALL)
_BLANK: Final = " \t\r\v\f"
# Closing brackets take no comment before them.
_CLOSERS: Final = frozenset("})]")


@dataclass(slots=True)
class Gap:
    """The comments between two tokens, handed out: to the one before, to no one, to the one behind."""

    trailing: str | None = None
    detached: list[str] = field(default_factory=list)
    leading: str | None = None


class CommentsOf:
    """The comments of one file's declarations, asked for by place while the file is parsed, in its order."""

    def __init__(self, text: str, lexed: Lexed) -> None:
        self._text = text
        self._gap_before = lexed.gap_before
        self._gap_after = lexed.gap_after
        self._begin = lexed.begin
        self._split: dict[int, Gap] = {}
        # Detached comments that an empty statement passes on, by the start of what follows it.
        self._carried: dict[int, list[str]] = {}

    def of(self, start: int, end: int) -> Comments | None:
        """The comments of the declaration whose first token begins at `start`.

        `end` is where its head ends: behind its `;`, or behind the `{` of its body.
        """
        if not (start in self._gap_before or end in self._gap_after or start in self._carried):
            return None
        before = self._before(start)
        leading = before.leading if before else None
        detached = [*self._carried.get(start, ()), *(before.detached if before else ())]
        behind = self._gap_after.get(end)
        after = self._before(behind) if behind is not None else None
        trailing = after.trailing if after else None
        if not (detached or leading or trailing):
            return None
        return Comments(detached=tuple(detached), leading=leading or None, trailing=trailing or None)

    def pass_on(self, start: int, end: int) -> None:
        """An empty statement, a `;` at `[start, end)`: detached comments before it go to what follows."""
        before = self._before(start)
        detached = [*self._carried.pop(start, ()), *(before.detached if before else ())]
        if detached:
            following = self._gap_after.get(end)
            self._carried[self._next_start(end) if following is None else following] = detached

    def _next_start(self, at: int) -> int:
        while at < len(self._text) and self._text[at].isspace():
            at += 1
        return at

    def _before(self, end: int) -> Gap | None:
        start = self._gap_before.get(end)
        if start is None:
            return None
        gap = self._split.get(end)
        if gap is None:
            following = self._text[end] if end < len(self._text) else ""
            gap = self._split[end] = split(self._text[start:end], following, is_first=start == self._begin)
        return gap


def split(text: str, following: str, *, is_first: bool) -> Gap:
    """Hand out the comments in `text`, which stands between two tokens.

    `following` is the first character of the next token, empty at the end of the file; `is_first` tells that no token
    stands before.
    """
    return _Splitter(is_first=is_first).run(text, following)


class _Splitter:
    """Collects lines of one comment until it is clear whose it is."""

    def __init__(self, *, is_first: bool) -> None:
        self._gap = Gap()
        self._is_first = is_first
        self._pending: list[str] | None = None
        self._is_line = False
        self._count = 0
        self._may_trail = not is_first
        # Lines are counted from that of the token before; the last line of a comment that begins on it.
        self._line = 0
        self._trailing_end = -1

    def run(self, text: str, following: str) -> Gap:
        at = self._same_line(text) if not self._is_first else 0
        while at is not None and at < len(text):
            at = self._piece(text, at)
        if at is not None:
            self._finish(following)
        return self._gap

    def _same_line(self, text: str) -> int | None:
        """What stands on the line of the token before: a comment there is its own. None when nothing else follows."""
        match = _PIECE.match(text)
        assert match is not None  # the lexer found blanks and comments only
        if match["line"] is not None:
            self._trailing_end = 0
        elif match["block"] is None:
            self._line += match["end"] is not None
            return match.end() if match["end"] is not None else None
        at = self._take(match, text, ends_line=False)
        if match["block"] is not None:
            self._trailing_end = self._line
        self._flush()
        return at

    def _piece(self, text: str, at: int) -> int:
        match = _PIECE.match(text, at)
        assert match is not None  # the lexer found blanks and comments only
        if match["line"] is not None or match["block"] is not None:
            return self._take(match, text, ends_line=True)
        if match["end"] is not None:  # a blank line
            self._line += 1
            self._flush()
            self._may_trail = False
        return match.end()

    def _take(self, match: re.Match[str], text: str, *, ends_line: bool) -> int:
        """Collect one comment; `ends_line` reads over the line end behind a block. Returns where to go on."""
        line, block = match["line"], match["block"]
        if line is not None:
            if self._pending is not None and not self._is_line:
                self._flush()
            self._pending = [*(self._pending or ()), line[2:]]
            self._is_line = True
            self._line += line.endswith("\n")
            return match.end()
        if self._pending is not None:
            self._flush()
        self._pending = [_block(block)]
        self._is_line = False
        self._line += block.count("\n")
        at = match.end()
        while at < len(text) and text[at] in _BLANK:
            at += 1
        if ends_line and text.startswith("\n", at):
            self._line += 1
            at += 1
        return at

    def _flush(self) -> None:
        """The comment at hand is whole, and does not touch what follows."""
        if self._pending is None:
            return
        comment = "".join(self._pending)
        if self._may_trail:
            self._gap.trailing = comment
            self._may_trail = False
        else:
            self._gap.detached.append(comment)
        self._pending = None
        self._count += 1

    def _finish(self, following: str) -> None:
        if not following or following in _CLOSERS:
            self._flush()
        shares_line = (self._line == 0 and not self._is_first) or self._trailing_end == self._line
        if following and shares_line and self._count + (self._pending is not None) == 1:
            # One comment with a token on either side of it on its line: whose it is cannot be told.
            if self._gap.trailing is not None:
                self._gap.detached.insert(0, self._gap.trailing)
                self._gap.trailing = None
            self._flush()
        if self._pending is not None:
            self._gap.leading = "".join(self._pending)


def _block(comment: str) -> str:
    """The text of a `/* … */` without its marks, the indentation of its lines and the `*` they begin with."""
    first, *rest = comment[2:-2].split("\n")
    return "\n".join([first, *(line.lstrip(_BLANK).removeprefix("*") for line in rest)])
