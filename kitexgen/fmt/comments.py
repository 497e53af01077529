"""Which token a comment goes with, and how it is written at another indentation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kitexgen.idl.tokens import Comment, Token

_CLOSERS = frozenset({")", "]", "}", ",", ";"})
_STARRED = re.compile(r"[ \t]*\*")


def is_line_comment(comment: Comment) -> bool:
    """Whether it runs to the end of its line: `//` or `#`."""
    return not comment.text.startswith("/*")


class CommentOwners:
    """Every comment of a file, given to the token it stands before or behind.

    Comments on a token's line are that token's, unless another token follows them there: then they stand before that
    one. A token that closes or separates owns none that stand behind another token.
    """

    def __init__(self, text: str, tokens: Sequence[Token], comments: Sequence[Comment]) -> None:
        self._before: dict[int, list[Comment]] = {}
        self._behind: dict[int, list[Comment]] = {}
        given = iter(comments)
        comment = next(given, None)
        for at in range(len(tokens) + 1):
            start = tokens[at].start if at < len(tokens) else len(text)
            gathered = []
            while comment is not None and comment.start < start:
                gathered.append(comment)
                comment = next(given, None)
            if gathered:
                self._settle(text, tokens, at, gathered)

    def before(self, at: int) -> list[Comment]:
        """Those before token `at`, or before the end of the file."""
        return self._before.get(at, [])

    def behind(self, at: int) -> list[Comment]:
        return self._behind.get(at, [])

    def _settle(self, text: str, tokens: Sequence[Token], at: int, comments: list[Comment]) -> None:
        on_line = 0
        end = tokens[at - 1].end if at else None
        while end is not None and on_line < len(comments) and "\n" not in text[end : comments[on_line].start]:
            end = comments[on_line].end
            on_line += 1
        closes = at < len(tokens) and tokens[at].kind in _CLOSERS
        if on_line == len(comments) and at < len(tokens) and not closes and "\n" not in text[end : tokens[at].start]:
            on_line = 0
        if on_line:
            self._behind[at - 1] = comments[:on_line]
        if comments[on_line:]:
            self._before[at] = comments[on_line:]


def reindented(text: str, comment: Comment, *, is_behind: bool) -> list[str]:
    """The lines of `comment`, the first without indentation, the others with what they have beyond it.

    With `is_behind` it will stand behind something on its line; then the others keep what they have beyond each other.
    """
    first, *rest = comment.text.split("\n")
    if not rest:
        return [first.rstrip()]
    if all(_STARRED.match(line) for line in rest):
        return [first.rstrip(), *(f" {line.strip()}" for line in rest)]
    lines = [line.rstrip().expandtabs() for line in rest]
    margin = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    before = text[text.rfind("\n", 0, comment.start) + 1 : comment.start]
    if not is_behind and not before.strip():
        margin = min(margin, len(before.expandtabs()))
    return [first.rstrip(), *(line[margin:] for line in lines)]
