"""`default = …`: the text descriptor.proto has for it.

Source: `ParseDefaultAssignment` of parser.cc.
"""

from __future__ import annotations

from math import copysign, inf, isnan
from struct import pack, unpack
from typing import Final

from kitexgen.idl.proto.descriptors import FieldType
from kitexgen.idl.proto.tree import FloatNode, IdentifierNode, IntNode, StringNode, ValueNode

_SIGNED_32: Final = frozenset({FieldType.INT32, FieldType.SINT32, FieldType.SFIXED32})
_SIGNED_64: Final = frozenset({FieldType.INT64, FieldType.SINT64, FieldType.SFIXED64})
_UNSIGNED_32: Final = frozenset({FieldType.UINT32, FieldType.FIXED32})
_UNSIGNED_64: Final = frozenset({FieldType.UINT64, FieldType.FIXED64})

# The numbers that each integer type holds, both ends in.
INTEGER_RANGES: Final = {
    **dict.fromkeys(_SIGNED_32, (-(1 << 31), (1 << 31) - 1)),
    **dict.fromkeys(_SIGNED_64, (-(1 << 63), (1 << 63) - 1)),
    **dict.fromkeys(_UNSIGNED_32, (0, (1 << 32) - 1)),
    **dict.fromkeys(_UNSIGNED_64, (0, (1 << 64) - 1)),
}
FLOATING: Final = frozenset({FieldType.FLOAT, FieldType.DOUBLE})
_MAX_UINT64: Final = (1 << 64) - 1
# Of floats: the least that is held with all bits, the largest, and what lies between it and the step that is missing.
_LEAST_NORMAL: Final = 2.0**-126
_LARGEST: Final = float((1 << 128) - (1 << 104))
_HALF_A_STEP_BEYOND: Final = float((1 << 128) - (1 << 103))


def default_text(type: FieldType, value: ValueNode) -> str | None:
    """What FieldDescriptorProto.default_value is for `value`; None when a field of `type` cannot have it."""
    if type in INTEGER_RANGES:
        low, high = INTEGER_RANGES[type]
        fits = isinstance(value, IntNode) and low <= value.value <= high and not _is_negative_unsigned(value, low)
        return str(value.value) if isinstance(value, IntNode) and fits else None
    if type in FLOATING:
        return _float_text(value, is_single=type is FieldType.FLOAT)
    if type is FieldType.BOOL:
        return value.text if isinstance(value, IdentifierNode) and value.text in {"true", "false"} else None
    if type is FieldType.STRING:
        return value.text if isinstance(value, StringNode) else None
    if type is FieldType.BYTES:
        return c_escape(value.value) if isinstance(value, StringNode) else None
    if type is FieldType.ENUM:
        return value.text if isinstance(value, IdentifierNode) else None
    return None


def _is_negative_unsigned(value: IntNode, low: int) -> bool:
    """`-0` is refused too where no sign may stand."""
    return low == 0 and value.text.startswith("-")


def _float_text(value: ValueNode, *, is_single: bool) -> str | None:
    if isinstance(value, IntNode):
        digits = value.text.lstrip("-")
        is_decimal = digits == "0" or not digits.startswith("0")
        if not is_decimal and abs(value.value) > _MAX_UINT64:
            return None
        number = _as_float(value.value)
    elif isinstance(value, FloatNode):
        number = abs(value.value)
    elif isinstance(value, IdentifierNode) and value.text in {"inf", "nan"}:
        return value.text
    else:
        return None
    if isnan(number):
        return "nan"
    shown = single_text(number) if is_single else simple_text(number)
    return f"-{shown}" if value.text.startswith("-") else shown


def _as_float(number: int) -> float:
    try:
        return float(abs(number))
    except OverflowError:
        return float("inf")


def simple_text(number: float) -> str:
    """The shortest of 15 and 17 digits that reads back as `number`. Source: `SimpleDtoa` of strtod.cc."""
    text = f"{number:.15g}"
    return text if float(text) == number else f"{number:.17g}"


def single_text(number: float) -> str:
    """The shortest of 6 and 9 digits that reads back as the float nearest to `number`. Source: `SimpleFtoa`."""
    single = nearest_single(number)
    text = f"{single:.6g}"
    # strtof() of the C library reports a number below the normal ones as out of range, and protoc takes its word.
    is_read_back = nearest_single(float(text)) == single and not 0 < single < _LEAST_NORMAL
    return text if is_read_back else f"{single:.9g}"


def nearest_single(number: float) -> float:
    """`number` as a float holds it; infinite beyond the range. Source: `SafeDoubleToFloat` of strtod.cc."""
    if abs(number) == _HALF_A_STEP_BEYOND:
        # The one number that rounds to infinity by itself, and not for protoc.
        number = copysign(_LARGEST, number)
    try:
        rounded: float = unpack("<f", pack("<f", number))[0]
    except OverflowError:
        return copysign(inf, number)
    return rounded


_ESCAPES: Final = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x22: '\\"', 0x27: "\\'", 0x5C: "\\\\"}


def c_escape(data: bytes) -> str:
    """Printable ASCII as it is, the rest as in C, by octal escapes where C has no letter. Source: `absl::CEscape`."""
    return "".join(_ESCAPES.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}") for byte in data)
