"""Token: one word of an IDL, where it stands, and the comments before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its marks, `[start, end)` in the file. `is_doc` is true for a `/** … */` with text in it."""

    text: str
    start: int
    end: int
    is_doc: bool


class Token(NamedTuple):
    """`kind` is the grammar's terminal, `text` the characters at `[start, end)`.

    `comments` are those between the token before and this one. A named tuple, since a file makes tens of thousands
    and a frozen dataclass takes three times as long to make.
    """

    kind: str
    text: str
    start: int
    end: int
    comments: tuple[Comment, ...] = ()
