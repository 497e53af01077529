"""Thrift binary: the primitives, one method a thing on the wire. Records and their fields are not known here.

All numbers are big-endian. Source: Apache Thrift, doc/specs/thrift-binary-protocol.md; what Kitex accepts beyond it is
in cloudwego/gopkg protocol/thrift/binary.go.
"""

from __future__ import annotations

import struct
from typing import Any, Final

from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.wire import thrift_types as t
from kitexgen.runtime.wire.skip import FIXED_SIZE, skip_binary

# What one value takes at least, so that a count can be held against the bytes that are left before anything is built.
MIN_SIZE: Final = {**FIXED_SIZE, t.STRING: 4, t.STRUCT: 1, t.MAP: 6, t.SET: 5, t.LIST: 5}

# struct formats, also the type codes of `array.array`
FORMAT: Final = {t.I8: "b", t.I16: "h", t.I32: "i", t.I64: "q", t.DOUBLE: "d"}
_NUMBER: Final = {code: struct.Struct(f">{letter}") for code, letter in FORMAT.items()}
_FIELD: Final = struct.Struct(">BH")
_ID: Final = struct.Struct(">h")
_LENGTH: Final = struct.Struct(">I")
FIELD_SIZE: Final = _FIELD.size
_MAX_LENGTH: Final = 0x7FFFFFFF

# Python's own bool is 0 or 1, and so are numpy's; everything else is a KeyError.
BOOL_BYTE: Final[dict[Any, bytes]] = {False: b"\x00", True: b"\x01"}


class BinaryWriter:
    """Appends values to `pieces`.

    Raises `struct.error`, `TypeError`, `OverflowError` or `KeyError` for what does not fit.
    """

    __slots__ = ("_append", "pieces")

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self._append = pieces.append

    def begin_record(self) -> None:
        """Nothing stands before the first field."""

    def end_record(self) -> None:
        self._append(b"\x00")

    def field(self, code: int, number: int) -> None:
        self._append(_FIELD.pack(code, number & 0xFFFF))

    def field_boolean(self, number: int, value: Any) -> None:
        self.field(t.BOOL, number)
        self.boolean(value)

    def boolean(self, value: Any) -> None:
        self._append(BOOL_BYTE[value])

    def number(self, code: int, value: Any) -> None:
        self._append(_NUMBER[code].pack(value))

    def binary(self, value: bytes) -> None:
        self._append(_length(len(value)))
        self._append(value)

    def uuid(self, value: bytes) -> None:
        self._append(value)

    def sequence(self, code: int, count: int) -> None:
        self._append(bytes((code,)) + _length(count))

    def mapping(self, key_code: int, value_code: int, count: int) -> None:
        self._append(bytes((key_code, value_code)) + _length(count))


def _length(length: int) -> bytes:
    if length > _MAX_LENGTH:
        raise OverflowError(f"{length} is more than Thrift can count")
    return _LENGTH.pack(length)


class BinaryReader:
    """Reads values from `data`, starting at `at`. Raises `DecodeError` without a path."""

    __slots__ = ("_end", "at", "data")

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at
        self._end = len(data)

    def begin_record(self) -> None:
        """Nothing stands before the first field."""

    def end_record(self) -> None:
        """STOP was read by `field`."""

    def field(self) -> tuple[int, int]:
        """Return type code and id of the next field; the code is STOP behind the last."""
        code = self._take(1)[0]
        if code == t.STOP:
            return code, 0
        return code, _ID.unpack(self._take(2))[0]

    def boolean(self) -> bool:
        # Only 1 is true, as in Kitex.
        return self._take(1) == b"\x01"

    def number(self, code: int) -> Any:
        return _NUMBER[code].unpack(self._take(FIXED_SIZE[code]))[0]

    def binary(self) -> bytes:
        return self._take(self._length())

    def uuid(self) -> bytes:
        return self._take(16)

    def sequence(self) -> tuple[int, int]:
        """Return type code of the elements and how many there are, never more than the data can hold."""
        code = self._take(1)[0]
        return code, self._bounded(self._length(), MIN_SIZE.get(code, 1))

    def mapping(self) -> tuple[int, int, int]:
        """Return type codes of keys and values and how many entries there are, never more than the data can hold."""
        key_code, value_code = self._take(2)
        least = MIN_SIZE.get(key_code, 1) + MIN_SIZE.get(value_code, 1)
        return key_code, value_code, self._bounded(self._length(), least)

    def skip(self, code: int) -> None:
        """Pass over the value of a field."""
        self.at = skip_binary(self.data, self.at, code)

    def _take(self, size: int) -> bytes:
        start = self.at
        if size > self._end - start:
            raise DecodeError(f"{size} bytes expected, {max(self._end - start, 0)} are left")
        self.at = start + size
        return self.data[start : start + size]

    def _length(self) -> int:
        (length,) = _LENGTH.unpack(self._take(4))
        if length > _MAX_LENGTH:
            raise DecodeError(f"invalid data length {length - (1 << 32)}")
        return int(length)

    def _bounded(self, count: int, least: int) -> int:
        left = self._end - self.at
        if count * least > left:
            raise DecodeError(f"{count} elements of at least {least} bytes expected, {left} bytes are left")
        return count
