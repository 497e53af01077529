"""Values of scalar and enum options: what fits, and what it becomes.

Two grammars: behind `=` the rules of option statements hold, within braces those of the text format, which allows
more (`t` for true, numbers for enum values, `Infinity`) and a little less (no hexadecimal floats).
Source: `SetOptionValue` of descriptor.cc, `ConsumeFieldValue` of text_format.cc.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kitexgen.idl.proto.default_text import nearest_single
from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldType
from kitexgen.idl.proto.interpreted import OptionValue
from kitexgen.idl.proto.options.types import OptionEnum, Types
from kitexgen.idl.proto.tree import FloatNode, IdentifierNode, IntNode, StringNode, ValueNode


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a value was refused. `wanted` is a phrase for messages; `enum` is set when it has no such value."""

    wanted: str
    is_out_of_range: bool = False
    enum: OptionEnum | None = None


_INT32: Final = (-(1 << 31), (1 << 31) - 1)
_INT64: Final = (-(1 << 63), (1 << 63) - 1)
_UINT32: Final = (0, (1 << 32) - 1)
_UINT64: Final = (0, (1 << 64) - 1)
RANGES: Final[Mapping[FieldType, tuple[int, int]]] = {
    FieldType.INT32: _INT32,
    FieldType.SINT32: _INT32,
    FieldType.SFIXED32: _INT32,
    FieldType.INT64: _INT64,
    FieldType.SINT64: _INT64,
    FieldType.SFIXED64: _INT64,
    FieldType.UINT32: _UINT32,
    FieldType.FIXED32: _UINT32,
    FieldType.UINT64: _UINT64,
    FieldType.FIXED64: _UINT64,
}
_TRUE: Final = ("true", "True", "t")
_FALSE: Final = ("false", "False", "f")
_INFINITE: Final = ("inf", "infinity")
# The bits of a float's significand.
_FLOAT_BITS: Final = 24


def statement_value(field: FieldDescriptor, node: ValueNode, types: Types) -> OptionValue | Misfit:
    """What `node` behind `=` is as a value of `field`, which is no message."""
    match field.type:
        case FieldType.FLOAT | FieldType.DOUBLE:
            return _statement_float(field.type, node)
        case FieldType.BOOL:
            if isinstance(node, IdentifierNode) and node.text in {"true", "false"}:
                return node.text == "true"
            return Misfit("`true` or `false`")
        case FieldType.STRING | FieldType.BYTES:
            return node.value if isinstance(node, StringNode) else Misfit("a literal in quotes")
        case FieldType.ENUM:
            return _named_value(field, node, types)
        case _:
            return _integer(field.type, node)


def entry_value(field: FieldDescriptor, node: ValueNode, types: Types) -> OptionValue | Misfit:
    """What `node` within braces is as a value of `field`, which is no message."""
    match field.type:
        case FieldType.FLOAT | FieldType.DOUBLE:
            return _entry_float(field.type, node)
        case FieldType.BOOL:
            return _entry_bool(node)
        case FieldType.STRING | FieldType.BYTES:
            return node.value if isinstance(node, StringNode) else Misfit("a literal in quotes")
        case FieldType.ENUM:
            if isinstance(node, IntNode):
                return _numbered_value(field, node, types)
            return _named_value(field, node, types)
        case _:
            return _integer(field.type, node)


def _integer(type: FieldType, node: ValueNode) -> int | Misfit:
    low, high = RANGES[type]
    wanted = f"a whole number from {low:,} to {high:,}"
    if not isinstance(node, IntNode):
        return Misfit(wanted)
    # `-0` has a sign, which no unsigned number has.
    has_wrong_sign = low == 0 and node.text.startswith("-")
    return Misfit(wanted, is_out_of_range=True) if has_wrong_sign or not low <= node.value <= high else node.value


def _named_value(field: FieldDescriptor, node: ValueNode, types: Types) -> int | Misfit:
    enum = types.enum_of(field)
    wanted = f"a value of `{field.type_name}`"
    if enum is None or not isinstance(node, IdentifierNode):
        return Misfit(wanted)
    number = enum.values.get(node.text)
    return Misfit(wanted, enum=enum) if number is None else number


def _numbered_value(field: FieldDescriptor, node: IntNode, types: Types) -> int | Misfit:
    enum = types.enum_of(field)
    wanted = f"a value of `{field.type_name}`"
    low, high = _INT32
    if enum is None or not low <= node.value <= high:
        return Misfit(wanted, is_out_of_range=True)
    is_known = node.value in enum.numbers or not types.is_closed(enum)
    return node.value if is_known else Misfit(wanted, enum=enum)


def _statement_float(type: FieldType, node: ValueNode) -> float | Misfit:
    is_single = type is FieldType.FLOAT
    match node:
        case IntNode():
            if is_single:
                return _single(_rounded(node.value))
            return _double(node.value)
        case FloatNode():
            # Of a NaN the sign is lost here, within braces it is kept.
            value = math.nan if math.isnan(node.value) else node.value
        case IdentifierNode(text="inf"):
            value = math.inf
        case IdentifierNode(text="nan"):
            value = math.nan
        case _:
            return Misfit("a number, `inf` or `nan`")
    return _single(value) if is_single else value


def _entry_float(type: FieldType, node: ValueNode) -> float | Misfit:
    match node:
        case IntNode() if _is_decimal(node.text):
            value = _double(node.value)
            if not value and node.text.startswith("-"):
                value = -0.0
        case FloatNode():
            is_negative_nan = math.isnan(node.value) and node.text.startswith("-")
            value = math.copysign(math.nan, -1.0) if is_negative_nan else node.value
        case IdentifierNode() if node.text.lower() in _INFINITE:
            value = math.inf
        case IdentifierNode() if node.text.lower() == "nan":
            value = math.nan
        case _:
            return Misfit("a decimal number, `inf` or `nan`")
    return nearest_single(value) if type is FieldType.FLOAT else value


def _entry_bool(node: ValueNode) -> bool | Misfit:
    match node:
        case IdentifierNode() if node.text in _TRUE:
            return True
        case IdentifierNode() if node.text in _FALSE:
            return False
        case IntNode() if node.value in {0, 1} and not node.text.startswith("-"):
            return node.value == 1
        case _:
            return Misfit("`true` or `false`")


def _is_decimal(text: str) -> bool:
    digits = text.lstrip("- ")
    return not (len(digits) > 1 and digits[0] == "0")


def _double(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def _rounded(value: int) -> float:
    """A whole number with as many bits as a float holds, so that it is not rounded a second time on its way there."""
    surplus = abs(value).bit_length() - _FLOAT_BITS
    if surplus <= 0 or not -(1 << 63) <= value < 1 << 64:
        return _double(value)
    kept, rest = divmod(abs(value), 1 << surplus)
    half = 1 << (surplus - 1)
    kept += rest > half or (rest == half and kept & 1)
    return math.copysign(float(kept << surplus), value)


def _single(value: float) -> float:
    """The float nearest to a double, as the processor has it: what is half a step beyond the largest is infinite."""
    try:
        rounded: float = struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
    return rounded
