"""What generated Thrift binary codecs are made of.

A generated writer takes a value and returns pieces of `bytes` whose join is its encoding; a reader takes the message
and a place in it, and returns the value and the place behind it. Both are optimistic: any exception, whatever its
class, sends the whole message through the careful codec, which gives the exact error. So nothing here explains itself.

Reading needs no check for truncation but where a slice is all there is to a container: lengths are unsigned, so places
only grow, and a slice that runs past the end is followed by a read that fails; the STOP of the outermost record at the
latest.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any, Final
from uuid import UUID

from kitexgen.runtime.wire.skip import skip_binary

Pieces = list[bytes] | tuple[bytes, ...]
Write = Callable[[Any], Pieces]
Read = Callable[[bytes, int], tuple[Any, int]]

_KEPT_HEADS: Final = 512
_KEPT_RUNS: Final = 128


class Heads(dict[int, bytes]):
    """`heads[n]`: constant bytes, then n as a length of four bytes. Made on first use; lengths below 512 are kept.

    Indexing costs a third of packing the length each time.
    """

    __slots__ = ("_head",)

    def __init__(self, head: bytes) -> None:
        super().__init__()
        self._head = head

    def __missing__(self, length: int) -> bytes:
        if length > 0x7FFFFFFF:
            raise OverflowError(length)
        made = self._head + length.to_bytes(4, "big")
        if length < _KEPT_HEADS:
            self[length] = made
        return made


# A length alone: of text in a container, and of a container.
LENGTH: Final = Heads(b"")

# The byte of a bool. Python's own bools and numpy's are keys; None and all that is only truthy is a KeyError.
BIT: Final[dict[Any, int]] = {False: 0, True: 1}
BOOL: Final[dict[Any, bytes]] = {False: b"\x00", True: b"\x01"}

new: Final = object.__new__


def pack_run(layout: str) -> Callable[..., bytes]:
    """Return the writer of a run of fields: `layout` as in the module `struct`."""
    return Struct(layout).pack


def unpack_run(layout: str) -> Callable[[bytes, int], tuple[Any, ...]]:
    """Return the reader of a run of fields: `layout` as in the module `struct`."""
    return Struct(layout).unpack_from


class TextRuns(dict[int, Callable[..., bytes]]):
    """`runs[n]`: the writer of a record that is a run of fields, a string of n bytes and STOP.

    `layout` is that of the run, as in the module `struct`. Made on first use; those for less than 128 bytes are kept.
    One call instead of three pieces makes lists of such records a tenth faster.
    """

    __slots__ = ("_layout",)

    def __init__(self, layout: str) -> None:
        super().__init__()
        self._layout = layout

    def __missing__(self, length: int) -> Callable[..., bytes]:
        made = Struct(f"{self._layout}{length}sx").pack
        if length < _KEPT_RUNS:
            self[length] = made
        return made


# A field header and a length, a length alone, the head of a list or set, the head of a map.
TEXT: Final = unpack_run(">BHI")
SIZE: Final = unpack_run(">I")
LIST: Final = unpack_run(">BI")
MAP: Final = unpack_run(">HI")

PACK: Final = {code: pack_run(f">{code}") for code in "bhiqd"}
UNPACK: Final = {code: unpack_run(f">{code}") for code in "bhiqd"}
PACK_I8, PACK_I16, PACK_I32, PACK_I64, PACK_DOUBLE = PACK.values()
I8, I16, I32, I64, DOUBLE = UNPACK.values()


def read_text(data: bytes, at: int) -> tuple[str, int]:
    """Read a string. What is not UTF-8 is a UnicodeDecodeError, which the careful reader knows better."""
    (size,) = SIZE(data, at)
    start = at + 4
    end = start + size
    return data[start:end].decode(), end


def read_binary(data: bytes, at: int) -> tuple[bytes, int]:
    (size,) = SIZE(data, at)
    start = at + 4
    end = start + size
    return data[start:end], end


def read_uuid(data: bytes, at: int) -> tuple[UUID, int]:
    return UUID(bytes=data[at : at + 16]), at + 16


class Members(dict[int, Any]):
    """`members[n]`: the value of an enum; faster than calling the enum. A number without a name is not kept."""

    __slots__ = ("_cls",)

    def __init__(self, cls: Any) -> None:
        super().__init__((int(member), member) for member in cls)
        self._cls = cls

    def __missing__(self, number: int) -> Any:
        return self._cls(number)


def skip(data: bytes, at: int, code: int) -> int:
    """Return the place behind a value of type `code`."""
    return skip_binary(data, at, code)


def unknown_fields(fields: bytes) -> bytes:
    """Return fields kept for writing back when they are whole fields of Thrift binary."""
    at = 0
    while at < len(fields):
        at = skip_binary(fields, at + 3, fields[at])
    return fields


def heads(listed: str) -> tuple[int, ...]:
    """Return what the headers of a run unpack to; `listed` is "type:id type:id ..."."""
    return tuple([int(number) for head in listed.split() for number in head.split(":")])


def default_of(cls: Any, attribute: str) -> Any:
    """Return the IDL's default of a field: that of the parameter of `__init__`."""
    return cls.__init__.__kwdefaults__[attribute]
