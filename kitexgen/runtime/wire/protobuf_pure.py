"""Messages to bytes and back in Python: the generated codec where there is one, the careful one otherwise.

A class of the module `pkg.user` has its generated codec in `pkg._user_codec`, loaded on first use. That code is
optimistic: whatever it stumbles over, the careful codec does again from the start, and gives the bytes or the exact
error.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Final, TypeVar

from kitexgen.runtime.wire import protobuf_types as t
from kitexgen.runtime.wire.protobuf_read import merge_message, read_message
from kitexgen.runtime.wire.protobuf_table import MapTable, MessageRef, message_table
from kitexgen.runtime.wire.protobuf_write import write_message
from kitexgen.runtime.wire.table import home_of

M = TypeVar("M")

Write = Callable[[Any], list[bytes] | tuple[bytes, ...]]
Read = Callable[[bytes, int, int, int], Any]

# By class. They are asked before anything else: that a class is not there yet is found out on the way.
PROTOBUF_WRITERS: Final[dict[type, Write]] = {}
PROTOBUF_READERS: Final[dict[type, Read]] = {}

_HAS_MAPS: Final[dict[type, bool]] = {}


def encode_protobuf(message: Any, *, deterministic: bool = False) -> bytes:
    """Return `message` as Protobuf. Raises `EncodeError` when it cannot be written, `TypeError` for no message."""
    return b"".join(protobuf_pieces(message, deterministic=deterministic))


def append_protobuf(message: Any, pieces: list[bytes]) -> None:
    """Append `message` to `pieces`: their join is Protobuf, the sum of their lengths its size.

    Raises as `encode_protobuf`; `pieces` is then as it was.
    """
    pieces += protobuf_pieces(message)


def protobuf_pieces(message: Any, *, deterministic: bool = False) -> list[bytes] | tuple[bytes, ...]:
    """Return `message` in pieces; what is large among them is a value of the message itself, not a copy.

    With `deterministic`, maps are sorted as upb sorts them. Raises as `encode_protobuf`.
    """
    cls = type(message)
    if deterministic and _has_maps(cls):
        return write_message(message, deterministic=True)
    try:
        pieces = PROTOBUF_WRITERS[cls](message)
    except Exception:
        pass  # outside of the handler, so that the exact error does not drag this one along
    else:
        if sum(map(len, pieces)) <= t.MOST_BYTES:
            return pieces
    if cls not in PROTOBUF_WRITERS:
        PROTOBUF_WRITERS[cls] = _generated(cls)[0]
        return protobuf_pieces(message)
    return write_message(message)


def decode_protobuf(cls: type[M], data: bytes) -> M:
    """Read a message of class `cls` from `data`, all of it.

    Raises `DecodeError` when the bytes are no such message, `TypeError` when `cls` is no message class.
    """
    try:
        found: M = PROTOBUF_READERS[cls](data, 0, len(data), t.READ_DEPTH)
        return found
    except Exception:
        pass
    if cls not in PROTOBUF_READERS:
        PROTOBUF_READERS[cls] = _generated(cls)[1]
        return decode_protobuf(cls, data)
    careful: M = read_message(cls, data)
    return careful


def merge_protobuf(message: Any, data: bytes) -> None:
    """Read `data` into `message`: what is single and not a message is set anew, the rest is added.

    Raises as `decode_protobuf`; what was read before the fault is then in `message`.
    """
    merge_message(message, data)


def _generated(cls: type) -> tuple[Write, Read]:
    """The generated codec of a class; the careful one where none was generated, as for a class derived by hand."""
    package, dot, module = home_of(cls).__module__.rpartition(".")
    name = f"{package}{dot}_{module}_codec"
    careful = write_message, lambda data, at, end, depth: _read_part(cls, data, at, end, depth)
    try:
        codecs: dict[type, tuple[Write, Read]] = importlib.import_module(name).CODECS
    except ModuleNotFoundError as error:
        # What is missing inside of a codec that was generated is an error.
        if error.name != name:
            raise
        return careful
    return codecs.get(cls, careful)


def _read_part(cls: type, data: bytes, at: int, end: int, depth: int) -> Any:
    if depth < 0 or end > len(data):
        raise ValueError(end)
    return read_message(cls, data[at:end], depth)


def message_codec(cls: type) -> tuple[Write, Read]:
    """Writer and reader of messages that another package's code was generated for; found when first needed."""

    def write(message: Any) -> list[bytes] | tuple[bytes, ...]:
        if type(message) is not cls:
            raise TypeError(message)
        return protobuf_pieces(message)

    def read(data: bytes, at: int, end: int, depth: int) -> Any:
        if cls not in PROTOBUF_READERS:
            PROTOBUF_READERS[cls] = _generated(cls)[1]
        return PROTOBUF_READERS[cls](data, at, end, depth)

    return write, read


def _has_maps(cls: type) -> bool:
    """Whether a message of `cls` may hold a map, itself or in a message within."""
    if cls not in _HAS_MAPS:
        seen: set[type] = set()
        pending = [cls]
        found = False
        while pending and not found:
            one = pending.pop()
            seen.add(one)
            types = [field.type for field in message_table(one).fields]
            found = any(isinstance(type_, MapTable) for type_ in types)
            pending += {type_.cls for type_ in types if isinstance(type_, MessageRef)} - seen
        _HAS_MAPS[cls] = found
    return _HAS_MAPS[cls]
