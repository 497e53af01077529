"""Records to bytes and back: the generated codec where there is one, the careful one otherwise.

A class of the module `pkg.user` has its generated Thrift binary codec in `pkg._user_codec`, loaded on first use. That
code is optimistic: whatever it stumbles over, the careful codec does again from the start, and gives the bytes or the
exact error. `KITEXGEN_PURE` is accepted and changes nothing: there is only pure Python so far.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Final, TypeVar

from kitexgen.runtime.wire.read_record import read_record
from kitexgen.runtime.wire.table import home_of
from kitexgen.runtime.wire.thrift_binary import BinaryReader, BinaryWriter
from kitexgen.runtime.wire.thrift_compact import CompactReader, CompactWriter
from kitexgen.runtime.wire.write_record import write_record

R = TypeVar("R")

Write = Callable[[Any, list[bytes]], None]
Read = Callable[[bytes, int], tuple[Any, int]]

_WRITERS: Final[dict[type, Write]] = {}
_READERS: Final[dict[type, Read]] = {}


def encode_binary(record: Any) -> bytes:
    """Return `record` as Thrift binary. Raises `EncodeError` when it cannot be written, `TypeError` for no record."""
    try:
        write = _WRITERS[type(record)]
    except KeyError:
        write = _writer(type(record))
    pieces: list[bytes] = []
    try:
        write(record, pieces)
        return b"".join(pieces)
    except Exception:
        return _encode_carefully(record)


def append_binary(record: Any, pieces: list[bytes]) -> None:
    """Append `record` to `pieces`: their join is Thrift binary, the sum of their lengths its size.

    Raises as `encode_binary`; `pieces` is then as it was.
    """
    try:
        write = _WRITERS[type(record)]
    except KeyError:
        write = _writer(type(record))
    start = len(pieces)
    try:
        write(record, pieces)
    except Exception:
        del pieces[start:]
        pieces.append(_encode_carefully(record))


def decode_binary(cls: type[R], data: bytes, at: int = 0) -> tuple[R, int]:
    """Read a record of class `cls` at `at`; return it and where it ends. What stands behind is not looked at.

    Raises `DecodeError` when the bytes are no such record, `TypeError` when `cls` is no record class.
    """
    try:
        read = _READERS[cls]
    except KeyError:
        read = _reader(cls)
    if type(data) is not bytes:
        data = bytes(data)
    try:
        return read(data, at)
    except Exception:
        reader = BinaryReader(data, at)
        return read_record(cls, reader), reader.at


def encode_compact(record: Any) -> bytes:
    """Return `record` as Thrift compact. Raises as `encode_binary`."""
    writer = CompactWriter([])
    write_record(record, writer)
    return b"".join(writer.pieces)


def decode_compact(cls: type[R], data: bytes, at: int = 0) -> tuple[R, int]:
    """Read a record of class `cls` from Thrift compact, as `decode_binary` does from Thrift binary."""
    reader = CompactReader(bytes(data), at)
    return read_record(cls, reader), reader.at


def _encode_carefully(record: Any) -> bytes:
    pieces: list[bytes] = []
    write_record(record, BinaryWriter(pieces))
    return b"".join(pieces)


def _append_carefully(record: Any, pieces: list[bytes]) -> None:
    write_record(record, BinaryWriter(pieces))


def _writer(cls: type) -> Write:
    # A class derived by hand is written as the generated class it comes from.
    write, _ = _generated(cls) or (_append_carefully, None)
    _WRITERS[cls] = write
    return write


def _reader(cls: type) -> Read:
    codec = _generated(cls)
    if codec is not None and home_of(cls) is cls:
        read = codec[1]
    else:

        def read(data: bytes, at: int) -> tuple[Any, int]:
            reader = BinaryReader(data, at)
            return read_record(cls, reader), reader.at

    _READERS[cls] = read
    return read


def _generated(cls: type) -> tuple[Write, Read] | None:
    home = home_of(cls)
    package, dot, module = home.__module__.rpartition(".")
    name = f"{package}{dot}_{module}_codec"
    try:
        codecs: dict[type, tuple[Write, Read]] = importlib.import_module(name).CODECS
    except ModuleNotFoundError as error:
        # None was generated for the module; what is missing inside of one that was is an error.
        if error.name != name:
            raise
        return None
    return codecs.get(home)
