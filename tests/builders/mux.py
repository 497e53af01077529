"""Messages for channels that calls share: the value of each answer is its own sequence id."""

from __future__ import annotations

from kitexgen.runtime.framing import TTHEADER_FRAMED_BINARY, Flag, Packet, TTHeader
from kitexgen.runtime.protocol import read_body, unpack
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ADD, args, result
from tests.builders.whole import pack

CONTROL_FRAME = bytes.fromhex(
    # V14 of reference/wire.md: what a Kitex server sends on every shared connection when it shuts down.
    "0000002b 1000 0000 00000000 0004 00 00 01 0001 0005 6372727374 0001 31 00 80010002 00000004 6e6f6e65 00000000 00"
)


def request(sequence_id: int) -> bytes:
    """A call that bears `sequence_id`."""
    header = TTHeader(sequence_id=sequence_id, flags=Flag.OUT_OF_ORDER.value)
    arguments = args(ADD, a=sequence_id, b=0)
    return pack(TTHEADER_FRAMED_BINARY, MessageKind.CALL, "add", sequence_id, arguments, header=header)


def reply(sequence_id: int, *, reset: bool = False) -> bytes:
    """The answer to `request(sequence_id)`; `reset` asks to use the connection no more."""
    header = TTHeader(sequence_id=sequence_id, string_infos={"crrst": "1"} if reset else {})
    value = result(ADD, success=sequence_id)
    return pack(TTHEADER_FRAMED_BINARY, MessageKind.REPLY, "add", sequence_id, value, header=header)


def value(packet: Packet) -> int:
    """Whose answer it is, by what it holds."""
    assert ADD.result is not None
    found = read_body(unpack(packet), ADD.result)
    number: int = found.success  # type: ignore[attr-defined]
    return number
