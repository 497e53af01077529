"""Which transport and protocol a message is in, from its first bytes.

Kitex looks at every message of a connection anew, and its client accepts any form as the answer to any request
(`pkg/remote/codec/default_codec.go`); so do we. The order of the tests is Kitex's, with Compact, which Kitex does not
speak, after it, told apart as Volo does. Forms that the next layers bring (TTHeader: `10 00` at offset 4, before all
others; mesh header: `ff af` at offset 0, after it) are rows of the same table.
"""

from __future__ import annotations

from kitexgen.runtime.errors import BadVersion
from kitexgen.runtime.framing.format import BUFFERED_BINARY, BUFFERED_COMPACT, FRAMED_BINARY, FRAMED_COMPACT, Format

SIGNS: tuple[tuple[int, bytes, Format], ...] = (
    # offset, bytes there, what they mean
    (0, b"\x80\x01", BUFFERED_BINARY),
    (4, b"\x80\x01", FRAMED_BINARY),
    (0, b"\x82", BUFFERED_COMPACT),
    (4, b"\x82", FRAMED_COMPACT),
)
"""A framed length can start with `80 01` or `82` only from 2 GiB on, so the order decides nothing that is allowed."""

NEEDED = 6
"""Bytes that settle every sign. No message is shorter: the shortest is 82, type, sequence id, length 1, name, stop."""


def detect(start: bytes) -> Format | None:
    """The format of a message that starts with `start`, or None when more of its bytes are needed.

    Raises BadVersion when no message starts so, which `NEEDED` bytes always tell.
    """
    for offset, sign, meaning in SIGNS:
        if start.startswith(sign, offset):
            return meaning
        if len(start) < offset + len(sign) and sign.startswith(start[offset:]):
            return None  # the sign may still come; a later row must not be tried before it
    raise BadVersion(start[: 2 * NEEDED])
