"""Document: a text with places where a line may break, fitted to a width.

Source of the algebra: P. Wadler, "A prettier printer", 2003; `fill`, `suffix` and the rule that a forced break opens
every group around it are as in Prettier's printer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Characters as they are; a line end in them stays one."""

    text: str
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """`flat` when its group fits on the line, else a new line. A forced one is always a new line."""

    flat: str
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class IfBroken:
    """`text` only when the group around it is broken."""

    text: str
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class IfFlat:
    """`text` only when the group around it is on one line."""

    text: str
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Suffix:
    """What stands at the end of the line, whatever is printed after it on that line: a `//` comment."""

    text: str
    breaks: bool = True


@dataclass(frozen=True, slots=True)
class Concat:
    parts: tuple[Document, ...]
    breaks: bool


@dataclass(frozen=True, slots=True)
class Indent:
    """Lines that begin inside stand one level deeper."""

    content: Document
    breaks: bool


@dataclass(frozen=True, slots=True)
class Group:
    """On one line when it fits; else each Line directly in it breaks."""

    content: Document
    breaks: bool


@dataclass(frozen=True, slots=True)
class Fill:
    """Words with a blank or a new line between each two, as a paragraph is set."""

    words: tuple[str, ...]
    breaks: bool = False


Document = Text | Line | IfBroken | IfFlat | Suffix | Concat | Indent | Group | Fill

SPACE = Line(" ")
SOFT = Line("")
HARD = Line("", breaks=True)
NOTHING = Text("")


def concat(parts: Iterable[Document | str]) -> Document:
    made = tuple(Text(part) if isinstance(part, str) else part for part in parts)
    return made[0] if len(made) == 1 else Concat(made, any(part.breaks for part in made))


def indent(content: Document) -> Document:
    return Indent(content, content.breaks)


def group(content: Document, *, is_broken: bool = False) -> Document:
    return Group(content, is_broken or content.breaks)


def flat_text(document: Document) -> tuple[str, str] | None:
    """`document` on one line, and what stands at that line's end; None when it cannot be on one line."""
    body: list[str] = []
    ends: list[str] = []
    pending = [document]
    while pending:
        part = pending.pop()
        match part:
            case Text(text=text):
                if "\n" in text:
                    return None
                body.append(text)
            case Line(flat=flat):
                if part.breaks:
                    return None
                body.append(flat)
            case Suffix(text=text):
                if "\n" in text:
                    return None
                ends.append(text)
            case Concat(parts=parts):
                pending += reversed(parts)
            case Indent(content=content):
                pending.append(content)
            case Group(content=content, breaks=breaks):
                if breaks:
                    return None
                pending.append(content)
            case Fill(words=words):
                body.append(" ".join(words))
            case IfFlat(text=text):
                body.append(text)
            case IfBroken():
                pass
    # Two comments to the end of a line need two lines.
    return ("".join(body), "".join(ends)) if len(ends) < 2 else None


def render(document: Document, *, width: int, unit: str) -> str:
    """`document` as text without blanks at line ends. `unit` is one level of indentation; a tab counts as four."""
    return _Renderer(width, unit).run(document)


_Item = tuple[int, bool, Document]
"""Levels of indentation, whether its lines stay flat, and what to print."""


class _Renderer:
    def __init__(self, width: int, unit: str) -> None:
        self._width = width
        self._unit = unit
        self._pieces: list[str] = []
        self._column = 0
        self._suffixes: list[str] = []

    def run(self, document: Document) -> str:
        pending: list[_Item] = [(0, False, document)]
        while pending:
            level, is_flat, part = pending.pop()
            match part:
                case Text(text=text):
                    self._write(text)
                case IfBroken(text=text):
                    if not is_flat:
                        self._write(text)
                case IfFlat(text=text):
                    if is_flat:
                        self._write(text)
                case Suffix(text=text):
                    self._suffixes.append(text)
                case Line(flat=flat):
                    if is_flat and not part.breaks:
                        self._write(flat)
                    else:
                        self._new_line(level)
                case Concat(parts=parts):
                    pending += ((level, is_flat, each) for each in reversed(parts))
                case Indent(content=content):
                    pending.append((level + 1, is_flat, content))
                case Group(content=content, breaks=breaks):
                    stays = not breaks and (is_flat or self._fits((level, True, content), pending))
                    pending.append((level, stays, content))
                case Fill(words=words):
                    self._fill(level, is_flat, words)
        self._flush()
        return "".join(self._pieces)

    def _fill(self, level: int, is_flat: bool, words: tuple[str, ...]) -> None:
        for at, word in enumerate(words):
            if at and not is_flat and self._column + 1 + _columns(word) > self._width:
                self._new_line(level)
            elif at:
                self._write(" ")
            self._write(word)

    def _write(self, text: str) -> None:
        if text:
            self._pieces.append(text)
            _, newline, tail = text.rpartition("\n")
            self._column = _columns(tail) if newline else self._column + _columns(tail)

    def _new_line(self, level: int) -> None:
        # No line ends with a blank.
        while self._pieces and not self._pieces[-1].rstrip(" \t"):
            self._pieces.pop()
        if self._pieces:
            self._pieces[-1] = self._pieces[-1].rstrip(" \t")
        self._flush()
        self._pieces.append("\n")
        self._column = 0
        self._write(self._unit * level)

    def _flush(self) -> None:
        self._pieces += self._suffixes
        self._suffixes.clear()

    def _fits(self, first: _Item, rest: list[_Item]) -> bool:
        """Whether `first`, flat, and what follows it up to the next possible break stay within the width."""
        left = self._width - self._column
        waiting = [first]
        at = len(rest)
        while left >= 0:
            if not waiting:
                if at == 0:
                    return True
                at -= 1
                waiting.append(rest[at])
            level, is_flat, part = waiting.pop()
            match part:
                case Text(text=text):
                    head, newline, _ = text.partition("\n")
                    left -= _columns(head)
                    if newline:
                        return left >= 0
                case Line(flat=flat):
                    if part.breaks or not is_flat:
                        return True
                    left -= len(flat)
                case IfBroken(text=text):
                    left -= 0 if is_flat else len(text)
                case IfFlat(text=text):
                    left -= len(text) if is_flat else 0
                case Suffix():
                    pass
                case Concat(parts=parts):
                    waiting += ((level, is_flat, each) for each in reversed(parts))
                case Indent(content=content):
                    waiting.append((level, is_flat, content))
                case Group(content=content, breaks=breaks):
                    waiting.append((level, is_flat and not breaks, content))
                case Fill(words=words):
                    left -= len(words) - 1 + sum(map(_columns, words))
        return False


def _columns(text: str) -> int:
    return len(text) + 3 * text.count("\t")
