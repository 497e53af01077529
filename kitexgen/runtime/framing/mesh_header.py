"""Mesh header: string infos that an old proxy put before a framed or buffered message. Only read, never written.

    offset  size
    0       2     magic ff af
    2       2     size of the info area, counted from offset 4
    4       2     number of pairs
    6       ..    pairs: u16 length and bytes of the key, the same of the value
    4+size  ..    payload

All numbers are big-endian. Source: cloudwego/kitex pkg/remote/codec/header_codec.go.
"""

from __future__ import annotations

from kitexgen.runtime.errors import MalformedHeader
from kitexgen.runtime.framing.info_block import BadInfoBlock, read_string_infos

MAGIC = b"\xff\xaf"

PREFIX_SIZE = 4
"""Bytes up to the info area."""


def header_size(start: bytes) -> int:
    """Bytes before the payload, from the `PREFIX_SIZE` bytes (or more) at the front.

    Raises MalformedHeader when the magic is missing.
    """
    if not start.startswith(MAGIC):
        raise MalformedHeader(f"not a mesh header (first4Bytes=0x{start[:4].hex()})")
    return PREFIX_SIZE + int.from_bytes(start[2:4], "big")


def decode_mesh_header(data: bytes) -> dict[str, str]:
    """The infos of the header at the front of `data`. Bytes between the last pair and the payload are ignored.

    Raises MalformedHeader, also when `data` ends before the header does.
    """
    end = header_size(data)
    if end > len(data):
        raise MalformedHeader(f"a mesh header of {end} bytes cannot stand in {len(data)}")
    infos: dict[str, str] = {}
    try:
        read_string_infos(data[PREFIX_SIZE:end], 0, infos)
    except BadInfoBlock as bad:
        raise MalformedHeader(f"meshHeader read kv info failed, {bad}") from None
    return infos
