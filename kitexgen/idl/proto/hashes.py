"""`#` in the text format of options: a comment, and a longer one than its author thinks.

protoc hands the words of `{ … }` to its reader of text format as one line, where `#` hides what is left of the message,
however many lines that were in the file. What is hidden must still be words, and its braces must match.
"""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.idl.tokens import Token


class Hashes:
    """The `#` of one file, noted while `tokens` grows; `hide` then takes what they hide out of it."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        # The braces open before `_seen`: for each whether it is the value of an option.
        self._open: list[bool] = []
        self._seen = 0
        self._found: list[tuple[int, int]] = []
        # How many braces were open at the last of them, while its message has not closed.
        self._depth: int | None = None

    def is_comment(self, start: int) -> bool:
        """Whether a `#` at offset `start`, behind all tokens so far, opens a comment. It is noted then.

        One further in hides the brace that closes its message, so it is a mistake.
        """
        if self.is_hidden():
            return True
        if not self._open or not self._open[-1]:
            return False
        self._found.append((len(self._tokens), start))
        self._depth = len(self._open)
        return True

    def is_hidden(self) -> bool:
        """Whether what follows all tokens so far is hidden."""
        self._catch_up()
        return self._depth is not None

    def _catch_up(self) -> None:
        tokens = self._tokens
        for at in range(self._seen, len(tokens)):
            if tokens[at].kind == "{":
                self._open.append(at > 0 and tokens[at - 1].kind == "=")
            elif tokens[at].kind == "}" and self._open:
                self._open.pop()
                if self._depth is not None and len(self._open) < self._depth:
                    self._depth = None
        self._seen = len(tokens)

    def hide(self) -> Iterator[tuple[int, int]]:
        """Take away the tokens behind each `#`, up to the brace that closes its message; gives what was hidden."""
        kept: list[Token] = []
        behind = 0
        for at, start in self._found:
            kept += self._tokens[behind:at]
            behind = self._closing(at)
            yield start, self._tokens[behind].start if behind < len(self._tokens) else self._tokens[-1].end
        self._tokens[:] = [*kept, *self._tokens[behind:]]

    def _closing(self, at: int) -> int:
        """The index of the brace that closes what is open at `at`; the number of tokens where none does."""
        depth = 0
        for index in range(at, len(self._tokens)):
            kind = self._tokens[index].kind
            if kind == "}" and depth == 0:
                return index
            depth += (kind == "{") - (kind == "}")
        return len(self._tokens)
