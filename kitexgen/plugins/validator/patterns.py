"""Regular expressions of Go (RE2) as those of Python's `re`."""

from __future__ import annotations

import re

from kitexgen.plugins.validator.faults import BadOperand

_SYNTAX = "https://github.com/google/re2/wiki/Syntax"


def python_pattern(pattern: str) -> str:
    r"""`pattern` for `re`, to be compiled with re.ASCII: RE2's \\d, \\w and \\s are ASCII too.

    In RE2 `$` is the end of the text, as `\\Z` is here; Python's would let a newline pass. Raises BadOperand.
    """
    is_multiline = re.search(r"\(\?[a-zA-Z]*m", pattern) is not None
    text = "".join(_translated(pattern, is_multiline))
    try:
        re.compile(text, re.ASCII)
    except re.error as error:
        raise BadOperand("KX0457", f"it is no regular expression: {error}", f"as RE2 has them: {_SYNTAX}") from error
    return text


def _translated(pattern: str, is_multiline: bool) -> list[str]:
    parts: list[str] = []
    is_class = False
    tokens = re.findall(r"\\.|\[\^?\]?|.", pattern, re.DOTALL)
    for token in tokens:
        is_end = token == r"\z" or (token == "$" and not is_class and not is_multiline)
        is_class = token != "]" if is_class else token.startswith("[")
        parts.append(r"\Z" if is_end else token)
    return parts
