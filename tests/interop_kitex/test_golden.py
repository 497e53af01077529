"""The recorded messages, put to both servers, and asked of both clients: each must do what was recorded."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any, Literal

import pytest

from kitexgen.runtime.errors import ApplicationErrorType
from kitexgen.runtime.framing import MessageDecoder, TransportName
from kitexgen.runtime.protocol import Message, read_exception, unpack
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.interop_kitex import golden
from tests.interop_kitex.ours import Code
from tests.interop_kitex.tap import Tap
from tests.peers.kitex_processes import KitexClient, KitexServer

pytestmark = pytest.mark.interop

Maker = Literal["kitex", "ours"]


class Dialogue:
    """One plain connection on which whole messages go out and come back."""

    def __init__(self, address: str, transport: TransportName) -> None:
        host, port = address.rsplit(":", 1)
        self._socket = socket.create_connection((host, int(port)), 10)
        self._wraps = transport == "framed"
        self._decoder = MessageDecoder()

    def close(self) -> None:
        self._socket.close()

    def send(self, payload: bytes) -> None:
        self._socket.sendall(len(payload).to_bytes(4) + payload if self._wraps else payload)

    def next(self) -> bytes | None:
        """The next reply, or None when the server has closed the connection."""
        while (packet := self._decoder.next_message()) is None:
            data = self._socket.recv(65536)
            if not data:
                return None
            self._decoder.feed(data)
        assert (packet.format.transport == "framed") is self._wraps, "answered in another transport"
        return packet.payload


@pytest.fixture(params=["kitex", "ours"])
def maker(request: pytest.FixtureRequest) -> Maker:
    found: Maker = request.param
    return found


@pytest.fixture
def dialogue(maker: Maker, kitex_server: KitexServer, our_server: str, transport: TransportName) -> Iterator[Dialogue]:
    opened = Dialogue(kitex_server.address if maker == "kitex" else our_server, transport)
    yield opened
    opened.close()


# --- servers ----------------------------------------------------------------------------------------------------------


def test_calls_are_answered_in_turn_on_one_connection(dialogue: Dialogue) -> None:
    for call, reply in (
        (golden.CALL_HELLO, golden.REPLY_HELLO),
        (golden.CALL_NOP, golden.REPLY_NOP),
        (golden.call_echo("boom"), golden.REPLY_DECLARED),
        (golden.call_echo("fail"), golden.REPLY_FAILED),  # which does not end the connection
        (golden.CALL_HELLO, golden.REPLY_HELLO),
    ):
        dialogue.send(call)
        assert dialogue.next() == reply


def test_every_field_is_read(dialogue: Dialogue) -> None:
    dialogue.send(golden.CALL_ECHO)
    # `n` comes before `msg`: numbers first, whatever the ids.
    reply = bytes.fromhex("80010002 00000004 6563686f 00000001 0c0000 080002 00000001 0b0001 00000001 6d 00 00")
    assert dialogue.next() == reply


def test_oneway_gets_no_answer_and_keeps_the_connection(dialogue: Dialogue) -> None:
    dialogue.send(golden.CALL_FIRE)
    dialogue.send(golden.CALL_FIRE.replace(b"\x80\x01\x00\x04", b"\x80\x01\x00\x01"))  # the IDL decides, not the type
    dialogue.send(golden.CALL_HELLO)
    assert dialogue.next() == golden.REPLY_HELLO


def test_a_call_that_says_oneway_gets_its_answer(dialogue: Dialogue) -> None:
    dialogue.send(golden.CALL_HELLO.replace(b"\x80\x01\x00\x01", b"\x80\x01\x00\x04"))
    assert dialogue.next() == golden.REPLY_HELLO


def test_an_unknown_method_is_answered_and_ends_the_connection(dialogue: Dialogue) -> None:
    dialogue.send(golden.CALL_UNKNOWN)
    assert dialogue.next() == golden.REPLY_UNKNOWN
    assert dialogue.next() is None


def test_what_required_lacks_is_answered_and_ends_the_connection(dialogue: Dialogue) -> None:
    dialogue.send(golden.CALL_ECHO_DEFAULTS)
    message = exception(dialogue.next())
    error = read_exception(message)
    assert (message.method, message.sequence_id) == ("echo", 1)
    assert error.type == ApplicationErrorType.PROTOCOL_ERROR
    assert "required field s is not set" in error.message
    assert dialogue.next() is None


@pytest.mark.parametrize("sequence_id", [0, -1, 2**31 - 1, -(2**31)])
def test_any_sequence_id_comes_back(dialogue: Dialogue, sequence_id: int) -> None:
    wanted = sequence_id.to_bytes(4, signed=True)
    dialogue.send(golden.CALL_NOP.replace(b"\0\0\0\x09", wanted))
    assert dialogue.next() == golden.REPLY_NOP.replace(b"\0\0\0\x09", wanted)


@pytest.mark.parametrize(
    "call",
    [
        golden.CALL_HELLO.replace(b"\x80\x01\x00\x01", b"\x80\x01\x01\x01"),  # the type is 16 bits
        golden.CALL_HELLO.replace(b"\x80\x01\x00\x01", b"\x80\x01\x00\x02"),  # a reply
        golden.CALL_HELLO.replace(b"\x80\x01\x00\x01", b"\x80\x01\x00\x00"),
        b"GET / HTTP/1.1\r\n\r\n",
        golden.CALL_HELLO[4:13] + b"\x01" + golden.CALL_HELLO[13:],  # the envelope without version
    ],
    ids=["type 257", "type 2", "type 0", "http", "old envelope"],
)
def test_what_is_no_call_ends_the_connection_without_a_word(dialogue: Dialogue, call: bytes) -> None:
    dialogue.send(call)
    assert dialogue.next() is None


def exception(reply: bytes | None) -> Message:
    """The message of an EXCEPTION."""
    assert reply is not None, "closed without an answer"
    decoder = MessageDecoder()
    decoder.feed(reply)
    packet = decoder.next_message()
    assert packet is not None
    message = unpack(packet)
    assert message.kind is MessageKind.EXCEPTION
    return message


# --- clients ----------------------------------------------------------------------------------------------------------

HELLO = {"name": "bob"}
FULL: dict[str, Any] = {
    "msg": "m",
    "n": 1,
    "opt": "o",
    "id": 2,
    "b": True,
    "l": ["x"],
    "m": {"k": 9},
    "st": [3],
    "inner": {"s": "s", "n": 0},
    "c": 2,
    "d": 1.5,
    "bin": "/w==",  # ff, in Go's JSON
    "by": -1,
    "ob": False,
    "ol": [],
    "defs": "dv",
}


def without_sequence(payload: bytes) -> tuple[bytes, bytes]:
    """A message before and after its sequence id."""
    at = 8 + int.from_bytes(payload[4:8])
    return payload[:at], payload[at + 4 :]


@pytest.fixture
def tap(our_server: str) -> Iterator[Tap]:
    with Tap(our_server) as listening:
        yield listening


def test_our_client_asks_as_recorded(tap: Tap, code: Code, transport: TransportName) -> None:
    echo = code.echo
    full = echo.Req(
        msg="m",
        n=1,
        opt="o",
        id=2,
        b=True,
        l=["x"],
        m={"k": 9},
        st={3},
        inner=echo.Inner(s="s", n=0),
        c=echo.Color.GREEN,
        d=1.5,
        bin=b"\xff",
        by=-1,
        ob=False,
        ol=[],
        defs="dv",
    )
    with code.echo_service.EchoClient.blocking("kitex-peer", hosts=[tap.address], transport=transport) as client:
        client.hello("bob")
        assert without_sequence(tap.last_request()) == without_sequence(golden.CALL_HELLO)
        client.echo(full)
        assert without_sequence(tap.last_request()) == without_sequence(golden.CALL_ECHO)


@pytest.mark.parametrize(
    ("method", "args", "recorded"),
    [("hello", HELLO, golden.CALL_HELLO), ("echo", {"req": FULL}, golden.CALL_ECHO)],
    ids=["hello", "echo"],
)
def test_the_kitex_client_asks_as_recorded(
    tap: Tap, kitex_client: KitexClient, method: str, args: dict[str, object], recorded: bytes
) -> None:
    kitex_client.call("Echo", method, address=tap.address, transport="framed", short=True, args=args)
    assert without_sequence(tap.last_request()) == without_sequence(recorded)
