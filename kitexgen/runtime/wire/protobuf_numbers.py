"""Numbers of Protobuf: from varints and fixed bytes to Python values and back.

The readers take the end of the message that they are in: what runs past it is refused, as upb does.
"""

from __future__ import annotations

import struct
from operator import index
from typing import Any, Final

from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.wire import protobuf_types as t

_BITS_64: Final = (1 << 64) - 1
_LONGEST: Final = 10  # bytes of a varint; of the last, only one bit is looked at
_LONGEST_TAG: Final = 5  # bytes of a tag or a length
_SHOWN_BITS: Final = 128

BIT: Final[dict[Any, int]] = {False: 0, True: 1}


def read_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return the 64 bits of the varint at `at`, and where it ends. Longer spellings of a number than needed are fine.

    Raises `DecodeError` for an eleventh byte, or when the message ends before the number does.
    """
    return _read_varint(data, at, end, _LONGEST)


def read_tag(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return field number, wire type, and where the tag ends.

    Raises `DecodeError` also when the tag has more than 32 bits or five bytes, or names no field.
    """
    number, wire_type, at = read_inner_tag(data, at, end)
    if number == 0:
        raise DecodeError("there is no field 0")
    return number, wire_type, at


def read_inner_tag(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """The same within an unknown group, where upb has nothing against field 0."""
    found, at = _read_varint(data, at, end, _LONGEST_TAG)
    if found >> 32:
        raise DecodeError("a tag has more than 32 bits")
    return found >> 3, found & 7, at


def read_length(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return where what has a length begins, and where it ends. Raises `DecodeError` when that is past `end`."""
    length, at = _read_varint(data, at, end, _LONGEST_TAG)
    if length > end - at:
        raise DecodeError(f"{length} bytes are announced, {end - at} are left")
    return at, at + length


def _read_varint(data: bytes, at: int, end: int, longest: int) -> tuple[int, int]:
    number = 0
    for place in range(longest):
        if at + place >= end:
            raise DecodeError("the message ends within a varint")
        byte = data[at + place]
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return number & _BITS_64, at + place + 1
    raise DecodeError(f"a varint is longer than {longest} bytes")


def integer(kind: str, bits: int) -> int:
    """Return the value that the 64 bits of a varint have as a `kind`; what a 32-bit kind has no room for is dropped."""
    match kind:
        case "int32" | "enum":
            return ((bits & 0xFFFFFFFF) ^ 0x80000000) - 0x80000000
        case "int64":
            return (bits ^ 1 << 63) - (1 << 63)
        case "uint32":
            return bits & 0xFFFFFFFF
        case "uint64":
            return bits
        case "sint32":
            bits &= 0xFFFFFFFF
            return bits >> 1 ^ -(bits & 1)
        case "sint64":
            return bits >> 1 ^ -(bits & 1)
        case "bool":
            return bits != 0
    raise TypeError(f"{kind} is no varint")


def write_scalar(kind: str, value: Any) -> bytes:
    """Return a number or bool as it lies behind its tag.

    Raises `EncodeError` when `value` is of another type or does not fit.
    """
    try:
        if kind == "bool":
            return b"\1" if BIT[value] else b"\0"
        if kind in t.RANGES:
            return _write_integer(kind, index(value))
        return _write_float(kind, value)
    except (TypeError, KeyError, struct.error, OverflowError) as error:
        raise EncodeError(refusal(kind, value)) from error


def _write_integer(kind: str, value: int) -> bytes:
    low, high = t.RANGES[kind]
    if not low <= value <= high:
        raise EncodeError(refusal(kind, value))
    if kind in t.FORMATS:
        return struct.pack(t.FORMATS[kind], value)
    if kind in ("sint32", "sint64"):
        value = value << 1 if value >= 0 else -(value << 1) - 1
    return t.varint(value)


def _write_float(kind: str, value: Any) -> bytes:
    try:
        # `struct` refuses an int that is past the range of 32 bits, but not a float.
        return struct.pack(t.FORMATS[kind], float(value) if isinstance(value, int) else value)
    except OverflowError:
        # Past the range of 32 bits: infinite, as in C and upb. An int may be past that of 64 bits too.
        return struct.pack("<f", float("inf") if float(value) > 0 else float("-inf"))


def refusal(kind: str, value: Any) -> str:
    """What is wrong with `value` as a `kind`."""
    if isinstance(value, int) and (kind in t.RANGES or kind in t.FORMATS):
        # Very long integers cannot be printed: sys.get_int_max_str_digits.
        number = str(int(value)) if value.bit_length() <= _SHOWN_BITS else f"an integer of {value.bit_length()} bits"
        return f"{number} does not fit {kind}"
    python = "bool" if kind == "bool" else "float" if kind in ("float", "double") else "int"
    return f"expected {python}, got {kind_of(value)}"


def kind_of(value: Any) -> str:
    """What an error calls the type of a value."""
    return "None" if value is None else type(value).__name__
