"""MessageSet: the form in which a message of nothing but extensions was written before there were extensions.

Each is an item, a group with number 1, that holds the number of the extension and its message (descriptor.proto,
message_set_wire_format).
"""

from __future__ import annotations

from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.wire import protobuf_types as t
from kitexgen.runtime.wire.protobuf_numbers import read_length, read_tag, read_varint
from kitexgen.runtime.wire.protobuf_skip import skip_value

ITEM = 1
_TYPE_ID = 2
_MESSAGE = 3


def read_item(data: bytes, at: int, end: int, depth: int) -> tuple[int, tuple[int, int] | None, int]:
    """Read an item of a MessageSet, whose tag was just read.

    Returns its type id, where its message begins and ends, and where the item ends. An item without both is nothing:
    the message is None then. Of several type ids or messages the first counts; other fields are dropped, as in upb.
    """
    type_id = 0
    message: tuple[int, int] | None = None
    while True:
        if at == end:
            raise DecodeError("an item of a MessageSet does not end")
        number, wire_type, at = read_tag(data, at, end)
        if wire_type == t.END_GROUP:
            if number != ITEM:
                raise DecodeError(f"group {number} ends but was not begun")
            return type_id, message if type_id else None, at
        if number == _TYPE_ID and wire_type == t.VARINT:
            found, at = read_varint(data, at, end)
            type_id = type_id or found & 0xFFFFFFFF
        elif number == _MESSAGE and wire_type == t.LENGTH:
            start, at = read_length(data, at, end)
            message = message or (start, at)
        else:
            at = skip_value(data, at, end, (number, wire_type), depth - 1)


def write_item(type_id: int, message: bytes) -> bytes:
    """An item of a MessageSet."""
    begin, stop = t.tag(ITEM, t.GROUP), t.tag(ITEM, t.END_GROUP)
    head = t.tag(_TYPE_ID, t.VARINT) + t.varint(type_id) + t.tag(_MESSAGE, t.LENGTH)
    return begin + head + t.varint(len(message)) + message + stop


def take_items(fields: bytes, number: int) -> tuple[bytes, bytes]:
    """Return the items of extension `number` among `fields` as plain fields, and all others as they are."""
    taken: list[bytes] = []
    others: list[bytes] = []
    at, end = 0, len(fields)
    while at < end:
        start = at
        found, wire_type, at = read_tag(fields, at, end)
        if (found, wire_type) == (ITEM, t.GROUP):
            type_id, message, at = read_item(fields, at, end, t.READ_DEPTH)
            if message and type_id == number:
                raw = fields[message[0] : message[1]]
                taken.append(t.tag(number, t.LENGTH) + t.varint(len(raw)) + raw)
                continue
        else:
            at = skip_value(fields, at, end, (found, wire_type), t.READ_DEPTH)
        others.append(fields[start:at])
    return b"".join(taken), b"".join(others)


def add_item(field: bytes) -> bytes:
    """Return a plain field that holds a message as an item; nothing as nothing."""
    if not field:
        return b""
    number, _, at = read_tag(field, 0, len(field))
    start, end = read_length(field, at, len(field))
    return write_item(number, field[start:end])
