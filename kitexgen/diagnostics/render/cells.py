"""How one line of source looks in a terminal: which characters are shown, and how many columns each takes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_TAB_STOP = 4

# Characters that turn the text around them back to front (Unicode TR9): how "Trojan Source" hides code.
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Cells:
    """`text` ready to print; `columns[n]` is where character n of the source begins, the last entry where it ends."""

    text: str
    columns: tuple[int, ...]


def cells(line: str) -> Cells:
    """Expand tabs, make control characters visible, and count wide and combining characters as terminals do."""
    shown: list[str] = []
    columns = [0]
    at = 0
    for character in line:
        piece = " " * (_TAB_STOP - at % _TAB_STOP) if character == "\t" else visible(character)
        shown.append(piece)
        at += sum(_width(part) for part in piece)
        columns.append(at)
    return Cells("".join(shown), tuple(columns))


def visible(text: str) -> str:
    """`text` with controls, direction marks and lone surrogates made into signs: a terminal would obey or choke."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_sign, text))


def _sign(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the control pictures of Unicode stand in the order of the controls
    if code == 0x7F:
        return "\u2421"
    if 0x80 <= code < 0xA0 or 0xD800 <= code < 0xE000 or character in _DIRECTION_MARKS:
        return "\ufffd"
    return character


def _width(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
