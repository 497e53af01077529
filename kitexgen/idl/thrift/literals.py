"""What the letters of a literal or a number mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# Escapes both families know, then those only thriftgo lets through to Go (`\a \b \f \v`, numbers of characters).
_PORTABLE: Final = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'"}
_OF_GO: Final = {"a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPE: Final = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-7]{3}|.|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class EscapeFault:
    """An escape to speak of, `[start, end)` in the literal with its quotes.

    `reason` is None when the escape has a meaning, only not for Apache; else it says what is wrong.
    """

    start: int
    end: int
    reason: str | None


def unquote(text: str) -> tuple[str, tuple[EscapeFault, ...]]:
    """The value of a literal given with its quotes, and the escapes that are not portable.

    As in Go, `\\xHH` and `\\ooo` are bytes: bytes that are not UTF-8 come as lone surrogates (`surrogateescape`). An
    escape nobody knows keeps its backslash, as thriftgo copies it.
    """
    body = text[1:-1]
    if "\\" not in body:
        return body, ()
    pieces = bytearray()
    faults: list[EscapeFault] = []
    at = 0
    for match in _ESCAPE.finditer(body):
        start, end = match.span()
        pieces += body[at:start].encode("utf-8", "surrogatepass")
        value, fault = _meaning(match.group())
        pieces += value
        if fault is not None:
            faults.append(EscapeFault(start + 1, end + 1, fault or None))
        at = end
    pieces += body[at:].encode("utf-8", "surrogatepass")
    return pieces.decode("utf-8", "surrogateescape"), tuple(faults)


def _meaning(escape: str) -> tuple[bytes, str | None]:
    """The bytes of one escape; None when it is portable, "" when only thriftgo takes it, else what is wrong."""
    letter = escape[1:2]
    if letter in _PORTABLE and len(escape) == 2:
        return _PORTABLE[letter].encode(), None
    if letter in _OF_GO and len(escape) == 2:
        return _OF_GO[letter].encode(), ""
    digits = escape[2:]
    if letter == "x" and digits:
        return bytes((int(digits, 16),)), ""
    if letter in "uU" and digits:
        return _character(int(digits, 16))
    if len(escape) == 4:
        number = int(escape[1:], 8)
        return (bytes((number,)), "") if number < 256 else (b"", "past the last byte, which is `\\377`")
    if letter and letter in "xuU":
        count = {"x": 2, "u": 4, "U": 8}[letter]
        return b"", f"needs {count} hexadecimal digits"
    return escape.encode("utf-8", "surrogatepass"), ""


def _character(number: int) -> tuple[bytes, str | None]:
    if 0xD800 <= number <= 0xDFFF:
        return b"", "half of a surrogate pair; write the character itself or `\\U` with eight digits"
    if number > 0x10FFFF:
        return b"", "no such character; the last is U+10FFFF"
    return chr(number).encode(), ""


# Twice what 64 bits can hold: longer numbers all count as this big, so that none costs time to read.
_MOST_DIGITS: Final = 40
_TOO_BIG: Final = 1 << 128


def integer(text: str) -> int:
    """The value of an integer as kitexgen and Apache read it: base 10 unless it says `0x` or `0o`.

    What is far outside 64 bits comes as 2**128 with its sign.
    """
    digits = text.lstrip("+-")
    base = 16 if digits.startswith("0x") else 8 if digits.startswith("0o") else 10
    digits = digits.removeprefix("0x").removeprefix("0o").lstrip("0") or "0"
    size = int(digits, base) if len(digits) <= _MOST_DIGITS else _TOO_BIG
    return -size if text.startswith("-") else size


def reads_octal_otherwise(text: str) -> bool:
    """Whether thriftgo reads decimal `text` otherwise than it looks: a leading zero makes it octal there, or wrong."""
    digits = text.lstrip("+-")
    return digits.startswith("0") and digits.isdigit() and len(digits.lstrip("0")) + is_octal_wrong(text) > 1


def is_octal_wrong(text: str) -> bool:
    """Whether `text` has a leading zero and a digit that no octal number has, as `08`."""
    digits = text.lstrip("+-")
    return digits.startswith("0") and digits.isdigit() and ("8" in digits or "9" in digits)
