"""Scalars as ProtoJSON spells them: integers of 64 bits and NaN as text, bytes as base64.

Text that stands for a number is spelled as a number of JSON: no `+1`, `0x1`, `1_000`, `.5`, ` 1`.
"""

from __future__ import annotations

import re
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import partial
from math import isinf, isnan
from operator import index
from typing import Any, Final

from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.wire.place import shown
from kitexgen.runtime.wire.protobuf_numbers import BIT, kind_of, refusal
from kitexgen.runtime.wire.protobuf_types import RANGES

_NUMBER: Final = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([-+]?[0-9]{1,9}))?")
_BASE64: Final = re.compile("[A-Za-z0-9+/]*={0,2}")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_FLOAT: Final = struct.Struct("<f")
_LONGEST: Final = 20  # digits of the largest integer
_WORDS: Final = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def scalar_writer(kind: str) -> Callable[[Any], Any]:
    """Return the function that spells a `kind`, a word of the schema. It raises EncodeError as `encode` would."""
    return _WRITERS[kind]


def scalar_reader(kind: str) -> Callable[[Any], Any]:
    """Return the function that reads a `kind` from what JSON has. It raises DecodeError, without a path."""
    return _READERS[kind]


def write_key(kind: str, key: Any) -> str:
    """Return the key of a map as text. Raises EncodeError."""
    spelled = _WRITERS[kind](key)
    if kind == "bool":
        return "true" if spelled else "false"
    return str(spelled)


def read_key(kind: str, text: Any) -> Any:
    """Return the key that a name of an object spells. Raises DecodeError."""
    if not isinstance(text, str):
        raise expected("text", text)
    if kind == "bool":
        if text not in ("true", "false"):
            raise DecodeError(f'expected "true" or "false", got {shown(text)}')
        return text == "true"
    return _READERS[kind](text)


def expected(what: str, value: object) -> DecodeError:
    """What to raise when a value of JSON is of another kind."""
    return DecodeError(f"expected {what}, got {_json_kind(value)}")


def require_text(text: str) -> str:
    """`text`, when UTF-8 has bytes for it. Raises DecodeError."""
    if not text.isascii() and (found := _SURROGATE.search(text)):
        raise DecodeError(f"character {found.start()} is half of a surrogate pair")
    return text


def _json_kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return shown(value)
        case float():
            return repr(value)
        case int():
            return shown(value)
        case list() | tuple():
            return "an array"
        case dict():
            return "an object"
    return type(value).__name__


# --- writing ----------------------------------------------------------------------------------------------------------


def _write_bool(value: Any) -> bool:
    try:
        return bool(BIT[value])
    except (KeyError, TypeError):
        raise EncodeError(refusal("bool", value)) from None


def _write_integer(kind: str, value: Any) -> int:
    low, high = RANGES[kind]
    try:
        number = index(value)
    except TypeError:
        raise EncodeError(refusal(kind, value)) from None
    if not low <= number <= high:
        raise EncodeError(refusal(kind, number))
    return number


def _write_long(kind: str, value: Any) -> str:
    return str(_write_integer(kind, value))


def _write_double(value: Any) -> float | str:
    number = _as_float("double", value)
    if isnan(number):
        return "NaN"
    if isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number


def _write_float(value: Any) -> float | str:
    """With as few digits as tell it from all other floats of 32 bits."""
    number = _as_float("float", value)
    try:
        raw = _FLOAT.pack(number)
    except OverflowError:
        return "Infinity" if number > 0 else "-Infinity"  # what the wire would carry
    if isnan(number) or isinf(number):
        return _write_double(number)
    exact: float = _FLOAT.unpack(raw)[0]
    for digits in range(6, 9):
        short = float(f"{exact:.{digits}g}")
        if _FLOAT.pack(short) == raw:
            return short
    return float(f"{exact:.9g}")


def _as_float(kind: str, value: Any) -> float:
    if isinstance(value, str | bytes | bytearray):
        raise EncodeError(refusal(kind, value))
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise EncodeError(refusal(kind, value)) from None


def _write_string(value: Any) -> str:
    if not isinstance(value, str):
        raise EncodeError(f"expected str, got {kind_of(value)}")
    if not value.isascii() and (found := _SURROGATE.search(value)):
        raise EncodeError(f"character {found.start()} is a surrogate: bytes that are no UTF-8 have no JSON")
    return value


def _write_bytes(value: Any) -> str:
    if not isinstance(value, bytes | bytearray):
        raise EncodeError(f"expected bytes, got {kind_of(value)}")
    return b64encode(value).decode("ascii")


# --- reading ----------------------------------------------------------------------------------------------------------


def _read_bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise expected("true or false", value)
    return value


def read_integer(kind: str, value: Any) -> int:
    """A number that is whole, however it is spelled: `1`, `1.0`, `1e2`, or those as text. Raises DecodeError."""
    number: int | None = None
    if isinstance(value, str):
        number = _whole(kind, value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    if number is None:
        raise expected("a whole number", value)
    low, high = RANGES[kind]
    if not low <= number <= high:
        raise DecodeError(refusal(kind, number))
    return number


def _whole(kind: str, text: str) -> int | None:
    """The whole number that `text` spells, None when it is none. Exact, and never more digits than can fit."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    sign, whole, fraction, exponent = found.groups(default="")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return 0
    zeros = int(exponent or 0) - len(fraction) + len(digits)
    digits = digits.rstrip("0")
    zeros -= len(digits)
    if zeros < 0:
        return None
    if len(digits) + zeros > _LONGEST:
        raise DecodeError(f"{shown(text)} does not fit {kind}")
    number = int(digits + "0" * zeros)
    return -number if sign else number


def _read_double(value: Any) -> float:
    return _read_real("double", value)


def _read_float(value: Any) -> float:
    """Rounded to 32 bits, as it will be on the wire."""
    number = _read_real("float", value)
    try:
        rounded: float = _FLOAT.unpack(_FLOAT.pack(number))[0]
    except OverflowError:
        raise DecodeError(f"{number!r} does not fit float") from None
    return rounded


def _read_real(kind: str, value: Any) -> float:
    if isinstance(value, str) and value in _WORDS:
        return _WORDS[value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number and not (isinstance(value, str) and _NUMBER.fullmatch(value)):
        raise expected("a number", value)
    try:
        number = float(value)
    except OverflowError:
        raise DecodeError(refusal(kind, value)) from None
    if isinf(number) or isnan(number):
        # A number with too large an exponent, or one of Python's that JSON has only words for.
        raise DecodeError(f'{_json_kind(value)} does not fit {kind}; "Infinity", "-Infinity" and "NaN" are text')
    return number


def _read_string(value: Any) -> str:
    if not isinstance(value, str):
        raise expected("text", value)
    return require_text(value)


def _read_bytes(value: Any) -> bytes:
    if not isinstance(value, str):
        raise expected("base64 text", value)
    text = value.replace("-", "+").replace("_", "/")
    padding = -len(text.rstrip("=")) % 4
    if not _BASE64.fullmatch(text) or padding == 3 or (text.endswith("=") and len(text) % 4):
        raise expected("base64 text", value)
    return b64decode(text.rstrip("=") + "=" * padding)


_LONG: Final = ("int64", "uint64", "sint64", "fixed64", "sfixed64")
_WRITERS: Final[dict[str, Callable[[Any], Any]]] = {
    **{kind: partial(_write_long if kind in _LONG else _write_integer, kind) for kind in RANGES},
    "bool": _write_bool,
    "double": _write_double,
    "float": _write_float,
    "string": _write_string,
    "unchecked_string": _write_string,
    "bytes": _write_bytes,
}
_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    **{kind: partial(read_integer, kind) for kind in RANGES},
    "bool": _read_bool,
    "double": _read_double,
    "float": _read_float,
    "string": _read_string,
    "unchecked_string": _read_string,
    "bytes": _read_bytes,
}
