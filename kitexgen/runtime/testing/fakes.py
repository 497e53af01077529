"""Scripted peers: a server, or a client, that does exactly what a test says, down to the byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import TypeAlias

from kitexgen.runtime.errors import ApplicationError
from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.format import FRAMED_BINARY, Format
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.net.address import parse_address
from kitexgen.runtime.net.connection import Connection
from kitexgen.runtime.net.dial import dial
from kitexgen.runtime.net.listen import listen
from kitexgen.runtime.protocol.message import Message
from kitexgen.runtime.protocol.packing import pack, pack_exception, unpack
from kitexgen.runtime.service.info import MethodInfo
from kitexgen.runtime.wire.thrift_types import MessageKind


class ScriptedPeer:
    """One side of a connection, played by a test.

        async with scripted("memory:users", script) as address: ...       # plays a server
        async with ScriptedPeer.connected_to("memory:users") as peer: ... # plays a client

    Reading gives raw bytes or whole messages, not both in turn: messages are cut out of all that was read.
    """

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._decoder = MessageDecoder()
        self._received: asyncio.Queue[bytes] = asyncio.Queue()
        self._is_ended = False

    @classmethod
    @asynccontextmanager
    async def connected_to(cls, address: str, timeout: float | None = 5.0) -> AsyncIterator[ScriptedPeer]:
        """A peer of the server at `address`, closed on leaving. `timeout` is in seconds. Raises ConnectError."""
        peer = await dial(parse_address(address), cls, timeout)
        try:
            yield peer
        finally:
            await peer.close()

    # What scripts call.

    async def read(self) -> bytes:
        """The next bytes, at least one; b"" when the other side has ended, and ever after."""
        if self._is_ended and self._received.empty():
            return b""
        return await self._received.get()

    async def read_message(self) -> Message | None:
        """The next whole message, in whatever format it came; None when the other side has ended.

        Raises ProtocolError, DecodeError and FrameTooLarge for what is none.
        """
        while (packet := self._decoder.next_message()) is None:
            data = await self.read()
            if not data:
                return None
            self._decoder.feed(data)
        return unpack(packet)

    async def expect_call(self, method: MethodInfo) -> Message:
        """The next message, which must be a call of `method`. Raises AssertionError."""
        message = await self.read_message()
        if message is None:
            raise AssertionError(f"a call of {method.name} was expected, the other side has ended")
        if message.method != method.name or message.kind not in (MessageKind.CALL, MessageKind.ONEWAY):
            raise AssertionError(f"a call of {method.name} was expected, not {message.kind.name} {message.method}")
        return message

    def write(self, data: bytes) -> None:
        """Send any bytes."""
        self._open().write(data)

    def call(
        self, method: MethodInfo, arguments: Struct, *, sequence_id: int = 1, format: Format = FRAMED_BINARY
    ) -> None:
        """Send a call of `method`; `arguments` is a record of `method.arguments`."""
        kind = MessageKind.ONEWAY if method.is_oneway else MessageKind.CALL
        self.write(b"".join(pack(format, kind, method.name, sequence_id, arguments)))

    def reply(self, call: Message, result: Struct) -> None:
        """Answer `call`, in the format it came in; `result` is a record of the method's `result`."""
        self.write(b"".join(pack(call.format, MessageKind.REPLY, call.method, call.sequence_id, result)))

    def refuse(self, call: Message, error: ApplicationError) -> None:
        """Answer `call` with an exception of Thrift itself."""
        self.write(b"".join(pack_exception(call.format, call.method, call.sequence_id, error)))

    async def drain(self) -> None:
        """Return when what was written has been taken, nearly all of it, or the connection is lost."""
        await self._open().drain()

    def pause(self) -> None:
        """Read no more: the other side feels it once buffers are full."""
        self._open().pause_reading()

    def resume(self) -> None:
        """Read again."""
        self._open().resume_reading()

    async def close(self) -> None:
        """Send what is written, then close; return when that is done. May be repeated."""
        self._open().close()
        await self._open().wait_closed()

    def abort(self) -> None:
        """Close at once."""
        self._open().abort()

    # Receiver

    def on_connect(self, connection: Connection) -> None:
        self._connection = connection

    def on_data(self, data: bytes) -> None:
        self._received.put_nowait(data)

    def on_end(self) -> None:
        self._end()

    def on_uncongested(self) -> None:
        """`drain` is told by the connection itself."""

    def on_lost(self, error: Exception | None) -> None:
        self._end()

    def _end(self) -> None:
        if not self._is_ended:
            self._is_ended = True
            self._received.put_nowait(b"")  # wakes who reads

    def _open(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("the peer is not connected yet")
        return self._connection


Script: TypeAlias = Callable[[ScriptedPeer], Awaitable[None]]
"""What is done with one connection, which is closed afterwards."""


@asynccontextmanager
async def scripted(address: str, *scripts: Script) -> AsyncIterator[str]:
    """A server at `address` whose first connection gets the first script, and so on; further ones are closed at once.

    Gives the address as clients have to spell it, with the port that a port of 0 has become. On leaving, the scripts
    that have begun must come to their end; an exception of one is raised then.
    """
    waiting = iter(scripts)
    playing: list[asyncio.Task[None]] = []
    listener = await listen(parse_address(address), lambda: _Played(waiting, playing))
    try:
        yield str(listener.address)
    finally:
        await listener.close()
        outcomes = await asyncio.gather(*playing, return_exceptions=True)
    for outcome in outcomes:
        if outcome is not None:
            raise outcome


class _Played(ScriptedPeer):
    """A peer that a script takes over as soon as it is connected."""

    def __init__(self, waiting: Iterator[Script], playing: list[asyncio.Task[None]]) -> None:
        super().__init__()
        self._waiting = waiting
        self._playing = playing

    def on_connect(self, connection: Connection) -> None:
        super().on_connect(connection)
        script = next(self._waiting, None)
        if script is None:
            connection.abort()
        else:
            self._playing.append(asyncio.get_running_loop().create_task(self._play(script)))

    async def _play(self, script: Script) -> None:
        try:
            await script(self)
        finally:
            await self.close()
