"""Option messages as bytes, the way protoc writes them: fields by number, each once, repeated numbers packed if
their field is.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldType
from kitexgen.idl.proto.interpreted import OptionMessage, OptionValue, SetField
from kitexgen.idl.proto.options.types import OptionType, Types
from kitexgen.idl.proto.wire import (
    END_GROUP,
    FIXED32,
    FIXED64,
    LENGTH_DELIMITED,
    START_GROUP,
    VARINT,
    double,
    field_bytes,
    fixed32,
    fixed64,
    tag,
    varint,
    zigzag,
)

_WIRE_TYPES: Final[Mapping[FieldType, int]] = {
    FieldType.DOUBLE: FIXED64,
    FieldType.FLOAT: FIXED32,
    FieldType.FIXED64: FIXED64,
    FieldType.FIXED32: FIXED32,
    FieldType.SFIXED64: FIXED64,
    FieldType.SFIXED32: FIXED32,
    FieldType.STRING: LENGTH_DELIMITED,
    FieldType.BYTES: LENGTH_DELIMITED,
}
_MESSAGES: Final = (FieldType.MESSAGE, FieldType.GROUP)


def encode(message: OptionMessage, types: Types) -> bytes:
    """The bytes of `message`, its fields in the order of their numbers."""
    type = types.message(message.type)
    if type is not None and type.is_map_entry:
        return _map_entry(message, type, types)
    in_message_set = type is not None and types.is_message_set(type)
    pieces = []
    for number in sorted(message.fields):
        each = message.fields[number]
        if in_message_set and each.field.is_extension:
            pieces.append(_message_set_item(each, types))
        else:
            pieces.append(_field(each, types))
    return b"".join(pieces)


def is_zero(value: OptionValue) -> bool:
    """Whether a field without presence that holds `value` counts as not set. -0.0 is no zero."""
    if isinstance(value, OptionMessage):
        return False
    if isinstance(value, float):
        return double(value) == b"\0\0\0\0\0\0\0\0"
    return not value


def _field(each: SetField, types: Types) -> bytes:
    field, values = each.field, each.values
    number = field.number
    if field.type in _MESSAGES:
        if types.is_delimited(field):
            begin, end = tag(number, START_GROUP), tag(number, END_GROUP)
            return b"".join(begin + _encoded(value, types) + end for value in values)
        return b"".join(field_bytes(number, _encoded(value, types)) for value in values)
    if not field.is_repeated and is_zero(values[0]) and not types.has_presence(field):
        return b""
    if types.is_packed(field):
        return field_bytes(number, b"".join(scalar(field.type, value) for value in values)) if values else b""
    begin = tag(number, _WIRE_TYPES.get(field.type, VARINT))
    return b"".join(begin + scalar(field.type, value) for value in values)


def scalar(type: FieldType, value: OptionValue) -> bytes:
    """A value without its tag. Text and bytes have their length in front."""
    if isinstance(value, bytes):
        return varint(len(value)) + value
    if isinstance(value, float):
        return double(value) if type is FieldType.DOUBLE else struct.pack("<f", value)
    assert isinstance(value, int)
    match type:
        case FieldType.SINT32 | FieldType.SINT64:
            return varint(zigzag(value))
        case FieldType.FIXED32 | FieldType.SFIXED32:
            return fixed32(value & 0xFFFFFFFF)
        case FieldType.FIXED64 | FieldType.SFIXED64:
            return fixed64(value & 0xFFFFFFFFFFFFFFFF)
        case _:
            return varint(value)


def _encoded(value: OptionValue, types: Types) -> bytes:
    assert isinstance(value, OptionMessage)
    return encode(value, types)


def _map_entry(message: OptionMessage, type: OptionType, types: Types) -> bytes:
    """Key and value of an entry are written even when they were not set."""
    pieces = []
    for field in (type.fields["key"], type.fields["value"]):
        each = message.fields.get(field.number)
        value = _default(field) if each is None else each.value
        if isinstance(value, OptionMessage):
            pieces.append(field_bytes(field.number, encode(value, types)))
        else:
            wire_type = _WIRE_TYPES.get(field.type, VARINT)
            pieces.append(tag(field.number, wire_type) + scalar(field.type, value))
    return b"".join(pieces)


def _default(field: FieldDescriptor) -> OptionValue:
    match field.type:
        case FieldType.MESSAGE | FieldType.GROUP:
            return OptionMessage(field.type_name)
        case FieldType.STRING | FieldType.BYTES:
            return b""
        case FieldType.FLOAT | FieldType.DOUBLE:
            return 0.0
        case _:
            return 0


def _message_set_item(each: SetField, types: Types) -> bytes:
    """`repeated group Item = 1 { required int32 type_id = 2; required bytes message = 3; }`.

    Of a number above 2**29 - 1 that an option's name leads through protoc writes the lower 29 bits only, which is
    another item, or none it can read again; here it is whole.
    """
    number = varint(each.field.number)
    return b"".join(b"\x0b\x10" + number + field_bytes(3, _encoded(value, types)) + b"\x0c" for value in each.values)
