"""Small parts of the tests on real sockets."""

from __future__ import annotations

import asyncio
import socket
from typing import TypedDict, cast

from kitexgen.runtime.framing import FRAMED_BINARY, Format, MessageDecoder, Packet, ProtocolName, TransportName
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.net import TcpAddress
from kitexgen.runtime.protocol import Message, unpack
from kitexgen.runtime.server import Server
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.whole import pack


class Speaks(TypedDict):
    """The settings of a client that tests vary."""

    transport: TransportName
    protocol: ProtocolName


PLAIN = [f"{transport}-{protocol}" for transport in ("framed", "buffered") for protocol in ("binary", "compact")]
"""What other implementations of Thrift speak too, as parameters of a fixture."""

SPOKEN = [*PLAIN, "ttheader-binary", "ttheader-compact", "ttheader_framed-binary", "ttheader_framed-compact"]


def spoken(parameter: str) -> Speaks:
    """The settings that a parameter spells."""
    transport, protocol = parameter.split("-")
    return Speaks(transport=cast("TransportName", transport), protocol=cast("ProtocolName", protocol))


class RawPeer:
    """A plain socket: sends any bytes, reads whole messages. A context manager."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._socket.setblocking(False)
        self._decoder = MessageDecoder()

    @classmethod
    async def connect(cls, server: Server) -> RawPeer:
        """A peer of a server that listens on TCP."""
        address = server.address
        assert isinstance(address, TcpAddress)
        connected = socket.socket()
        connected.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connected, (address.host, address.port))
        return cls(connected)

    def __enter__(self) -> RawPeer:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._socket.close()

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def call(
        self,
        method: str,
        arguments: Struct,
        *,
        sequence_id: int = 1,
        format: Format = FRAMED_BINARY,
        kind: MessageKind = MessageKind.CALL,
    ) -> None:
        """Send a call and do not wait for its answer."""
        await self.send(pack(format, kind, method, sequence_id, arguments))

    async def next(self) -> Message | None:
        """The next message, or None when the peer has closed."""
        packet = self._decoder.next_message()
        while packet is None:
            data = await self.receive()
            if not data:
                return None
            self._decoder.feed(data)
            packet = self._decoder.next_message()
        return unpack(packet)

    async def next_packet(self) -> Packet:
        """The next message with its envelope unread."""
        while (packet := self._decoder.next_message()) is None:
            data = await self.receive()
            assert data, "the peer has closed"
            self._decoder.feed(data)
        return packet

    async def receive(self) -> bytes:
        """Any bytes; none at the end. A reset is an end too."""
        try:
            return await asyncio.get_running_loop().sock_recv(self._socket, 65536)
        except ConnectionError:
            return b""

    def finish(self) -> None:
        """Send no more, but still read."""
        self._socket.shutdown(socket.SHUT_WR)
