"""Numbers of Thrift compact: LEB128 varints and zigzag.

Source: Apache Thrift, doc/specs/thrift-compact-protocol.md, "Integer encoding".
"""

from __future__ import annotations

from typing import Final

from kitexgen.runtime.errors import DecodeError

# A 64-bit number takes ten groups of seven bits at most.
MAX_VARINT_BYTES: Final = 10


def write_varint(number: int) -> bytes:
    """Encode a number >= 0, low seven bits first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def read_varint(data: bytes | bytearray | memoryview, at: int, bits: int) -> tuple[int, int]:
    """Return the number at `at`, cut to `bits` bits, and where it ends.

    Raises `DecodeError` for an eleventh byte, `IndexError` when the data ends before the number does.
    """
    number = 0
    for group in range(MAX_VARINT_BYTES):
        byte = data[at + group]
        number |= (byte & 0x7F) << 7 * group
        if byte < 0x80:
            return number & (1 << bits) - 1, at + group + 1
    raise DecodeError("varint is longer than 10 bytes")


def to_zigzag(number: int) -> int:
    """Map 0, -1, 1, -2 ... to 0, 1, 2, 3 ..., so that small numbers of either sign stay short."""
    return number << 1 if number >= 0 else -(number << 1) - 1


def from_zigzag(number: int) -> int:
    """Undo `to_zigzag`."""
    return number >> 1 ^ -(number & 1)
