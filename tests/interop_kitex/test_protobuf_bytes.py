"""Kitex Protobuf byte for byte: the same is put to both servers, and both must answer the same, and close the same.

What clients write is compared with a tap, as in `test_bytes`.
"""

from __future__ import annotations

import socket
from typing import Any, NamedTuple

import pytest

from kitexgen.runtime.framing import MessageDecoder, Packet, TTHeader
from kitexgen.runtime.framing.ttheader import encode_header
from kitexgen.runtime.protobuf import encode
from kitexgen.runtime.protocol import read_exception, unpack
from kitexgen.runtime.protocol.protobuf import read_begin
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.interop_kitex import golden
from tests.interop_kitex.caller import CALLER_NAME
from tests.interop_kitex.messages import MESSAGES
from tests.interop_kitex.ours import Code
from tests.interop_kitex.tap import Tap
from tests.peers.kitex_processes import KitexClient, KitexServer

pytestmark = pytest.mark.interop

PATIENCE = 0.4
"""Seconds of silence after which a server is taken to have nothing more to say."""


def framed(message: bytes) -> bytes:
    return len(message).to_bytes(4) + message


def call(method: str, body: bytes = b"", *, kind: int = 1, sequence_id: int = 5) -> bytes:
    """A message without its length."""
    name = method.encode()
    return b"\x90\x01" + kind.to_bytes(2) + len(name).to_bytes(4) + name + sequence_id.to_bytes(4, signed=True) + body


def headed(payload: bytes, *, service: str = "", sequence_id: int = 5) -> bytes:
    infos = {"isn": service} if service else {}
    return encode_header(TTHeader(sequence_id=sequence_id, string_infos=infos), len(payload)) + payload


def mesh(payload: bytes) -> bytes:
    return bytes.fromhex("ffaf 0011 0001 0003 69736e 0008 4d65737361676573") + payload


TEXT = b"\x0a\x04boom"
GARBAGE = b"\x72\x09x"

DIALOGUES: dict[str, bytes] = {
    "nothing there and back": framed(call("GiveNothing")),
    "a blob": framed(call("GiveBlob", b"\x0a\x03\x00\xff\x01")),
    "no sequence id": framed(call("GiveNothing", sequence_id=0)),
    "a negative one": framed(call("GiveNothing", sequence_id=-7)),
    "behind a header": headed(framed(call("GiveNothing")), service="Messages"),
    "behind a header that does not say for whom": headed(framed(call("GiveNothing"))),
    "behind a header that says so wrongly": headed(framed(call("GiveNothing")), service="Whoever"),
    "the envelope's sequence id wins": headed(framed(call("GiveNothing", sequence_id=8)), sequence_id=9),
    "behind a mesh header": mesh(framed(call("GiveNothing"))),
    "two at once": framed(call("GiveNothing")) + headed(framed(call("GiveBlob", b"\x0a\x01x"))),
    "each in its own language": framed(golden.CALL_NOP) + framed(call("GiveNothing")),
    "sent as oneway": framed(call("GiveNothing", kind=4)),
    "sent as a stream": framed(call("GiveNothing", kind=5)),
    "sent as a stream, behind a header": headed(framed(call("GiveNothing", kind=5))),
    "Thrift sent as a stream, behind a header": headed(framed(golden.CALL_NOP[:3] + b"\5" + golden.CALL_NOP[4:])),
    "sent as a reply": framed(call("GiveNothing", kind=2)),
    "sent as an exception": framed(call("GiveNothing", kind=3)),
    "sent as no kind": framed(call("GiveNothing", kind=257)),
    "no method": framed(call("")),
    "an unknown method": framed(call("NoSuch")),
    "an unknown method, behind a header": headed(framed(call("NoSuch")), service="Messages"),
    "an unknown method, other sequence id": headed(framed(call("NoSuch", sequence_id=8)), sequence_id=9),
    "an unknown method, behind a mesh header": mesh(framed(call("NoSuch"))),
    "an unknown service": headed(framed(call("NoSuch")), service="Whoever"),
    "the handler fails": framed(call("Fail", TEXT)),
    "the handler fails, behind a header": headed(framed(call("Fail", TEXT)), service="Messages"),
    "an exception of its own number": framed(call("Refuse", b"\x08\xe8\x07\x12\x06closed")),
    "a business status": headed(framed(call("EndWith", b"\x08\xfb\xff\xff\xff\xff\xff\xff\xff\xff\x01\x12\x02no"))),
    "a business status without a header": framed(call("EndWith", b"\x08\x07\x12\x02no")),
    "a service of Thrift": framed(call("nothing")),
    "a service of Thrift, behind a header": headed(framed(call("nothing")), service="Probe"),
    "Thrift to a service of Protobuf": framed(b"\x80" + call("GiveNothing")[1:] + b"\0"),
    "no length": call("GiveNothing"),
    "no length, behind a header": headed(call("GiveNothing")),
    "another magic": framed(b"\x90\x02" + call("GiveNothing")[2:]),
}


class Said(NamedTuple):
    """What a server made of some bytes: its messages, and whether it closed the connection then."""

    messages: tuple[object, ...]
    is_closed: bool


def infos(packet: Packet) -> tuple[object, ...]:
    """What stands in the header beside the sequence id."""
    return () if packet.header is None else (dict(packet.header.string_infos), dict(packet.header.int_infos))


def heard(packet: Packet) -> tuple[object, ...]:
    header = packet.header
    return packet.format, packet.payload, header and header.sequence_id, infos(packet)


def put(address: str, data: bytes) -> tuple[list[Packet], bool]:
    """What comes back for `data`, and whether the connection was closed then."""
    host, port = address.rsplit(":", 1)
    decoder = MessageDecoder()
    packets: list[Packet] = []
    with socket.create_connection((host, int(port)), 10) as connected:
        connected.sendall(data)
        connected.settimeout(PATIENCE)
        while True:
            try:
                more = connected.recv(65536)
            except TimeoutError:
                return packets, False
            except ConnectionResetError:
                return packets, True
            if not more:
                return packets, True
            decoder.feed(more)
            while (packet := decoder.next_message()) is not None:
                packets.append(packet)


@pytest.mark.parametrize("name", DIALOGUES)
def test_both_servers_say_the_same(name: str, kitex_server: KitexServer, our_server: str) -> None:
    def said(address: str) -> Said:
        packets, is_closed = put(address, DIALOGUES[name])
        return Said(tuple(map(heard, packets)), is_closed)

    assert said(our_server) == said(kitex_server.address)


@pytest.mark.parametrize("wrap", [framed, lambda message: headed(framed(message))], ids=["framed", "ttheader_framed"])
def test_a_body_that_is_none(wrap: Any, kitex_server: KitexServer, our_server: str) -> None:
    """All alike but the text, which is that of each side's decoder."""

    def said(address: str) -> tuple[object, ...]:
        (packet,), is_closed = put(address, wrap(call("GiveScalars", GARBAGE)))
        message = unpack(packet)
        begin = read_begin(packet.payload)
        assert message.kind is MessageKind.EXCEPTION
        return begin, read_exception(message).type, infos(packet), is_closed

    ours, kitex = said(our_server), said(kitex_server.address)
    assert ours == kitex
    assert (ours[1], ours[3]) == (7, True)


@pytest.mark.parametrize("transport", ["framed", "ttheader_framed"])
def test_both_clients_write_the_same(
    kitex_server: KitexServer, our_server: str, kitex_client: KitexClient, code: Code, transport: Any
) -> None:
    """The whole message but its sequence ids; fields come in the order of their numbers."""
    (message, *_) = MESSAGES["every base type, at its limits"](code.messages)
    with Tap(kitex_server.address) as to_kitex, Tap(our_server) as to_us:
        connect = code.messages_service.MessagesClient.blocking
        settings = {"transport": transport, "caller": CALLER_NAME, "connect_timeout": 5.0}
        with connect("kitex-peer", hosts=[to_kitex.address], **settings) as client:
            client.give_scalars(message)
        kitex_client.call(
            "Messages",
            "GiveScalars",
            address=to_us.address,
            transport="framed" if transport == "framed" else "ttheaderframed",
            short=True,
            args_protobuf=encode(message),
        )
        our_call, kitex_reply = to_kitex.exchange()
        kitex_call, our_reply = to_us.exchange()

    def said(packet: Packet) -> tuple[object, ...]:
        begin = read_begin(packet.payload)
        return packet.format, begin.name, begin.kind, packet.payload[begin.at :], infos(packet)

    assert said(our_call) == said(kitex_call)
    assert said(our_reply) == said(kitex_reply)
