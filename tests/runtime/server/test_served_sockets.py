"""The compiled way from the socket to the socket: what the long way does with the same bytes in memory, it does too."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from contextlib import nullcontext
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitexgen.runtime.framing import BUFFERED_BINARY, FRAMED_BINARY, TTHEADER_BINARY
from kitexgen.runtime.framing.format import Format
from kitexgen.runtime.framing.ttheader import Flag
from kitexgen.runtime.net import Connection
from kitexgen.runtime.net.socket_transport import attach
from kitexgen.runtime.server.connection import ServerConnection
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.shared import Shared
from kitexgen.runtime.server.stack import server_stack, stream_endpoints
from kitexgen.runtime.server.usual_way import CALLS_PER_TURN
from kitexgen.runtime.server.workers import WorkerPool
from kitexgen.runtime.wire.native import is_compiled, pure_only
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import NOTES, PING, args
from tests.builders.time_limit import time_limit
from tests.builders.usual_calls import (
    FORMATS,
    MORE_TEXTS,
    TEXTS,
    Handler,
    OverSocket,
    call,
    expected,
    loosely,
    served,
    through,
)
from tests.builders.whole import pack

__all__ = ["time_limit"]

pytestmark = pytest.mark.skipif(not is_compiled(), reason="the compiled codec was not built, or KITEXGEN_PURE is set")


async def same(
    chunks: list[bytes], *middlewares: Any, link: OverSocket | None = None, **how: Any
) -> tuple[bytes, bool]:
    """What the server writes, and whether it closes."""
    wanted = await expected(chunks, middlewares, **how)
    found = await served(chunks, middlewares, link=link or OverSocket(), **how)
    assert found == wanted
    return found[0], found[2]


def server_of(handler: Handler, **options: Any) -> tuple[Shared, ServerConnection]:
    chosen, routes = ServerOptions(**options), Routes([Served(NOTES, handler)])
    endpoint = server_stack(chosen, routes, WorkerPool(1, 1))
    loop = asyncio.get_running_loop()
    shared = Shared(routes, endpoint, chosen, loop, stream_endpoints(chosen, routes), is_bare=True)
    return shared, ServerConnection(shared)


async def tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        far = socket.create_connection(listening.getsockname())
        near, _ = listening.accept()
    near.setblocking(False)
    far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return near, far


@pytest.mark.parametrize("middlewares", [(), (through, through), (loosely,)], ids=["bare", "through", "loosely"])
@pytest.mark.parametrize("format", FORMATS)
async def test_the_same_answer(format: Format, middlewares: tuple[Any, ...]) -> None:
    for text in TEXTS + MORE_TEXTS:
        stream = call("a", format) + call(text, format, -5) + call("b", format, 7)
        written, _ = await same([call("first", format), stream], *middlewares)
        assert b"re:b" in written


async def test_the_socket_is_read_by_compiled_code(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[None] = []
    real = Connection.data_received
    monkeypatch.setattr(Connection, "data_received", lambda self, data: (reads.append(None), real(self, data)))
    await served([call("a")] + [call("b"), call("c") + call("wait")] * 5, link=OverSocket(), is_patient=True)
    assert len(reads) == 1  # the first, which tells what the connection carries


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(TEXTS + MORE_TEXTS), st.sampled_from((*FORMATS, BUFFERED_BINARY))),
        min_size=1,
        max_size=8,
    ),
    st.lists(st.integers(0, 30_000), max_size=6),
    st.booleans(),
)
def test_any_cut_gives_the_same(calls: list[tuple[str, Format]], cuts: list[int], ends: bool) -> None:
    stream = b"".join(call(text, format, number) for number, (text, format) in enumerate(calls))
    places = sorted({0, len(stream), *(cut % len(stream) for cut in cuts)})
    asyncio.run(_same_cut([stream[start:end] for start, end in pairwise(places)], ends))


async def _same_cut(chunks: list[bytes], ends: bool) -> None:
    await same(chunks, ends=ends)


async def test_spoiled_bytes() -> None:
    whole = call("abc")
    for place in range(len(whole)):
        for change in (1, 0x80):
            spoiled = bytearray(whole)
            spoiled[place] ^= change
            await same([call("first"), call("before") + bytes(spoiled) + call("after")])


@pytest.mark.parametrize("text", ["b", "wait", "large"])
async def test_a_deep_pipeline(text: str) -> None:
    count = 5 * CALLS_PER_TURN if text == "large" else 20 * CALLS_PER_TURN
    written, _ = await same([call("a"), call(text) * count])
    assert len(written) > count * 20


@pytest.mark.parametrize("lazy", [False, True])
async def test_a_socket_with_little_room(*, lazy: bool) -> None:
    """Replies that it does not take at once follow in order."""
    stream = [call(str(number)) + call("x" * 5000) + call("large") for number in range(40)]
    await same([call("a"), *stream], link=OverSocket(room=4096, lazy=lazy))


async def test_a_call_larger_than_one_read() -> None:
    await same([call("a"), call("x" * 300_000) + call("b") + call("y" * 1_000_000), call("c")])


@pytest.mark.parametrize("text", ["a", "wait", "large"])
async def test_a_peer_that_ends_after_its_calls(text: str) -> None:
    _, is_closed = await same([call("first"), call(text) * 70], ends=True)
    assert is_closed


async def test_a_peer_that_ends_within_a_call() -> None:
    for size in (1, 10, len(call("b")) - 1):
        _, is_closed = await same([call("first"), call("a") + call("b")[:size]], ends=True)
        assert is_closed


async def test_calls_in_any_order_run_beside_each_other() -> None:
    order = Flag.OUT_OF_ORDER.value
    stream = b"".join(call(text, TTHEADER_BINARY, number, order) for number, text in enumerate(("a", "wait", "b") * 30))
    written, _, _ = await served([call("first", TTHEADER_BINARY, 99, order), stream], link=OverSocket())
    wanted, _, _ = await expected([call("first", TTHEADER_BINARY, 99, order), stream])
    assert len(written) == len(wanted)
    answers = re.findall(b"re:(a|wait|b)", written)
    begun_at_once = ([b"a", b"b"] * CALLS_PER_TURN)[: CALLS_PER_TURN * 2 // 3]
    assert answers[: len(begun_at_once)] == begun_at_once  # none of them waits for one that waits


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
async def test_cancelling_a_call_that_waits(turns: int) -> None:
    await same([call("a"), call("hang on")], cancels_after=turns)


async def test_a_peer_that_resets() -> None:
    shared, server = server_of(Handler())
    near, far = await tcp_pair()
    connection = Connection(server, shared.loop)
    await attach(near, connection, shared.loop)
    for _ in range(2):
        far.sendall(call("a"))
        await asyncio.sleep(0.01)
    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    far.close()
    await connection.wait_closed()
    assert not shared.connections
    shared.close()
    await asyncio.sleep(0)


async def test_what_ends_the_process_is_raised() -> None:
    class Ending(Handler):
        async def ping(self) -> None:
            raise KeyboardInterrupt

    shared, _ = server_of(Ending())
    near, far = socket.socketpair()
    with near, far:
        far.sendall(pack(FRAMED_BINARY, MessageKind.CALL, "ping", 1, args(PING)))
        with pytest.raises(KeyboardInterrupt):
            shared.calls.serve(near.fileno(), None, False, 1)
    shared.close()
    await asyncio.sleep(0)


async def test_a_mistake_of_ours_is_reported_and_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    shared, server = server_of(Handler())
    found: list[Any] = []
    shared.loop.set_exception_handler(lambda _, context: found.append(context["exception"]))
    near, far = socket.socketpair()
    near.setblocking(False)
    connection = Connection(server, shared.loop)
    await attach(near, connection, shared.loop)
    far.sendall(call("a"))
    await asyncio.sleep(0.01)
    error = ValueError("a mistake")

    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(ServerConnection, "_go_on_from", fail)
    far.sendall(call("a") + call("b")[:10])
    await connection.wait_closed()
    assert found == [error]
    far.close()
    shared.close()
    await asyncio.sleep(0)


async def test_the_door_takes_nothing_else() -> None:
    shared, _ = server_of(Handler())
    near, far = socket.socketpair()
    near.setblocking(False)
    good: tuple[Any, ...] = (near.fileno(), None, False, 1)
    assert shared.calls.serve(*good) is None  # nothing came
    far.sendall(call("a") * 2)
    rest, told, unsent = shared.calls.serve(*good)
    assert (rest, told, unsent) == (call("a"), (0, "more"), [])
    far.sendall(call("b"))
    with pure_only():
        assert shared.calls.serve(*good) == (call("b"), (0, "odd"), [])
    for place, value in ((0, "0"), (0, 1.5), (3, None)):
        with pytest.raises(TypeError):
            shared.calls.serve(*good[:place], value, *good[place + 1 :])
    with pytest.raises(TypeError):
        shared.calls.serve()
    with pytest.raises(ValueError, match="nothing to serve"):
        shared.calls.serve(-1, None, False, 1)
    with pytest.raises(OverflowError):
        shared.calls.serve(1 << 80, None, False, 1)
    assert far.recv(1 << 16).count(b"re:a") == 1
    far.close()
    assert shared.calls.serve(*good) == (b"", (0, "end"), [])
    near.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        shared.calls.serve(*good)
    shared.close()
    await asyncio.sleep(0)


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize("calls", [[], ["b"], ["b", "wait", "c"]])
async def test_draining_answers_what_has_come_while_a_call_waits(calls: list[str], *, pure: bool) -> None:
    shared, server = server_of(Handler())
    near, far = await tcp_pair()
    far.setblocking(False)
    connection = Connection(server, shared.loop)
    await attach(near, connection, shared.loop)
    with pure_only() if pure else nullcontext():
        for text in ("a", "hang on", *calls):
            far.sendall(call(text))
            await asyncio.sleep(0.005)
        server.drain()
        await asyncio.sleep(0.005)
        (task,) = shared.tasks
        task.cancel("enough")
        await connection.wait_closed()
    written = b""
    while data := far.recv(1 << 16):  # no reset
        written += data
    places = [
        written.index(part) for part in (b"re:a", b"stopped: enough", *(b"re:" + text.encode() for text in calls))
    ]
    assert places == sorted(places)
    far.close()
    shared.close()
    await asyncio.sleep(0)


async def test_one_that_is_paused_closes_for_nobody_s_silence() -> None:
    """A peer is not late with what it is not let send; when its call is over, it is heard again."""
    shared, server = server_of(Handler(), read_timeout=1, arrival_timeout=1, idle_timeout=1)
    near, far = socket.socketpair()
    near.setblocking(False)
    far.setblocking(False)
    connection = Connection(server, shared.loop)
    await attach(near, connection, shared.loop)
    for stream in (call("a"), call("hang"), call("b"), call("c")[:10]):
        far.sendall(stream)
        await asyncio.sleep(0.005)
    assert server._is_paused
    server.check(shared.clock() + 100)
    assert connection.is_open
    (task,) = shared.tasks
    task.cancel()
    while shared.tasks or server._is_paused:
        await asyncio.sleep(0)
    await asyncio.sleep(0.005)
    assert b"re:b" in far.recv(1 << 16)
    server.check(shared.clock() + 100)
    await connection.wait_closed()
    far.close()
    shared.close()
    await asyncio.sleep(0)
