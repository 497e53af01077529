"""Which transport and protocol a message is in, from its first bytes.

Kitex looks at every message of a connection anew, and its client accepts any form as the answer to any request
(`pkg/remote/codec/default_codec.go`); so do we. The order of the tests is Kitex's: first whether a header stands before
the message, then what message it is, which behind a header is asked again.

Compact, which Kitex does not speak, is told apart as Volo does. A bare one is asked for before all others: from its
third byte on anything may stand in it, `80 01` too, while a length that starts with 82 would be more than 2 GiB.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, TypeVar

from kitexgen.runtime.errors import BadVersion
from kitexgen.runtime.framing import mesh_header, ttheader
from kitexgen.runtime.framing.format import (
    BUFFERED_BINARY,
    BUFFERED_COMPACT,
    FRAMED_BINARY,
    FRAMED_COMPACT,
    FRAMED_PROTOBUF,
    Format,
)

HeaderName: TypeAlias = Literal["ttheader", "mesh"]

_BARE_COMPACT: Final = (0, b"\x82", BUFFERED_COMPACT)

HEADER_SIGNS: Final[tuple[tuple[int, bytes, HeaderName], ...]] = (
    # offset, bytes there, what they mean
    (ttheader.MAGIC_AT, ttheader.MAGIC, "ttheader"),
    (0, mesh_header.MAGIC, "mesh"),
)

SIGNS: Final = (
    _BARE_COMPACT,
    (0, b"\x80\x01", BUFFERED_BINARY),
    (4, b"\x80\x01", FRAMED_BINARY),
    (4, b"\x82", FRAMED_COMPACT),
    (4, b"\x90\x01", FRAMED_PROTOBUF),
)
"""A framed length can start with `80 01` only from 2 GiB on, so that order decides nothing that is allowed."""

NEEDED = 6
"""Bytes that settle every sign. No message is shorter: the shortest is 82, type, sequence id, length 1, name, stop."""

_ALL_SIGNS: Final = (_BARE_COMPACT, *HEADER_SIGNS, *SIGNS)

Meaning = TypeVar("Meaning")


def detect(start: bytes) -> HeaderName | Format | None:
    """What `start`, the first bytes of a message and all before it, tells: a header, or the message's format.

    None when more bytes are needed. Raises BadVersion when no message starts so, which `NEEDED` bytes always tell.
    """
    return _first_sign(start, _ALL_SIGNS)


def detect_message(start: bytes) -> Format | None:
    """The format of a message alone, behind a header if there is one; else as `detect`."""
    return _first_sign(start, SIGNS)


def _first_sign(start: bytes, signs: tuple[tuple[int, bytes, Meaning], ...]) -> Meaning | None:
    for offset, sign, meaning in signs:
        if start.startswith(sign, offset):
            return meaning
        if len(start) < offset + len(sign) and sign.startswith(start[offset:]):
            return None  # the sign may still come; a later row must not be tried before it
    raise BadVersion(start[: 2 * NEEDED])
