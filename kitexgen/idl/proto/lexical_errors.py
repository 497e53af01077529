"""Diagnostics for what cannot be a token: characters, names, numbers, literals, comments."""

from __future__ import annotations

import unicodedata

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error, warning
from kitexgen.source.span import Span


def bad_character(character: str, at: Span) -> Diagnostic:
    number = f"U+{ord(character):04X}"
    if character.isprintable() and not unicodedata.category(character).startswith(("M", "Z")):
        name = f"`{character}`" if character.isascii() else f"`{character}` ({number})"
        return error("KX0601", f"{name} means nothing in Protobuf", at, hint=_CHARACTER_HINTS.get(character))
    name = unicodedata.name(character, "")
    return error(
        "KX0601",
        f"invisible character {number}" + (f" ({name.lower()})" if name else ""),
        at,
        "it stands here, unseen",
        hint="delete it; between words only spaces, tabs and line ends may stand",
    )


_CHARACTER_HINTS = {
    "?": "for a field that may be missing write `optional` before its type",
    "+": "numbers take no plus sign",
    "@": "custom options are written `[(name) = value]` behind a field, or `option (name) = value;`",
    "\\": "a backslash has a meaning only between quotes",
    "`": "quote with `\"` or `'`",
    "|": "alternatives are fields of a `oneof`",
    "&": "there are no references; the name of the message is enough",
    "*": "a comment begins with `//` or `/*`",
}


def hash_comment(at: Span) -> Diagnostic:
    return error("KX0601", "`#` opens no comment in Protobuf", at, hint="write `//`")


def hash_hides(at: Span) -> Diagnostic:
    return warning(
        "KX0601", "`#` hides the rest of this message, to its `}`", at, hint="write `//` for a comment of one line"
    )


def full_width(character: str, plain: str, at: Span) -> Diagnostic:
    return error(
        "KX0601",
        f"`{character}` (U+{ord(character):04X}) is not the `{plain}` of Protobuf",
        at,
        f"read as `{plain}`",
        hint=f"type `{plain}` with the keyboard set to English",
    )


def bad_name(word: str, at: Span) -> Diagnostic:
    foreign = next((c for c in word if not c.isascii()), "$")
    shown = f"`{foreign}`" if foreign.isascii() else f"`{foreign}` (U+{ord(foreign):04X})"
    return error(
        "KX0602",
        f"`{word}` is no name: {shown} cannot stand in one",
        at,
        hint="a name is made of the letters a to z and A to Z, digits and `_`, and begins with no digit",
    )


def bad_number(word: str, at: Span) -> Diagnostic:
    reason, hint = _number_fault(word)
    return error("KX0603", f"`{word}` is no number: {reason}", at, hint=hint)


def _number_fault(word: str) -> tuple[str, str | None]:
    lower = word.lower()
    if lower.startswith("0x"):
        if "." in lower:
            return "a hexadecimal number has no point", None
        return "hexadecimal digits go from 0 to 9 and from a to f", None
    if lower.startswith(("0b", "0o")):
        return "only `0x` may stand before the digits", "octal numbers begin with `0` alone"
    if lower.isdigit():
        decimal = lower.lstrip("0")
        return "with a leading zero it is octal, whose digits go from 0 to 7", f"for {decimal} write `{decimal}`"
    if ".." in lower:
        return "two points touch", "a range is written `1 to 5`"
    if lower.count(".") > 1:
        return "it has two points", None
    if "_" in lower and lower.replace("_", "").isdigit():
        return "`_` cannot stand in one", f"write `{lower.replace('_', '')}`"
    if lower[-1] == "f" and lower[:-1].replace(".", "", 1).isdigit():
        return "no suffix may follow", f"write `{word[:-1]}`"
    if lower[-1] in "e+-":
        return "digits must follow the `e`", None
    return "a letter touches its digits", "a name begins with no digit; behind a number stands a blank"


def number_after_name(at: Span) -> Diagnostic:
    return error("KX0603", "a number cannot follow a name without a blank", at, hint="put a blank before the point")


def open_comment(at: Span) -> Diagnostic:
    return error(
        "KX0604",
        "this comment never closes",
        at,
        "opened here",
        hint="close it with `*/`; all that follows is part of it",
    )


def nested_comment(at: Span, outer: Span) -> Diagnostic:
    return error(
        "KX0605",
        "comments cannot be nested",
        at,
        "opened within another",
        also=(Label(outer, "the comment begins here"),),
        hint="the first `*/` ends the comment; delete this `/*`",
    )


def open_string(quote: str, at: Span) -> Diagnostic:
    return error(
        "KX0606",
        "this string does not close on its line",
        at,
        "opened here",
        hint=f"close it with `{quote}`; strings side by side, one a line, count as one",
    )


def bad_escape(text: str, at: Span) -> Diagnostic:
    letter = text[at.start + 1]
    reason = _ESCAPE_FAULTS.get(letter, "unknown; a backslash itself is written `\\\\`")
    return error("KX0607", f"bad escape `\\{letter if letter.isprintable() else '…'}`: {reason}", at)


_ESCAPE_FAULTS = {
    "x": "needs one or two hexadecimal digits",
    "X": "needs one or two hexadecimal digits",
    "u": "needs four hexadecimal digits",
    "U": "needs eight hexadecimal digits, and none beyond 0010ffff",
}


def conflict_marker(line: str, at: Span) -> Diagnostic:
    hint = "keep one of the two versions, or both, and delete the lines with the marks" if line[0] == "<" else None
    return error("KX0608", "a merge left its mark here", at, hint=hint)


def integer_too_big(word: str, most: int, at: Span) -> Diagnostic:
    shown = word if len(word) <= 40 else f"{word[:20]}…{word[-10:]}"
    return error("KX0609", f"{shown} is too big", at, hint=f"the greatest number here is {most}")
