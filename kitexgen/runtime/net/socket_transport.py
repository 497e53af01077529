"""SocketTransport: a transport of a plain socket, on any loop that can watch descriptors.

Loops bring their own. With this one there is less to do for a small read or write, on asyncio's loop and on uvloop; an
idle connection takes less memory; large pieces are neither joined nor copied while they wait for the socket; and who is
told can read the socket itself. It is made of what loops offer everybody (`add_reader`, `add_writer`). TLS keeps the
loop's transports, and so does Windows.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from kitexgen.runtime.buffer.link import LinkBuffer

READ_SIZE = 64 * 1024
"""Bytes of one read at most. 256 KiB, as asyncio has them, are memory that the C library fetches from the system for
each read, and gives back: a read of 1 KB took 15 us of processor time with it, and takes 2.4 us with this."""

BULK_READ_SIZE = 256 * 1024
"""The same once a read came full: there is more to come then, and a MB takes a quarter more processor time in reads of
64 KiB (350 against 280 us)."""

BULK_READS = 16
"""How many reads in a row may be less than `READ_SIZE` before they are limited to it again. Messages of 80 KB are read
at once that way, one after the other, and take half the time of being read in two parts each."""

_NOBODY = asyncio.Protocol()
"""Whom a transport tells things once it is lost."""


async def attach(connected: socket.socket, protocol: asyncio.Protocol, loop: asyncio.AbstractEventLoop) -> None:
    """Give a connected socket, which must not block, its transport; `protocol` knows when this returns."""
    if hasattr(connected, "sendmsg"):  # then its loop, too, is one of those that watch descriptors
        SocketTransport(loop, connected, protocol)
    else:
        await loop.connect_accepted_socket(lambda: protocol, connected)


class SocketTransport(asyncio.Transport):
    """One connected socket, which must not block, and belongs to the transport from now on.

    open      `close`, and nothing waits to be sent   closed
    open      `close`, and something does             closing: closed when it is sent, or the socket fails
    open      `abort`, or the socket fails            closed
    open      the peer's end                          as the protocol says: open, with nothing to read; or `close`
    closed    the next turn of the loop               lost: the protocol knows, and the socket is closed
    """

    __slots__ = (
        "_has_ended",
        "_high",
        "_is_at_end",
        "_is_closed",
        "_is_closing",
        "_is_congested",
        "_is_paused",
        "_large_reads",
        "_loop",
        "_low",
        "_protocol",
        "_reader",
        "_socket",
        "descriptor",
        "unsent",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, connected: socket.socket, protocol: asyncio.Protocol) -> None:
        """Tell `protocol` that it is connected, and read. One that fails at that is given up."""
        super().__init__()
        self._loop = loop
        self._socket = connected
        self._protocol = protocol
        self._reader: Callable[[], None] | None = None
        self._large_reads = 0  # how many more reads may be large
        self._is_paused = False
        self._is_at_end = False  # of what the peer sends
        self._has_ended = False  # nothing more may be written
        self._is_congested = False
        self._is_closing = False
        self._is_closed = False
        self.descriptor = connected.fileno()
        self.unsent: LinkBuffer | None = None  # what waits for the socket
        self.set_write_buffer_limits()
        try:
            protocol.connection_made(self)
        except Exception as error:
            self.give_up(error)
        self._watch()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """The `socket`, its `peername` or `sockname`: not kept, which would take memory of idle connections."""
        if name == "socket":
            return self._socket
        try:
            if name == "peername":
                return self._socket.getpeername()
            if name == "sockname":
                return self._socket.getsockname()
        except OSError:  # it is not connected any more
            return default
        return default

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Tell `protocol` things from now on. Raises TypeError unless it is an `asyncio.Protocol`."""
        if not isinstance(protocol, asyncio.Protocol):
            raise TypeError(f"{protocol!r} is no asyncio.Protocol")
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Who is told."""
        return self._protocol

    # Reading

    def read(self) -> None:
        """Read what has come, and tell the protocol."""
        if self._is_closing:
            return
        try:
            data = self._socket.recv(BULK_READ_SIZE if self._large_reads else READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self.fail(error)
            return
        try:
            if data:
                if len(data) >= READ_SIZE:
                    self._large_reads = BULK_READS
                elif self._large_reads:
                    self._large_reads -= 1
                self._protocol.data_received(data)
            else:
                self._stop_watching()
                self._is_at_end = True
                if not self._protocol.eof_received():
                    self.close()
        except Exception as error:
            self.give_up(error)

    def read_with(self, reader: Callable[[], None]) -> None:
        """Have `reader` called when something has come: it reads the socket, or calls `read`, and never raises."""
        self._reader = reader
        self._watch()

    def is_reading(self) -> bool:
        """Whether the protocol is told of what comes."""
        return not (self._is_paused or self._is_at_end or self._is_closing)

    def pause_reading(self) -> None:
        """Leave what comes with the system. May be repeated."""
        self._stop_watching()
        self._is_paused = True

    def resume_reading(self) -> None:
        """Read again. May be repeated."""
        if self._is_paused:
            self._is_paused = False
            self._watch()

    def _watch(self) -> None:
        if self.is_reading():
            self._loop.add_reader(self.descriptor, self._reader or self.read)

    def _stop_watching(self) -> None:
        if self.is_reading():
            self._loop.remove_reader(self.descriptor)

    # Writing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send `data`. What the socket does not take waits as it is, and must not change. Dropped when closing.

        Raises RuntimeError after `write_eof`, and TypeError when these are no bytes that lie in one piece.
        """
        if self._has_ended:
            self._refuse()
            return
        if type(data) is not bytes:
            data = memoryview(data).cast("B")  # others may count items of another size
        sent = 0
        if self.unsent is None:
            try:
                sent = self._socket.send(data)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError as error:
                self.fail(error)
                return
            if sent == len(data):
                return
        unsent = LinkBuffer() if self.unsent is None else self.unsent
        unsent.feed(memoryview(data)[sent:] if sent else data)
        self._keep(unsent)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """The same for several pieces, which go in one gathered write; all of them or, when it raises, none."""
        if self._has_ended:
            self._refuse()
            return
        gathered = LinkBuffer()
        for piece in list_of_data:
            gathered.feed(piece)
        if self.unsent is not None:
            self.unsent.append(gathered)
            self.unsent.commit()
            self._pause_if_full()
            return
        self._flush(gathered)
        if len(gathered):
            self._keep(gathered)

    def write_eof(self) -> None:
        """Tell the peer that nothing comes after what was written."""
        if not self._has_ended:
            self._has_ended = True
            if self.unsent is None:
                self._shut_down()

    def can_write_eof(self) -> bool:
        """Sockets can."""
        return True

    def get_write_buffer_size(self) -> int:
        """Bytes that wait."""
        return 0 if self.unsent is None else len(self.unsent)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """The two, low and high, in bytes."""
        return self._low, self._high

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """How many bytes may wait before the protocol has to pause, and how many when it may go on.

        Defaults and the ValueError are those of asyncio.
        """
        if high is None:
            high = 64 * 1024 if low is None else 4 * low
        if low is None:
            low = high // 4
        if not high >= low >= 0:
            raise ValueError(f"high ({high!r}) must be >= low ({low!r}) must be >= 0")
        self._high, self._low = high, low
        self._pause_if_full()

    def _keep(self, unsent: LinkBuffer) -> None:
        """Have `unsent` wait for the socket."""
        if self.unsent is None:
            self.unsent = unsent
            self._loop.add_writer(self.descriptor, self._go_on)
        self._pause_if_full()

    def _pause_if_full(self) -> None:
        if self.unsent is not None and len(self.unsent) > self._high and not self._is_congested:
            self._is_congested = True
            try:
                self._protocol.pause_writing()
            except Exception as error:
                self.give_up(error)

    def _refuse(self) -> None:
        """Nothing more may be written: without a word when closing, which may be the peer's doing."""
        if not self._is_closing:
            raise RuntimeError("nothing can be written after write_eof")

    def _shut_down(self) -> None:
        with suppress(OSError):  # it is not connected any more, which reading tells
            self._socket.shutdown(socket.SHUT_WR)

    def _flush(self, unsent: LinkBuffer) -> None:
        """Send as much of `unsent` as the socket takes; nothing is left of it when that has failed."""
        try:
            unsent.flush(self._socket.sendmsg)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            unsent.close()
            self.fail(error)

    def _go_on(self) -> None:
        """There is room in the socket."""
        unsent = self.unsent
        if unsent is None:
            return
        self._flush(unsent)
        if self._is_closed:
            return
        if not len(unsent):
            self.unsent = None
            self._loop.remove_writer(self.descriptor)
            if self._is_closing:
                self._end(None)
                return
            if self._has_ended:
                self._shut_down()
        if self._is_congested and len(unsent) <= self._low and not self._is_closing:
            self._is_congested = False
            try:
                self._protocol.resume_writing()
            except Exception as error:
                self.give_up(error)

    # The end

    def is_closing(self) -> bool:
        """Whether nothing can be written any more."""
        return self._is_closing

    def close(self) -> None:
        """Send what waits, then close. Nothing is read any more."""
        if not self._is_closing:
            self._stop_watching()
            self._is_closing = self._has_ended = True
            if self.unsent is None:
                self._end(None)

    def abort(self) -> None:
        """Close at once. What waits is lost."""
        self._end(None)

    def fail(self, error: OSError) -> None:
        """The same, because of what the socket said."""
        self._end(error)

    def give_up(self, error: Exception) -> None:
        """The same, because of a mistake of the protocol, which is reported."""
        self._loop.call_exception_handler(
            {
                "message": "a protocol failed; its connection is closed",
                "exception": error,
                "transport": self,
                "protocol": self._protocol,
            }
        )
        self._end(error)

    def _end(self, error: Exception | None) -> None:
        if self._is_closed:
            return
        self._stop_watching()
        self._is_closing = self._has_ended = self._is_closed = True
        if self.unsent is not None:
            self._loop.remove_writer(self.descriptor)
            self.unsent.close()
            self.unsent = None
        self._loop.call_soon(self._lose, error)

    def _lose(self, error: Exception | None) -> None:
        protocol, self._protocol = self._protocol, _NOBODY
        self._reader = None
        try:
            protocol.connection_lost(error)
        finally:
            self._socket.close()
