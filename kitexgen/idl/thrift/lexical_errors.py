"""Diagnostics for what cannot be a token: characters, names, numbers, literals, comments."""

from __future__ import annotations

import unicodedata

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import APACHE, THRIFTGO, error, warning
from kitexgen.source.span import Span


def byte_order_mark(at: Span) -> Diagnostic:
    return warning(
        "KX0008",
        "the file begins with a byte order mark, which thriftgo refuses",
        at,
        "U+FEFF stands here, unseen",
        hint="save the file as UTF-8 without a byte order mark",
        refused_by=THRIFTGO,
    )


def empty_file(at: Span) -> Diagnostic:
    return warning(
        "KX0009",
        "the file is empty, which thriftgo refuses",
        at,
        hint="a file with one comment is enough for thriftgo",
        refused_by=THRIFTGO,
    )


def bad_character(character: str, at: Span) -> Diagnostic:
    number = f"U+{ord(character):04X}"
    if character.isprintable() and not unicodedata.category(character).startswith(("M", "Z")):
        hint = _CHARACTER_HINTS.get(character)
        name = f"`{character}`" if character.isascii() else f"`{character}` ({number})"
        return error("KX0101", f"{name} means nothing in Thrift", at, hint=hint)
    name = unicodedata.name(character, "")
    return error(
        "KX0102",
        f"invisible character {number}" + (f" ({name.lower()})" if name else ""),
        at,
        "it stands here, unseen",
        hint="delete it; between words only spaces, tabs and line ends may stand",
    )


_CHARACTER_HINTS = {
    "?": "for a field that may be missing write `optional` before its type",
    "-": "a minus sign must touch the number behind it",
    "+": "a plus sign must touch the number behind it",
    ".": "no space may stand around the dots of a name",
    "/": "a comment begins with `//`, `#` or `/*`",
    "\\": "a backslash has a meaning only between quotes",
    "`": "quote with `\"` or `'`",
}


def conflict_marker(line: str, at: Span) -> Diagnostic:
    hint = "keep one of the two versions, or both, and delete the lines with the marks" if line[0] == "<" else None
    return error("KX0114", "a merge left its mark here", at, hint=hint)


def full_width(character: str, plain: str, at: Span) -> Diagnostic:
    return error(
        "KX0101",
        f"`{character}` (U+{ord(character):04X}) is not the `{plain}` of Thrift",
        at,
        f"read as `{plain}`",
        hint=f"type `{plain}` with the keyboard set to English",
    )


def bad_name(word: str, at: Span) -> Diagnostic:
    fault, hint = _name_fault(word)
    return error("KX0103", f"`{word}` is no name: {fault}", at, hint=hint)


def _name_fault(word: str) -> tuple[str, str | None]:
    if foreign := next((c for c in word if not c.isascii()), None):
        return f"`{foreign}` (U+{ord(foreign):04X}) cannot stand in one", _NAME_RULE
    if "$" in word:
        return "`$` cannot stand in one", _NAME_RULE
    if ".." in word:
        return "two dots touch", "between two dots stands a part of the name"
    if ".-" in word or word.endswith("."):
        return "nothing follows its last dot", "drop the dot, or write the part behind it"
    if "-" in word:
        return "`-` cannot stand in one", f"write `{word.replace('-', '_')}`"
    return "a part of it is missing", _NAME_RULE


_NAME_RULE = "a name is made of the letters a to z and A to Z, digits and `_`, and begins with no digit"


def bad_number(word: str, at: Span) -> Diagnostic:
    digits = word.lstrip("+-")
    if digits.endswith("."):
        return error("KX0109", f"`{word}` is no number: a digit must follow the point", at, hint=f"write `{word}0`")
    if digits.startswith("0X"):
        hint = f"write `{word.replace('X', 'x')}`" if _is_hexadecimal(digits[2:]) else None
        return error("KX0109", f"`{word}` is no number: the `x` must be small", at, hint=hint)
    if digits.startswith("0o"):
        return error("KX0109", f"`{word}` is no number: octal digits go from 0 to 7, and take no sign", at)
    return error("KX0109", f"`{word}` is no number: hexadecimal digits go from 0 to 9 and from a to f", at)


def _is_hexadecimal(digits: str) -> bool:
    return bool(digits) and all(c in "0123456789abcdefABCDEF" for c in digits)


def open_comment(at: Span) -> Diagnostic:
    return error(
        "KX0104",
        "this comment never closes",
        at,
        "opened here",
        hint="close it with `*/`; all that follows is part of it",
    )


def open_literal(quote: str, at: Span) -> Diagnostic:
    return error(
        "KX0105",
        "this literal never closes",
        at,
        "opened here",
        hint=f"close it with `{quote}` on the same line",
    )


def newline_in_literal(at: Span) -> Diagnostic:
    return error(
        "KX0105",
        "a literal cannot run over the end of a line",
        at,
        "the line ends within it",
        hint="write `\\n` for a line end; only annotation values may be broken over lines",
    )


def newline_in_annotation(at: Span) -> Diagnostic:
    return warning(
        "KX0106",
        "this annotation value runs over the end of a line, which Apache Thrift refuses",
        at,
        hint="write `\\n` for a line end",
        refused_by=APACHE,
    )


def foreign_escape(escape: str, at: Span) -> Diagnostic:
    return warning(
        "KX0107",
        f"Apache Thrift refuses the escape `{escape}`",
        at,
        hint="Apache Thrift knows `\\n`, `\\r`, `\\t`, `\\\\`, `\\\"` and `\\'`; a backslash itself is written `\\\\`",
        refused_by=APACHE,
    )


def bad_escape(escape: str, reason: str, at: Span) -> Diagnostic:
    return error("KX0108", f"bad escape `{escape}`: {reason}", at)


def integer_too_big(word: str, at: Span) -> Diagnostic:
    shown = word if len(word) <= 40 else f"{word[:20]}…{word[-10:]}"
    return error(
        "KX0110",
        f"{shown} does not fit in 64 bits",
        at,
        hint="integers go from -9223372036854775808 to 9223372036854775807",
    )


def leading_zero(word: str, value: int, theirs: int | None, at: Span, *, is_refused: bool) -> Diagnostic:
    """`theirs` is what thriftgo reads, None when it is wrong there; then `is_refused` tells if it says so."""
    reading = f"reads {theirs}" if theirs is not None else "refuses it" if is_refused else "reads 0"
    return warning(
        "KX0111",
        f"`{word}` is {value} here and for Apache Thrift, but thriftgo {reading}",
        at,
        "a leading zero means octal to thriftgo",
        hint=f"write `{value}`",
        refused_by=THRIFTGO if theirs is None and is_refused else (),
    )


def signed_hexadecimal(word: str, value: int, at: Span, *, is_refused: bool) -> Diagnostic:
    """In an enum thriftgo takes it for `-0` and a member called `x…`, and says nothing: `is_refused` is false."""
    theirs = "which thriftgo refuses" if is_refused else "which thriftgo reads as a 0 and one more member"
    return warning(
        "KX0112",
        f"`{word}` is a hexadecimal number with a sign, {theirs}",
        at,
        hint=f"write `{value}`",
        refused_by=THRIFTGO if is_refused else (),
    )


def octal(word: str, value: int, at: Span, *, is_refused: bool) -> Diagnostic:
    """In an enum Apache takes it for `0` and a member called `o…`, and says nothing: `is_refused` is false."""
    theirs = "which Apache Thrift refuses" if is_refused else "which Apache Thrift reads as a 0 and one more member"
    return warning(
        "KX0113",
        f"`{word}` is an octal number, {theirs}",
        at,
        hint=f"write `{value}`",
        refused_by=APACHE if is_refused else (),
    )
