"""A walk over a field without a meaning."""

from __future__ import annotations

from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.wire import protobuf_types as t
from kitexgen.runtime.wire.protobuf_numbers import read_inner_tag, read_length, read_varint


def skip_value(data: bytes, at: int, end: int, tag: tuple[int, int], depth: int) -> int:
    """Return where the value ends whose tag, number and wire type, was just read.

    `depth` says how many groups may lie within each other.

    Raises `DecodeError` when it does not end, has no such wire type, or nests too deeply.
    """
    number, wire_type = tag
    open_groups: list[int] = []
    while True:
        match wire_type:
            case t.VARINT:
                _, at = read_varint(data, at, end)
            case t.FIXED32 | t.FIXED64:
                at += t.FIXED_SIZE[wire_type]
                if at > end:
                    raise DecodeError("the message ends within a number")
            case t.LENGTH:
                _, at = read_length(data, at, end)
            case t.GROUP:
                if len(open_groups) >= depth:
                    raise DecodeError(f"more than {t.READ_DEPTH} messages within each other")
                open_groups.append(number)
            case t.END_GROUP:
                if not open_groups or open_groups.pop() != number:
                    raise DecodeError(f"group {number} ends but was not begun")
            case _:
                raise DecodeError(f"there is no wire type {wire_type}")
        if not open_groups:
            return at
        if at == end:
            raise DecodeError(f"group {open_groups[-1]} does not end")
        number, wire_type, at = read_inner_tag(data, at, end)
