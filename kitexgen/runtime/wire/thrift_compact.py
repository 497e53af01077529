"""Thrift compact: the primitives, with the same methods as those of Thrift binary.

Source: Apache Thrift, doc/specs/thrift-compact-protocol.md. Kitex does not speak it; Apache, fbthrift and Volo do.
"""

from __future__ import annotations

import struct
from typing import Any, Final

from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.wire import thrift_types as t
from kitexgen.runtime.wire.skip import COMPACT_FALSE, COMPACT_TRUE, skip_compact
from kitexgen.runtime.wire.varint import from_zigzag, read_varint, to_zigzag, write_varint

TO_COMPACT: Final = {
    t.BOOL: 1,  # as the type of elements; a field has its value in the type: 1 true, 2 false
    t.I8: 3,
    t.I16: 4,
    t.I32: 5,
    t.I64: 6,
    t.DOUBLE: 7,
    t.STRING: 8,
    t.LIST: 9,
    t.SET: 10,
    t.MAP: 11,
    t.STRUCT: 12,
    t.UUID: 13,
}
FROM_COMPACT: Final = {compact: code for code, compact in TO_COMPACT.items()} | {2: t.BOOL}

# In elements. All values take a byte at least, but these two.
_MIN_SIZE: Final = {t.DOUBLE: 8, t.UUID: 16}
_BITS: Final = {t.I16: 16, t.I32: 32, t.I64: 64}
_DOUBLE: Final = struct.Struct("<d")  # little-endian, unlike everything in Thrift binary
_I8: Final = struct.Struct("b")
_CHECKED: Final = {t.I16: struct.Struct("h"), t.I32: struct.Struct("i"), t.I64: struct.Struct("q")}
_MAX_LENGTH: Final = 0x7FFFFFFF
_SHORT_COUNT: Final = 14  # a longer list has its count behind the type byte
_SHORT_DELTA: Final = 15  # a larger step between field ids has the id behind the type byte
_BOOL_CODE: Final[dict[Any, int]] = {False: COMPACT_FALSE, True: COMPACT_TRUE}


class CompactWriter:
    """Appends values to `pieces`.

    Raises `struct.error`, `TypeError`, `OverflowError` or `KeyError` for what does not fit.
    """

    __slots__ = ("_append", "_last", "_outer", "pieces")

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self._append = pieces.append
        self._last = 0
        self._outer: list[int] = []

    def begin_record(self) -> None:
        """Field ids are written as steps from the one before, counted afresh in each record."""
        self._outer.append(self._last)
        self._last = 0

    def end_record(self) -> None:
        self._append(b"\x00")
        self._last = self._outer.pop()

    def field(self, code: int, number: int) -> None:
        self._field(TO_COMPACT[code], number)

    def field_boolean(self, number: int, value: Any) -> None:
        self._field(_BOOL_CODE[value], number)

    def boolean(self, value: Any) -> None:
        self._append(bytes((_BOOL_CODE[value],)))

    def number(self, code: int, value: Any) -> None:
        if code == t.DOUBLE:
            self._append(_DOUBLE.pack(value))
        elif code == t.I8:
            self._append(_I8.pack(value))
        else:
            # Packing checks the range and gives a plain int, whatever stands for one.
            checked = _CHECKED[code]
            self._append(write_varint(to_zigzag(checked.unpack(checked.pack(value))[0])))

    def binary(self, value: bytes) -> None:
        self._append(_length(len(value)))
        self._append(value)

    def uuid(self, value: bytes) -> None:
        self._append(value)

    def sequence(self, code: int, count: int) -> None:
        if count <= _SHORT_COUNT:
            self._append(bytes((count << 4 | TO_COMPACT[code],)))
        else:
            self._append(bytes((0xF0 | TO_COMPACT[code],)) + _length(count))

    def mapping(self, key_code: int, value_code: int, count: int) -> None:
        if count == 0:
            self._append(b"\x00")
        else:
            self._append(_length(count) + bytes((TO_COMPACT[key_code] << 4 | TO_COMPACT[value_code],)))

    def _field(self, compact: int, number: int) -> None:
        step = number - self._last
        if 0 < step <= _SHORT_DELTA:
            self._append(bytes((step << 4 | compact,)))
        else:
            self._append(bytes((compact,)) + write_varint(to_zigzag(number)))
        self._last = number


def _length(length: int) -> bytes:
    if length > _MAX_LENGTH:
        raise OverflowError(f"{length} is more than Thrift can count")
    return write_varint(length)


class CompactReader:
    """Reads values from `data`, starting at `at`. Raises `DecodeError` without a path."""

    __slots__ = ("_bool", "_end", "_last", "_outer", "at", "data")

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at
        self._end = len(data)
        self._last = 0
        self._outer: list[int] = []
        self._bool: bool | None = None  # of the field whose header was just read

    def begin_record(self) -> None:
        """Field ids are steps from the one before, counted afresh in each record."""
        self._outer.append(self._last)
        self._last = 0

    def end_record(self) -> None:
        self._last = self._outer.pop()

    def field(self) -> tuple[int, int]:
        """Return type code and id of the next field; the code is STOP behind the last."""
        byte = self._take(1)[0]
        if byte == t.STOP:
            return t.STOP, 0
        compact = byte & 0x0F
        code = _known(compact)
        number = self._last + (byte >> 4) if byte >> 4 else from_zigzag(self._varint(16))
        self._last = number
        if code == t.BOOL:
            self._bool = compact == COMPACT_TRUE
        return code, number

    def boolean(self) -> bool:
        value = self._bool
        if value is None:
            return self._take(1)[0] == COMPACT_TRUE
        self._bool = None
        return value

    def number(self, code: int) -> Any:
        if code == t.DOUBLE:
            return _DOUBLE.unpack(self._take(8))[0]
        if code == t.I8:
            return _I8.unpack(self._take(1))[0]
        return from_zigzag(self._varint(_BITS[code]))

    def binary(self) -> bytes:
        return self._take(self._length())

    def uuid(self) -> bytes:
        return self._take(16)

    def sequence(self) -> tuple[int, int]:
        """Return type code of the elements and how many there are, never more than the data can hold."""
        byte = self._take(1)[0]
        code = _known(byte & 0x0F)
        count = byte >> 4
        if count > _SHORT_COUNT:
            count = self._length()
        return code, self._bounded(count, _MIN_SIZE.get(code, 1))

    def mapping(self) -> tuple[int, int, int]:
        """Return type codes of keys and values and how many entries there are, never more than the data can hold."""
        count = self._length()
        if count == 0:
            return t.STOP, t.STOP, 0
        byte = self._take(1)[0]
        key_code, value_code = _known(byte >> 4), _known(byte & 0x0F)
        least = _MIN_SIZE.get(key_code, 1) + _MIN_SIZE.get(value_code, 1)
        return key_code, value_code, self._bounded(count, least)

    def skip(self, code: int) -> None:
        """Pass over the value of a field."""
        if code == t.BOOL:
            self._bool = None  # it was in the header
        else:
            self.at = skip_compact(self.data, self.at, TO_COMPACT[code])

    def _take(self, size: int) -> bytes:
        start = self.at
        if size > self._end - start:
            raise DecodeError(f"{size} bytes expected, {max(self._end - start, 0)} are left")
        self.at = start + size
        return self.data[start : start + size]

    def _varint(self, bits: int) -> int:
        try:
            number, self.at = read_varint(self.data, self.at, bits)
        except IndexError:
            raise DecodeError("the data ends within a varint") from None
        return number

    def _length(self) -> int:
        length = self._varint(32)
        if length > _MAX_LENGTH:
            raise DecodeError(f"invalid data length {length - (1 << 32)}")
        return length

    def _bounded(self, count: int, least: int) -> int:
        left = self._end - self.at
        if count * least > left:
            raise DecodeError(f"{count} elements of at least {least} bytes expected, {left} bytes are left")
        return count


def _known(compact: int) -> int:
    try:
        return FROM_COMPACT[compact]
    except KeyError:
        raise DecodeError(f"unknown data type {compact}") from None
