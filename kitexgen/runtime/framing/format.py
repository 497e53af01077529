"""Format: how messages stand on a connection; Packet: one of them, cut out of the stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

TransportName: TypeAlias = Literal["framed", "buffered"]
"""Where a message ends: `framed` says its length in front, `buffered` is its own length."""

ProtocolName: TypeAlias = Literal["binary", "compact"]
"""How values are written: Thrift Binary or Thrift Compact."""

DEFAULT_MAX_MESSAGE = 64 * 1024 * 1024
"""Bytes of one message when nobody says otherwise. Kitex has no limit (a peer may claim 4 GiB); Volo's is 16 MiB."""


@dataclass(frozen=True, slots=True)
class Format:
    """A transport and a protocol: what a server recognises in a request and answers in."""

    transport: TransportName
    protocol: ProtocolName


FRAMED_BINARY = Format("framed", "binary")
FRAMED_COMPACT = Format("framed", "compact")
BUFFERED_BINARY = Format("buffered", "binary")
BUFFERED_COMPACT = Format("buffered", "compact")


class Packet(NamedTuple):
    """One whole message: `payload` is the Thrift message alone, envelope and struct, without what framed it."""

    format: Format
    payload: bytes
