"""Format: how messages stand on a connection; Packet: one of them, cut out of the stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from kitexgen.runtime.framing.ttheader import TTHeader

TransportName: TypeAlias = Literal["framed", "buffered", "ttheader", "ttheader_framed"]
"""Where a message ends: `framed` says its length in front, `buffered` is its own length. `ttheader` says it in a
TTHeader, which also carries what travels beside the message; `ttheader_framed`, the form that current Kitex clients
call TTHeader, says it there and again in front of the message."""

ProtocolName: TypeAlias = Literal["binary", "compact", "protobuf"]
"""How values are written: Thrift Binary, Thrift Compact, or Protobuf in the envelope that Kitex has for it."""

DEFAULT_MAX_MESSAGE = 64 * 1024 * 1024
"""Bytes of one message when nobody says otherwise. Kitex has no limit (a peer may claim 4 GiB); Volo's is 16 MiB."""


@dataclass(frozen=True, slots=True)
class Format:
    """A transport and a protocol: what a server recognises in a request and answers in."""

    transport: TransportName
    protocol: ProtocolName

    @property
    def has_header(self) -> bool:
        """Whether metadata can travel beside a message."""
        return self.transport in _WITH_HEADER

    @property
    def has_length(self) -> bool:
        """Whether the message's own length stands right before it."""
        return self.transport in _WITH_LENGTH


_WITH_HEADER = frozenset({"ttheader", "ttheader_framed"})
_WITH_LENGTH = frozenset({"framed", "ttheader_framed"})

FRAMED_BINARY = Format("framed", "binary")
FRAMED_COMPACT = Format("framed", "compact")
BUFFERED_BINARY = Format("buffered", "binary")
BUFFERED_COMPACT = Format("buffered", "compact")
TTHEADER_BINARY = Format("ttheader", "binary")
TTHEADER_COMPACT = Format("ttheader", "compact")
TTHEADER_FRAMED_BINARY = Format("ttheader_framed", "binary")
TTHEADER_FRAMED_COMPACT = Format("ttheader_framed", "compact")
FRAMED_PROTOBUF = Format("framed", "protobuf")
TTHEADER_FRAMED_PROTOBUF = Format("ttheader_framed", "protobuf")
"""Protobuf always has its length in front: Kitex refuses it otherwise, behind a TTHeader too."""


class Packet(NamedTuple):
    """One whole message: `payload` is the message alone, envelope and body, without what framed it.

    `header` is the TTHeader that stood before it. A mesh header's infos are given as one too, with sequence id 0; that
    the format is framed or buffered tells the two apart, and says that the answer has no header.
    """

    format: Format
    payload: bytes
    header: TTHeader | None = None
