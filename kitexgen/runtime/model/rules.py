"""What the functions of validation rules do (`vt.*`, see docs/validation.md), as Go does it.

Source: cloudwego/thrift-gen-validator README.md, "Validation Function"; the verbs of Go's package fmt.
"""

from __future__ import annotations

import json
import math
import re
from typing import AnyStr

_VERB = re.compile(r"%([-+# 0]*\d*(?:\.\d+)?)([a-zA-Z%])")


def byte_size(text: str) -> int:
    """Bytes of `text` on the wire, which is what Go's `len` of a string counts."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))


def rune_size(data: bytes) -> int:
    """Characters of `data`; a byte that is no part of one counts as one, as in Go."""
    return len(data.decode("utf-8", "surrogateescape"))


def pattern(expression: AnyStr) -> re.Pattern[AnyStr]:
    """`expression`, whose classes (`\\d`, `\\w`) are those of ASCII, as RE2's are."""
    # Of bytes `re` takes classes to be ASCII anyway, and does not mind being told.
    return re.compile(expression, re.ASCII)


def remainder(dividend: int, divisor: int) -> int:
    """Go's `%`: the sign is that of `dividend`. `divisor` is not 0."""
    return int(math.copysign(1, dividend)) * (abs(dividend) % abs(divisor))


def sprintf(format: str, *values: object) -> str:
    """Go's `fmt.Sprintf` for the verbs d, v, s, q, t, x, X, o, b, e, f and g; one value a verb."""
    rest = iter(values)
    return _VERB.sub(lambda found: "%" if found[2] == "%" else _shown(found[1], found[2], next(rest)), format)


def _shown(flags: str, verb: str, value: object) -> str:
    if verb == "v":
        verb = "g" if isinstance(value, float) else "s"
    if verb == "g" and not flags and isinstance(value, float):
        return repr(value).removesuffix(".0")
    text = f"%{flags}{verb}"
    if verb == "b":
        return format(value, f"{flags}b")
    if verb == "q":
        return json.dumps(value, ensure_ascii=False)
    if verb in "st":
        return f"%{flags}s" % _plain(value)
    return text % value


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
