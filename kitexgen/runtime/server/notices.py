"""What a server says about a connection itself, outside of any answer. Source: Kitex `pkg/remote/trans/netpollmux`."""

from __future__ import annotations

from typing import Final

from kitexgen.runtime.framing.ttheader import TTHeader, encode_header
from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.wire.thrift_envelope import write_message_begin
from kitexgen.runtime.wire.thrift_types import MessageKind

_STOP = b"\x00"
_PAYLOAD = write_message_begin("binary", "none", MessageKind.REPLY, 0) + _STOP

GOING_AWAY: Final = (
    encode_header(TTHeader(sequence_id=0, string_infos={StringKey.CONNECTION_RESET.value: "1"}), len(_PAYLOAD))
    + _PAYLOAD
)
"""A control frame, known by its sequence id 0: begin no more calls here; those in flight are still answered."""
