"""What a peer says about the connection itself, in the headers of its messages."""

from __future__ import annotations

from kitexgen.runtime.framing.format import Packet
from kitexgen.runtime.framing.ttheader_keys import StringKey

_RESET = StringKey.CONNECTION_RESET.value

CONTROL = 0
"""The sequence id of a control frame, which answers no call."""


def wants_reset(packet: Packet) -> bool:
    """Whether the peer asks to use the connection no more: it is going to close it."""
    return packet.header is not None and _RESET in packet.header.string_infos
