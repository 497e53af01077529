"""SocketTransport: each state of a socket, and what its protocol is told."""

from __future__ import annotations

import asyncio
import gc
import socket
import struct
import weakref
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kitexgen.runtime.net.socket_transport import BULK_READ_SIZE, BULK_READS, READ_SIZE, SocketTransport

MUCH = 4 * 1024 * 1024
"""More than any socket takes while nobody reads."""


class Notes(asyncio.Protocol):
    """Writes down what it is told. `fails_at` is a method that raises; `stays` is what `eof_received` says."""

    def __init__(self, *, stays: bool = False, fails_at: str = "") -> None:
        self.events: list[str] = []
        self.data = b""
        self.sizes: list[int] = []
        self.lost = asyncio.Event()
        self._stays = stays
        self._fails_at = fails_at

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._note("made")
        if self._fails_at == "at once":
            transport.close()

    def data_received(self, data: bytes) -> None:
        self.data += data
        self.sizes.append(len(data))
        self._note("data")

    def eof_received(self) -> bool:
        self._note("end")
        return self._stays

    def pause_writing(self) -> None:
        self._note("pause")

    def resume_writing(self) -> None:
        self._note("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self._note("lost" if exc is None else f"lost: {type(exc).__name__}")
        self.lost.set()

    def _note(self, event: str) -> None:
        self.events.append(event)
        if event == self._fails_at:
            raise FileNotFoundError("a mistake")  # an OSError that is not the socket's


class Side:
    """A transport, its protocol, and the plain socket at the other end."""

    def __init__(self, notes: Notes, near: socket.socket, far: socket.socket) -> None:
        near.setblocking(False)
        far.setblocking(False)
        self.notes, self.near, self.far = notes, near, far
        self.transport = SocketTransport(asyncio.get_running_loop(), near, notes)

    async def read(self, size: int) -> bytes:
        """`size` bytes at the other end, fewer when it ends."""
        got = bytearray()
        while len(got) < size:
            try:
                data = self.far.recv(1 << 18)
            except BlockingIOError:
                await asyncio.sleep(0)
                continue
            if not data:
                break
            got += data
        return bytes(got)

    async def turns(self, count: int = 3) -> None:
        for _ in range(count):
            await asyncio.sleep(0)


@pytest.fixture
def side() -> Iterator[Callable[..., Side]]:
    made: list[Side] = []

    def make(*, pair: tuple[socket.socket, socket.socket] | None = None, **how: Any) -> Side:
        made.append(Side(Notes(**how), *(pair or socket.socketpair())))
        return made[-1]

    yield make
    for each in made:
        each.near.close()
        each.far.close()


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        far = socket.create_connection(listening.getsockname())
        return listening.accept()[0], far


def reset(far: socket.socket) -> None:
    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    far.close()


async def test_bytes_go_both_ways(side: Callable[..., Side]) -> None:
    it = side()
    assert it.notes.events == ["made"]
    it.far.send(b"question")
    await it.turns()
    assert it.notes.data == b"question"
    it.transport.write(b"an")
    it.transport.writelines([b"sw", b"", b"er"])
    assert await it.read(6) == b"answer"


@pytest.mark.parametrize("stays", [True, False])
async def test_the_peer_s_end(side: Callable[..., Side], *, stays: bool) -> None:
    it = side(stays=stays)
    it.far.shutdown(socket.SHUT_WR)
    await it.turns(5)
    if not stays:
        assert it.notes.events == ["made", "end", "lost"]
        assert it.near.fileno() == -1
        return
    it.transport.pause_reading()
    it.transport.resume_reading()
    await it.turns(5)
    assert it.notes.events == ["made", "end"]  # told once
    assert not it.transport.is_reading()
    it.transport.write(b"still")
    assert await it.read(5) == b"still"
    it.transport.close()
    await it.notes.lost.wait()


async def test_pausing(side: Callable[..., Side]) -> None:
    it = side()
    for _ in range(2):
        it.transport.pause_reading()
    assert not it.transport.is_reading()
    it.far.send(b"x")
    await it.turns()
    assert it.notes.data == b""
    for _ in range(2):
        it.transport.resume_reading()
    assert it.transport.is_reading()
    await it.turns()
    assert it.notes.events == ["made", "data"]


@pytest.mark.parametrize("in_pieces", [True, False])
async def test_what_the_socket_does_not_take_waits(side: Callable[..., Side], *, in_pieces: bool) -> None:
    it = side()
    it.transport.set_write_buffer_limits(high=MUCH // 2, low=0)
    data = bytes(range(256)) * (MUCH // 256)
    if in_pieces:
        it.transport.writelines([data[:10], data[10 : MUCH // 2], data[MUCH // 2 :]])
    else:
        it.transport.write(data)
    assert 0 < it.transport.get_write_buffer_size() < MUCH
    it.transport.write(b"next")
    it.transport.writelines([b"and", b"last"])
    assert it.notes.events == ["made", "pause"]
    assert await it.read(MUCH + 11) == data + b"nextandlast"
    await it.turns()
    assert it.notes.events == ["made", "pause", "resume"]
    assert it.transport.get_write_buffer_size() == 0
    it.transport.write(b"direct")
    assert it.transport.unsent is None


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("in_pieces", [True, False])
@pytest.mark.parametrize("kind", [bytearray, "q", "grid", "empty"])
async def test_what_lies_in_memory_of_any_kind(
    side: Callable[..., Side], kind: Any, *, in_pieces: bool, waits: bool
) -> None:
    """Views count their items; what is sent are bytes."""
    it = side()
    before = b"x" * MUCH if waits else b""
    it.transport.write(before)
    whole = bytes(range(256)) * (MUCH // 256)
    data: Any = {
        bytearray: lambda: bytearray(whole),
        "q": lambda: memoryview(whole).cast("q"),
        "grid": lambda: memoryview(whole).cast("B", (256, MUCH // 256)),
        "empty": lambda: memoryview(array("q")),
    }[kind]()
    if kind == "empty":
        whole = b""
    if in_pieces:
        it.transport.writelines([b"[", data, b"]"])
    else:
        for piece in (b"[", data, b"]"):
            it.transport.write(piece)
    expected = before + b"[" + whole + b"]"
    assert await it.read(len(expected)) == expected
    await it.turns()
    assert it.transport.unsent is None


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize(
    "data", [memoryview(b"abcdef")[::2], "text", None, 7], ids=["every other", "text", "nothing", "a number"]
)
async def test_what_are_no_bytes_in_a_row(side: Callable[..., Side], data: Any, *, waits: bool) -> None:
    """They are refused, and nothing of what came with them is sent."""
    it = side()
    before = b"x" * MUCH if waits else b""
    it.transport.write(before)
    with pytest.raises(TypeError):
        it.transport.write(data)
    with pytest.raises(TypeError):
        it.transport.writelines([b"1", data, b"2"])
    it.transport.write(b"end")
    assert await it.read(len(before) + 3) == before + b"end"
    assert it.transport.is_reading()


async def test_a_peer_that_ends_when_it_has_all(side: Callable[..., Side]) -> None:
    it = side()
    it.transport.write(b"x" * MUCH)
    for _ in range(2):
        it.transport.write_eof()
    assert it.transport.can_write_eof()
    for write, data in ((it.transport.write, b"late"), (it.transport.writelines, [b"late"])):
        with pytest.raises(RuntimeError, match="after write_eof"):
            write(data)  # type: ignore[operator]
    assert len(await it.read(MUCH + 1)) == MUCH  # and then its end
    it.far.send(b"answer")
    await it.turns()
    assert it.notes.data == b"answer"
    other = side()
    other.transport.write_eof()
    assert await other.read(1) == b""


async def test_limits(side: Callable[..., Side]) -> None:
    transport = side().transport
    assert transport.get_write_buffer_limits() == (16 * 1024, 64 * 1024)
    transport.set_write_buffer_limits(low=10)
    assert transport.get_write_buffer_limits() == (10, 40)
    transport.set_write_buffer_limits(high=100)
    assert transport.get_write_buffer_limits() == (25, 100)
    for wrong in ({"high": 1, "low": 2}, {"high": -1, "low": -1}):
        with pytest.raises(ValueError, match="must be >="):
            transport.set_write_buffer_limits(**wrong)


async def test_closing_sends_what_waits(side: Callable[..., Side]) -> None:
    it = side()
    it.transport.write(b"x" * MUCH)
    for _ in range(2):
        it.transport.close()
    it.transport.write(b"too late")
    it.transport.writelines([b"too", b"late"])
    assert it.transport.is_closing()
    assert await it.read(MUCH + 1) == b"x" * MUCH
    await it.notes.lost.wait()
    assert it.notes.events == ["made", "pause", "lost"]


async def test_aborting_drops_what_waits(side: Callable[..., Side]) -> None:
    it = side()
    it.transport.write(b"x" * MUCH)
    it.transport.close()
    for _ in range(2):
        it.transport.abort()
    assert it.transport.get_write_buffer_size() == 0
    await it.notes.lost.wait()
    assert it.notes.events == ["made", "pause", "lost"]
    assert len(await it.read(MUCH)) < MUCH


async def test_a_peer_that_resets(side: Callable[..., Side]) -> None:
    reading = side(pair=tcp_pair())
    reset(reading.far)
    await reading.notes.lost.wait()
    assert reading.notes.events == ["made", "lost: ConnectionResetError"]

    writing = side(pair=tcp_pair())
    writing.transport.pause_reading()
    reset(writing.far)
    await asyncio.sleep(0.01)
    while not writing.transport.is_closing():
        writing.transport.write(b"x")
    await writing.notes.lost.wait()
    assert writing.notes.events[-1] in ("lost: ConnectionResetError", "lost: BrokenPipeError")

    gathering = side()
    gathering.far.close()
    gathering.transport.pause_reading()
    gathering.transport.writelines([b"x", b"y"])
    await gathering.notes.lost.wait()
    assert gathering.notes.events == ["made", "lost: BrokenPipeError"]

    waiting = side(pair=tcp_pair())
    waiting.transport.pause_reading()
    waiting.transport.write(b"x" * 4 * MUCH)
    reset(waiting.far)
    await waiting.notes.lost.wait()
    assert waiting.notes.events[:2] == ["made", "pause"]
    assert waiting.notes.events[2].startswith("lost: ")


async def test_ending_what_the_peer_has_reset_already(side: Callable[..., Side]) -> None:
    it = side(pair=tcp_pair())
    it.transport.pause_reading()
    reset(it.far)
    await asyncio.sleep(0.01)
    it.transport.write_eof()
    it.transport.resume_reading()
    await it.notes.lost.wait()
    assert it.notes.events[-1] == "lost: ConnectionResetError"


async def test_limits_that_what_waits_is_above(side: Callable[..., Side]) -> None:
    it = side()
    it.transport.set_write_buffer_limits(high=2 * MUCH)
    it.transport.write(b"x" * MUCH)
    assert it.notes.events == ["made"]
    it.transport.set_write_buffer_limits(high=10)
    assert it.notes.events == ["made", "pause"]


@pytest.mark.parametrize("method", ["data", "end", "pause", "resume"])
async def test_a_protocol_that_fails(side: Callable[..., Side], method: str) -> None:
    it = side(fails_at=method)
    found: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: found.append(context))
    if method == "data":
        it.far.send(b"x")
    elif method == "end":
        it.far.shutdown(socket.SHUT_WR)
    else:
        it.transport.write(b"x" * MUCH)
        if method == "resume":
            await it.read(MUCH)
    await it.notes.lost.wait()
    assert it.notes.events[-1] == "lost: FileNotFoundError"
    assert [(type(each["exception"]), each["transport"]) for each in found] == [(FileNotFoundError, it.transport)]


async def test_a_protocol_that_fails_when_it_is_made(side: Callable[..., Side]) -> None:
    """The socket is nobody's then: nothing watches it, and it is closed."""
    found: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: found.append(context))

    class Busy(Notes):
        def connection_made(self, transport: Any) -> None:
            transport.read_with(transport.read)
            transport.write(b"x" * MUCH)
            super().connection_made(transport)

    near, far = socket.socketpair()
    it = Side(Busy(fails_at="made"), near, far)
    assert it.transport.is_closing()
    assert not loop.remove_reader(it.transport.descriptor)
    assert not loop.remove_writer(it.transport.descriptor)
    await it.notes.lost.wait()
    await it.turns()
    assert near.fileno() == -1
    assert it.notes.events == ["pause", "made", "lost: FileNotFoundError"]
    assert [(type(each["exception"]), each["transport"]) for each in found] == [(FileNotFoundError, it.transport)]
    far.close()


async def test_closing_at_once(side: Callable[..., Side]) -> None:
    it = side(fails_at="at once")
    it.far.send(b"x")
    await it.notes.lost.wait()
    assert it.notes.events == ["made", "lost"]


async def test_what_is_known_of_it(side: Callable[..., Side]) -> None:
    it = side(pair=tcp_pair())
    transport = it.transport
    assert transport.get_extra_info("socket") is it.near
    assert transport.get_extra_info("peername") == it.far.getsockname()
    assert transport.get_extra_info("sockname") == it.far.getpeername()
    assert transport.get_extra_info("sslcontext", "none") == "none"
    assert transport.get_protocol() is it.notes
    transport.abort()
    await it.notes.lost.wait()
    await it.turns()
    assert transport.get_extra_info("peername", "gone") == "gone"
    assert transport.get_extra_info("socket").fileno() == -1


async def test_another_protocol(side: Callable[..., Side]) -> None:
    it, other = side(), Notes()
    it.transport.set_protocol(other)
    it.far.send(b"x")
    await it.turns()
    assert (it.notes.data, other.data) == (b"", b"x")
    with pytest.raises(TypeError, match=r"no asyncio\.Protocol"):
        it.transport.set_protocol(asyncio.BufferedProtocol())


async def test_another_reader(side: Callable[..., Side]) -> None:
    it = side()
    calls: list[bytes] = []

    def read() -> None:
        calls.append(it.near.recv(1))
        if calls[-1] == b"b":
            it.transport.read()

    it.transport.pause_reading()
    it.transport.read_with(read)
    it.far.send(b"abcd")
    await it.turns()
    assert not calls
    it.transport.resume_reading()
    await it.turns(6)
    assert (calls, it.notes.data) == ([b"a", b"b"], b"cd")


async def test_reads_are_larger_once_one_came_full_and_until_many_did_not(side: Callable[..., Side]) -> None:
    class Scripted(socket.socket):
        """What comes is of these sizes."""

        sizes: Iterator[int] = iter(())
        asked: list[int]

        def recv(self, size: int, *_: Any) -> bytes:
            self.asked.append(size)
            return bytes(next(self.sizes))

    near, far = socket.socketpair()
    scripted = Scripted(fileno=near.detach())
    it = side(pair=(scripted, far))
    few = [1000] * (BULK_READS - 1)
    sizes = [1000, READ_SIZE, BULK_READ_SIZE, *few, READ_SIZE, *few, 1000, 1000]
    scripted.sizes, scripted.asked = iter(sizes), []
    for _ in sizes:
        it.transport.read()
    small, large = READ_SIZE, BULK_READ_SIZE
    assert it.notes.sizes == sizes
    assert scripted.asked == [small, small, *[large] * (2 + len(few) + len(few) + 1), small]


async def test_a_lost_one_is_nobody_s_memory(side: Callable[..., Side]) -> None:
    gc.disable()
    try:
        near, far = socket.socketpair()
        near.setblocking(False)
        notes = Notes()
        transport = SocketTransport(asyncio.get_running_loop(), near, notes)
        transport.read_with(transport.read)
        transport.abort()
        await notes.lost.wait()
        await asyncio.sleep(0.01)
        gone = weakref.ref(notes)
        del transport, notes
        await asyncio.sleep(0)
        assert gone() is None
        far.close()
    finally:
        gc.enable()
