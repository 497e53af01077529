"""Records to bytes and back in pure Python: the generated codec where there is one, the careful one otherwise.

A class of the module `pkg.user` has its generated Thrift binary codec in `pkg._user_codec`, loaded on first use. That
code is optimistic: whatever it stumbles over, the careful codec does again from the start, and gives the bytes or the
exact error.
"""

from __future__ import annotations

import importlib
from typing import Any, Final, TypeVar

from kitexgen.runtime.wire.primitives import Pieces, Read, Write
from kitexgen.runtime.wire.read_record import read_record
from kitexgen.runtime.wire.table import home_of
from kitexgen.runtime.wire.thrift_binary import BinaryReader, BinaryWriter
from kitexgen.runtime.wire.thrift_compact import CompactReader, CompactWriter
from kitexgen.runtime.wire.write_record import write_record

R = TypeVar("R")

# By class. They are asked before anything else: that a class is not there yet is found out on the way.
WRITERS: Final[dict[type, Write]] = {}
READERS: Final[dict[type, Read]] = {}


def encode_binary(record: Any) -> bytes:
    """Return `record` as Thrift binary. Raises `EncodeError` when it cannot be written, `TypeError` for no record."""
    try:
        return b"".join(WRITERS[type(record)](record))
    except Exception:
        pass  # outside of the handler, so that the exact error does not drag this one along
    return encode_carefully(record)


def encode_carefully(record: Any) -> bytes:
    """Return `record` as Thrift binary after `WRITERS` failed to."""
    return b"".join(_pieces(record))


def append_binary(record: Any, pieces: list[bytes]) -> None:
    """Append `record` to `pieces`: their join is Thrift binary, the sum of their lengths its size.

    Raises as `encode_binary`; `pieces` is then as it was.
    """
    try:
        pieces += WRITERS[type(record)](record)
        return
    except Exception:
        pass
    pieces += _pieces(record)


def decode_binary(cls: type[R], data: bytes, at: int = 0) -> tuple[R, int]:
    """Read a record of class `cls` at `at`; return it and where it ends. What stands behind is not looked at.

    Raises `DecodeError` when the bytes are no such record, `TypeError` when `cls` is no record class.
    """
    try:
        return READERS[cls](data, at)
    except Exception:
        pass
    return _decode(cls, data, at)


def encode_compact(record: Any) -> bytes:
    """Return `record` as Thrift compact. Raises as `encode_binary`."""
    writer = CompactWriter([])
    write_record(record, writer)
    return b"".join(writer.pieces)


def decode_compact(cls: type[R], data: bytes, at: int = 0) -> tuple[R, int]:
    """Read a record of class `cls` from Thrift compact, as `decode_binary` does from Thrift binary."""
    reader = CompactReader(data, at)
    return read_record(cls, reader), reader.at


def _pieces(record: Any) -> Pieces:
    """Write with the generated codec if this is the first use of it, else carefully."""
    cls = type(record)
    if cls not in WRITERS:
        write = WRITERS[cls] = _writer(cls)
        try:
            return write(record)
        except Exception:
            pass
    return _write_carefully(record)


def _decode(cls: type, data: bytes, at: int) -> tuple[Any, int]:
    """Read with the generated codec if this is the first use of it, else carefully."""
    if cls not in READERS:
        READERS[cls] = _reader(cls)
        return decode_binary(cls, data, at)
    return _read_carefully(cls, data, at)


def _writer(cls: type) -> Write:
    # A class derived by hand has no writer of its own; the careful one knows which class it comes from.
    codec = _generated(cls)
    return codec[0] if codec else _write_carefully


def _reader(cls: type) -> Read:
    codec = _generated(cls)
    return codec[1] if codec else lambda data, at: _read_carefully(cls, data, at)


def _write_carefully(record: Any) -> list[bytes]:
    pieces: list[bytes] = []
    write_record(record, BinaryWriter(pieces))
    return pieces


def _read_carefully(cls: type, data: bytes, at: int) -> tuple[Any, int]:
    reader = BinaryReader(data, at)
    return read_record(cls, reader), reader.at


def _generated(cls: type) -> tuple[Write, Read] | None:
    package, dot, module = home_of(cls).__module__.rpartition(".")
    name = f"{package}{dot}_{module}_codec"
    try:
        codecs: dict[type, tuple[Write, Read]] = importlib.import_module(name).CODECS
    except ModuleNotFoundError as error:
        # None was generated for the module; what is missing inside of one that was is an error.
        if error.name != name:
            raise
        return None
    return codecs.get(cls)
