"""The proof that formatting changed only the looks: the same tree, and every comment still there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, is_dataclass

from kitexgen.idl.tokens import Comment
from kitexgen.source.span import Span

# What follows from where comments stand; comments are compared by themselves.
_FROM_COMMENTS = frozenset({"doc", "comments"})


class FormatFault(Exception):
    """The formatted text would mean something else. A mistake in kitexgen: the text is not used."""


def verify(path: str, trees: tuple[object, object], comments: tuple[Iterable[Comment], Iterable[Comment]]) -> None:
    """Raises FormatFault unless both trees say the same, wherever it stands, and both texts have the same comments."""
    if not _is_same(*trees):
        raise FormatFault(f"formatting {path} would change what it declares")
    before, after = (Counter(map(_words, each)) for each in comments)
    if before != after:
        lost = ", ".join((before - after) or (after - before))
        raise FormatFault(f"formatting {path} would not keep the comment {lost}")


def _words(comment: Comment) -> str:
    """What formatting may not change: everything but blanks at the ends of lines."""
    return "\n".join(line.strip() for line in comment.text.split("\n"))


def _is_same(left: object, right: object) -> bool:
    if type(left) is not type(right):
        return False
    if isinstance(left, Span):
        return True
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(_is_same, left, right))
    if is_dataclass(left):
        names = [part.name for part in fields(left) if part.name not in _FROM_COMMENTS]
        return all(_is_same(getattr(left, name), getattr(right, name)) for name in names)
    if isinstance(left, float):
        return repr(left) == repr(right)  # nan is not equal to itself
    return left == right
