"""What the characters of a literal or a number mean, by the rules of protoc's tokenizer."""

from __future__ import annotations

import re
from typing import Final

from kitexgen.idl.encoding import encode

_PLAIN: Final = {
    "a": b"\a",
    "b": b"\b",
    "f": b"\f",
    "n": b"\n",
    "r": b"\r",
    "t": b"\t",
    "v": b"\v",
    "\\": b"\\",
    "?": b"?",
    "'": b"'",
    '"': b'"',
}
_ESCAPE: Final = re.compile(
    r"\\(?:(?P<octal>[0-7]{1,3})|[xX](?P<byte>[0-9A-Fa-f]{1,2})"
    r"|(?P<pair>u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2})"
    r"|u(?P<short>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8})|(?P<plain>.))",
    re.DOTALL,
)
_MAX_CODE_POINT: Final = 0x10FFFF

# Longer ones are far beyond any type, and would take time to read.
_MOST_DIGITS: Final = 400


def unquote(text: str) -> bytes:
    """The value of a literal given with its quotes: characters as UTF-8, `\\x` and octal escapes as bytes.

    Octal escapes beyond one byte wrap, as in protoc. An escape the lexer has complained of gives its letter.
    """
    body = text[1:-1]
    if "\\" not in body:
        return encode(body)
    pieces = bytearray()
    at = 0
    for match in _ESCAPE.finditer(body):
        pieces += encode(body[at : match.start()])
        pieces += _meaning(match)
        at = match.end()
    pieces += encode(body[at:])
    return bytes(pieces)


def _meaning(match: re.Match[str]) -> bytes:
    kind = match.lastgroup
    digits = match.group(kind or 0)
    if kind == "octal":
        return bytes((int(digits, 8) & 0xFF,))
    if kind == "byte":
        return bytes((int(digits, 16),))
    if kind == "pair":
        return _encode(0x10000 + ((int(digits[1:5], 16) - 0xD800) << 10) + int(digits[7:], 16) - 0xDC00)
    if kind in {"short", "long"}:
        return _encode(int(digits, 16))
    return _PLAIN.get(digits) or encode(digits)


def _encode(code_point: int) -> bytes:
    if code_point > _MAX_CODE_POINT:
        return f"\\U{code_point:08x}".encode()  # what protoc puts there
    return chr(code_point).encode("utf-8", "surrogatepass")


def integer(text: str) -> int:
    """The value of an unsigned integer, decimal, `0x…` or, with a leading zero, octal; never slow."""
    if text[0] != "0" or len(text) == 1:
        digits, base = text, 10
    elif text[1] in "xX":
        digits, base = text[2:], 16
    else:
        digits, base = text[1:], 8
    if len(digits) > _MOST_DIGITS:
        digits = digits.lstrip("0")[: _MOST_DIGITS + 1] or "0"
    return int(digits, base)


def floating(text: str) -> float:
    """The value of an unsigned number as a double; infinite when it is beyond the range."""
    if text[0] == "0" and len(text) > 1 and text[1] not in ".eE":
        return float(integer(text))
    return float(text)
