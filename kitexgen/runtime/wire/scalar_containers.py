"""Whole containers of scalars at once, for generated Thrift binary codecs: what Python does in one call, not in a loop.

The rules are those of `primitives`. Writers give the body of the field: type of the elements, count, elements.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterable
from struct import pack
from typing import Any, Final
from uuid import UUID

from kitexgen.runtime.wire import thrift_types as t
from kitexgen.runtime.wire.primitives import BIT, LENGTH, LIST, Members, Pieces, Read, Write, read_binary
from kitexgen.runtime.wire.texts import read_texts, write_texts

_NUMBERS: Final = {"i8": "b", "i16": "h", "i32": "i", "i64": "q", "double": "d"}
_CODES: Final = {
    "bool": t.BOOL,
    "i8": t.I8,
    "i16": t.I16,
    "i32": t.I32,
    "i64": t.I64,
    "double": t.DOUBLE,
    "string": t.STRING,
    "binary": t.STRING,
    "uuid": t.UUID,
}
_SWAPS: Final = sys.byteorder == "little"


def sequence(kind: str, python: Any) -> tuple[Write, Read]:
    """Return writer and reader of the body of a list or set of `kind`; `python` is list, tuple, set or frozenset."""
    return _checked(python, _CODES[kind], _element_writer(kind)), _reader(python, _CODES[kind], _elements_reader(kind))


def enum_sequence(cls: Any, python: Any) -> tuple[Write, Read]:
    """Return writer and reader of the body of a list or set of an enum."""
    members = Members(cls)

    def read(data: bytes, at: int, count: int) -> tuple[Iterable[Any], int]:
        return map(members.__getitem__, _numbers("i", data, at, count)), at + 4 * count

    return _checked(python, t.I32, _element_writer("i32")), _reader(python, t.I32, read)


def packed(kind: str) -> tuple[Write, Read]:
    """Return writer and reader of the body of a list that is an `array.array`."""
    letter, code = _NUMBERS[kind], _CODES[kind]

    def elements(values: array[Any]) -> bytes:
        swapped = array(letter, values)  # a copy, which also brings an array of another type code into range
        if _SWAPS:
            swapped.byteswap()
        return swapped.tobytes()

    def read(data: bytes, at: int) -> tuple[array[Any], int]:
        found, count = LIST(data, at)
        _check(found, code, count)
        return _numbers(letter, data, at + 5, count), at + 5 + count * array(letter).itemsize

    return _checked(array, code, elements), read


def _checked(python: Any, code: int, elements: Callable[[Any], bytes]) -> Write:
    """Put type and count before the elements. Other types than `python` are the careful writer's affair: it may take
    some of them.
    """
    head = bytes((code,))

    def write(values: Any) -> Pieces:
        if type(values) is not python:
            raise TypeError(values)
        return head, LENGTH[len(values)], elements(values)

    return write


def _element_writer(kind: str) -> Callable[[Any], bytes]:
    match kind:
        case "string":
            return write_texts
        case "bool":
            return lambda values: bytes([BIT[value] for value in values])
        case "binary":
            return _write_binaries
        case "uuid":
            return lambda values: b"".join([value.bytes for value in values])
    letter = _NUMBERS[kind]
    return lambda values: pack(f">{len(values)}{letter}", *values)


def _write_binaries(values: Any) -> bytes:
    pieces: list[bytes] = []
    for value in values:
        if type(value) is not bytes:
            raise TypeError(value)
        pieces += (LENGTH[len(value)], value)
    return b"".join(pieces)


def _reader(python: Any, code: int, elements: Callable[[bytes, int, int], tuple[Any, int]]) -> Read:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        found, count = LIST(data, at)
        _check(found, code, count)
        values, end = elements(data, at + 5, count)
        return values if python is list and type(values) is list else python(values), end

    return read


def _check(found: int, code: int, count: int) -> None:
    if found != code and count:
        raise TypeError(found)


def _elements_reader(kind: str) -> Callable[[bytes, int, int], tuple[Any, int]]:
    match kind:
        case "string":
            return read_texts
        case "bool":
            return lambda data, at, count: ([byte == 1 for byte in _exactly(data, at, count)], at + count)
        case "binary":
            return _binaries
        case "uuid":
            return _uuids
    letter = _NUMBERS[kind]
    size = array(letter).itemsize
    return lambda data, at, count: (_numbers(letter, data, at, count).tolist(), at + size * count)


def _numbers(letter: str, data: bytes, at: int, count: int) -> array[Any]:
    numbers = array(letter)
    numbers.frombytes(_exactly(data, at, count * numbers.itemsize))
    if _SWAPS:
        numbers.byteswap()
    return numbers


def _exactly(data: bytes, at: int, size: int) -> bytes:
    found = data[at : at + size]
    if len(found) != size:
        raise EOFError(size)
    return found


def _binaries(data: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    values: list[bytes] = []
    for _ in range(count):
        value, at = read_binary(data, at)
        values.append(value)
    return values, at


def _uuids(data: bytes, at: int, count: int) -> tuple[list[UUID], int]:
    raw = _exactly(data, at, 16 * count)
    return [UUID(bytes=raw[place : place + 16]) for place in range(0, len(raw), 16)], at + len(raw)
