"""TTHeader: what stands before a message, and carries what travels beside it.

    offset  size
    0       4     LENGTH: bytes after this field, header and payload
    4       2     magic 10 00
    6       2     flags
    8       4     sequence id, signed
    12      2     size of the info area below, in words of 4 bytes
    14      1     protocol id
    15      1     number of transforms, and as many ids of one byte; never used, and ignored
    ..            info blocks, then zeros up to a whole word
    ..            payload: a message, bare or with its own length in front (TTHeaderFramed)

An info block is its id and then: 01 strings by string, 10 strings by u16 key (both with a u16 count in front), 11 the
ACL token alone, 00 nothing (one byte of padding, allowed anywhere). A string is its u16 length and its bytes, of which
nobody promises that they are UTF-8; here they are `str`, with surrogate escapes.

All numbers are big-endian. Source: cloudwego/gopkg protocol/ttheader/{encode,decode}.go; cloudwego/kitex
pkg/remote/codec/header_codec.go. LENGTH and an inner length may disagree: Kitex's servers then go by the inner one.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from struct import Struct
from typing import NamedTuple

from kitexgen.runtime.buffer.link import LinkBuffer
from kitexgen.runtime.errors import EncodeError, MalformedHeader
from kitexgen.runtime.framing.info_block import (
    MAX_INFOS,
    BadInfoBlock,
    read_int_infos,
    read_string,
    read_string_infos,
    skip_padding,
)
from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.wire.native import compiled

MAGIC = b"\x10\x00"
MAGIC_AT = 4
SEQUENCE_ID_AT = 8

PREFIX_SIZE = 14
"""Bytes up to the info area."""

MAX_INFO_SIZE = 4 * 0xFFFF
"""Bytes of an info area, padding included. Before v0.1.8 gopkg misread areas of 64 KiB and more: stay below that with a
peer you do not know."""

MAX_STRING_SIZE = 0xFFFF

_PREFIX = Struct(">I2sHiH")
_U16 = Struct(">H")

_PADDING = 0x00
_STRINGS = 0x01
_INTS = 0x10
_ACL_TOKEN = 0x11

_MOST_WRITTEN = MAX_INFOS - 4
"""Infos of a header that we write: those and their blocks are as many as we read."""

_TOKEN = StringKey.ACL_TOKEN.value
"""A plain string: to look up a member of an enum takes ten times as long as to look up its value."""

_KEPT = 256
"""Info areas, and integer blocks, that are remembered, each way."""

_KEPT_SIZE = 512
"""Bytes of the longest that is remembered: peers fill that memory."""

_SHOWN = 64
"""Bytes of a malformed header that its error shows; Kitex shows all, which may be 256 KiB."""


class Flag(IntFlag):
    """The bits of the flags. Unknown ones are ignored, replies carry none."""

    OUT_OF_ORDER = 0x0001
    """The caller takes replies in any order."""
    STREAMING = 0x0002
    """A frame of a stream; set on all of them, both ways."""
    DUPLEX_REVERSE = 0x0008
    """A name only, in Kitex."""
    SASL = 0x0010
    """A name only, in Kitex."""


class ProtocolId(IntEnum):
    """What the payload claims to be. It decides nothing: look at the payload."""

    THRIFT_BINARY = 0x00
    """Written for every single message, whatever it is, Kitex Protobuf too."""
    THRIFT_COMPACT = 0x02
    """Refused."""
    THRIFT_COMPACT_V2 = 0x03
    """Old Kitex's name for Kitex Protobuf."""
    KITEX_PROTOBUF = 0x04
    THRIFT_STRUCT = 0x10
    """Written for every frame of a stream."""
    PROTOBUF_STRUCT = 0x11


_ACCEPTED = frozenset(ProtocolId) - {ProtocolId.THRIFT_COMPACT}


@dataclass(slots=True)
class TTHeader:
    """One header, apart from its sizes. `flags` holds `Flag` bits and unknown ones, `protocol_id` is a `ProtocolId`.

    The ACL token is the string info `StringKey.ACL_TOKEN`. Infos are written in the order of the dicts.
    """

    sequence_id: int
    flags: int = 0
    protocol_id: int = ProtocolId.THRIFT_BINARY.value
    string_infos: dict[str, str] = field(default_factory=dict)
    int_infos: dict[int, str] = field(default_factory=dict)


class Prefix(NamedTuple):
    """The fixed part, by which a reader knows what to wait for. Sizes are in bytes."""

    length: int
    """What LENGTH says: the whole frame but for the four bytes that say it."""
    flags: int
    sequence_id: int
    info_size: int

    @property
    def header_size(self) -> int:
        """Everything before the payload."""
        return PREFIX_SIZE + self.info_size

    @property
    def payload_size(self) -> int:
        """What LENGTH leaves for the payload: below 0 when it does not even cover the header."""
        return self.length + MAGIC_AT - self.header_size


def starts_ttheader(start: bytes) -> bool:
    """Whether bytes that start so (6 settle it) are a TTHeader frame."""
    return start.startswith(MAGIC, MAGIC_AT)


def starts_streaming(start: bytes) -> bool:
    """Whether bytes that start so (8 settle it) are a frame of a stream.

    A Kitex server asks this of a connection's first bytes, and then sticks to the answer.
    """
    return len(start) >= 8 and starts_ttheader(start) and bool(start[7] & Flag.STREAMING)


def read_prefix(start: bytes | memoryview) -> Prefix:
    """The prefix at the front of `start`, which holds at least `PREFIX_SIZE` bytes.

    Raises MalformedHeader when the magic is missing or the info area empty.
    """
    length, magic, flags, sequence_id, words = _PREFIX.unpack_from(start)
    if magic != MAGIC:
        first, second = bytes(start[:4]).hex(), bytes(start[4:8]).hex()
        raise MalformedHeader(f"not TTHeader protocol (first4Bytes=0x{first}, second4Bytes=0x{second})")
    if not words:
        raise MalformedHeader("invalid header length[0]")
    return Prefix(length, flags, sequence_id, 4 * words)


def decode_header(data: bytes) -> tuple[TTHeader, Prefix]:
    """The header at the front of `data`; the payload starts at `Prefix.header_size`.

    Raises MalformedHeader, also when `data` ends before the header does.
    """
    if len(data) < PREFIX_SIZE:
        raise MalformedHeader(f"a TTHeader of {PREFIX_SIZE} bytes and more cannot stand in {len(data)}")
    prefix = read_prefix(data)
    if len(data) < prefix.header_size:
        raise MalformedHeader(f"a TTHeader of {prefix.header_size} bytes cannot stand in {len(data)}")
    return _decode_info(prefix, data[PREFIX_SIZE : prefix.header_size]), prefix


def read_header(data: bytes, at: int) -> tuple[TTHeader, int] | None:
    """The header at `at` of `data`, and where its payload starts; None when no whole one is there.

    A short cut for most headers. Raises MalformedHeader for an info area that is none.
    """
    _, magic, flags, sequence_id, words = _PREFIX.unpack_from(data, at)
    start = at + PREFIX_SIZE
    end = start + 4 * words
    if magic != MAGIC or not words or end > len(data):
        return None
    protocol_id, strings, ints = _read_info(data[start:end])
    # By place: the names of arguments cost a tenth of a small call's header.
    return TTHeader(sequence_id, flags, protocol_id, strings, ints), end


def _decode_info(prefix: Prefix, info: bytes) -> TTHeader:
    return TTHeader(prefix.sequence_id, prefix.flags, *_read_info(info))


def _read_info(info: bytes) -> tuple[int, dict[str, str], dict[int, str]]:
    """What the info area says. It is remembered: many peers say the same in call after call."""
    if len(info) > _KEPT_SIZE:
        return read_info_area(info)
    protocol_id, strings, ints = _read_again(info)
    return protocol_id, strings.copy(), ints.copy()


@compiled
def read_info_area(info: bytes) -> tuple[int, dict[str, str], dict[int, str]]:
    """The protocol id, the string infos and the integer infos of an info area, of two bytes and more.

    Raises MalformedHeader.
    """
    protocol_id, transforms = info[0], info[1]
    if protocol_id not in _ACCEPTED:
        raise MalformedHeader(f"unsupported ProtocolID[{protocol_id}]")
    if 2 + transforms > len(info):
        raise MalformedHeader(f"need read {transforms} transformIDs, but not enough")
    header = TTHeader(0)
    try:
        _read_blocks(info, 2 + transforms, header)
    except BadInfoBlock as bad:
        shown = info[:_SHOWN].hex() + ("..." if len(info) > _SHOWN else "")
        raise MalformedHeader(f"ttHeader read kv info failed, {bad}, headerInfo=0x{shown}") from None
    return protocol_id, header.string_infos, header.int_infos


_read_again = functools.lru_cache(maxsize=_KEPT)(read_info_area)


def _read_blocks(info: bytes, at: int, header: TTHeader) -> None:
    end = len(info)
    blocks = 0
    while at < end:
        block = info[at]
        at += 1
        blocks += 1
        if block == _STRINGS:
            at = read_string_infos(info, at, header.string_infos)
        elif block == _INTS:
            at = _read_ints(info, at, header.int_infos)
        elif block == _ACL_TOKEN:
            header.string_infos[_TOKEN], at = read_string(info, at, "acl token")
        elif block == _PADDING:
            at = skip_padding(info, at)
        else:
            raise BadInfoBlock(f"invalid infoIDType[{block:#x}]")
        if blocks + len(header.string_infos) + len(header.int_infos) > MAX_INFOS:
            raise BadInfoBlock(f"more than {MAX_INFOS} infos")


def _read_ints(info: bytes, at: int, into: dict[int, str]) -> int:
    """As `read_int_infos`, but what ends a header is remembered: a peer says the same of itself in call after call."""
    rest = info[at:]
    if len(rest) > _KEPT_SIZE:
        return read_int_infos(info, at, into)
    found, size = _read_last_ints(rest)
    into.update(found)
    return at + size


@functools.lru_cache(maxsize=_KEPT)
def _read_last_ints(rest: bytes) -> tuple[dict[int, str], int]:
    found: dict[int, str] = {}
    return found, read_int_infos(rest, 0, found)


def encode_header(header: TTHeader, payload_size: int) -> bytes:
    """The header's bytes, to be followed by `payload_size` bytes of payload (an inner length included).

    The blocks come in Kitex's order: ACL token, strings, ints; one with nothing in it is left out. Raises EncodeError
    when a number does not fit its field, a string is past `MAX_STRING_SIZE`, the info area past `MAX_INFO_SIZE`, or the
    number of infos past what `MAX_INFOS` leaves.
    """
    _check_range(header.flags, 0, 0xFFFF, "flags")
    _check_range(header.sequence_id, -(2**31), 2**31 - 1, "sequence_id")
    _check_range(header.protocol_id, 0, 0xFF, "protocol_id")
    info = _write_info(header)
    length = PREFIX_SIZE - MAGIC_AT + len(info) + payload_size
    _check_range(length, 0, 0xFFFFFFFF, "length")
    return _PREFIX.pack(length, MAGIC, header.flags, header.sequence_id, len(info) // 4) + info


def _write_info(header: TTHeader) -> bytes:
    """The info area. A small one is remembered: the same goes with call after call."""
    strings, ints = header.string_infos, header.int_infos
    contents = header.protocol_id, tuple(strings.items()), tuple(ints.items())
    if sum(map(len, strings)) + sum(map(len, strings.values())) > _KEPT_SIZE:
        return _write_anew(*contents)
    return _write_again(*contents)


def _write_anew(protocol_id: int, strings: tuple[tuple[str, str], ...], ints: tuple[tuple[int, str], ...]) -> bytes:
    pieces = [bytes((protocol_id, 0))]
    _write_blocks(dict(strings), ints, pieces)
    size = sum(map(len, pieces))
    padding = -size % 4
    if size + padding > MAX_INFO_SIZE:
        raise EncodeError(f"invalid header length[{size + padding}]", "TTHeader")
    return b"".join((*pieces, bytes(padding)))


_write_again = functools.lru_cache(maxsize=_KEPT)(_write_anew)


def _check_range(number: int, low: int, high: int, name: str) -> None:
    if not low <= number <= high:
        raise EncodeError(f"{number} is not between {low} and {high}", f"TTHeader.{name}")


def _write_blocks(strings: dict[str, str], ints: tuple[tuple[int, str], ...], pieces: list[bytes]) -> None:
    if len(strings) + len(ints) > _MOST_WRITTEN:
        raise EncodeError(f"{len(strings) + len(ints)} infos, {_MOST_WRITTEN} can be told", "TTHeader")
    token = strings.get(_TOKEN)
    if token is not None:
        pieces += (bytes((_ACL_TOKEN,)), *_sized(token, _TOKEN))
    count = len(strings) - (token is not None)
    if count:
        pieces += (bytes((_STRINGS,)), _U16.pack(count))
        for name, value in strings.items():
            if name != _TOKEN:
                pieces += (*_sized(name, name), *_sized(value, name))
    if ints:
        pieces.append(_write_ints(ints))


@functools.lru_cache(maxsize=_KEPT)
def _write_ints(infos: tuple[tuple[int, str], ...]) -> bytes:
    """The integer block. It is remembered: the same goes with call after call."""
    pieces = [bytes((_INTS,)), _U16.pack(len(infos))]
    for key, value in infos:
        _check_range(key, 0, 0xFFFF, "int_infos")
        pieces += (_U16.pack(key), *_sized(value, key))
    return b"".join(pieces)


def _sized(text: str, key: str | int) -> tuple[bytes, bytes]:
    """The text's length and bytes; `key` says in an error which info it belongs to."""
    try:
        encoded = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as reason:
        raise EncodeError(f"not encodable: {reason}", _place(key)) from None
    if len(encoded) > MAX_STRING_SIZE:
        raise EncodeError(f"string exceeded {MAX_STRING_SIZE}B max size (actual: {len(encoded)}B)", _place(key))
    return _U16.pack(len(encoded)), encoded


def _place(key: str | int) -> str:
    if isinstance(key, int):
        return f"TTHeader.int_infos[{int(key)}]"
    shown = key if len(key) <= _SHOWN else key[:_SHOWN] + "..."
    return f"TTHeader.string_infos[{str(shown)!r}]"


class TTHeaderDecoder:
    """Cuts headers off the front of `pending`. Does no I/O. What follows a header is its payload, for others to cut."""

    __slots__ = ("_pending",)

    def __init__(self, pending: LinkBuffer) -> None:
        self._pending = pending

    def next_header(self) -> tuple[TTHeader, Prefix] | None:
        """The next whole header, taken off, or None when more bytes are needed.

        Buffers no more than `PREFIX_SIZE + MAX_INFO_SIZE` bytes for it. Raises MalformedHeader as soon as it is plain.
        """
        pending = self._pending
        if len(pending) < PREFIX_SIZE:
            return None
        prefix = read_prefix(pending.start(PREFIX_SIZE))
        if len(pending) < PREFIX_SIZE + prefix.info_size:
            return None
        return _decode_info(prefix, pending.read(prefix.info_size, behind=PREFIX_SIZE)), prefix
