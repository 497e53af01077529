"""The compiled way of usual calls decides nothing: with it and without, the same is seen by handlers and goes out."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitexgen.runtime.framing import BUFFERED_BINARY, FRAMED_BINARY, FRAMED_COMPACT, TTHEADER_BINARY, TTHeader
from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.format import Format
from kitexgen.runtime.framing.ttheader import Flag
from kitexgen.runtime.server import answer
from kitexgen.runtime.server.connection import CALLS_PER_TURN, ServerConnection
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.shared import Shared
from kitexgen.runtime.server.stack import server_stack, stream_endpoints
from kitexgen.runtime.server.workers import WorkerPool
from kitexgen.runtime.wire.native import is_compiled, pure_only
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ADD, ALL, ECHO, NOTES, PING, PLAIN, TELL, args
from tests.builders.transport import joined
from tests.builders.usual_calls import (
    FORMATS,
    MORE_TEXTS,
    TEXTS,
    Handler,
    InMemory,
    call,
    expected,
    loosely,
    served,
    through,
)
from tests.builders.whole import pack

pytestmark = pytest.mark.skipif(not is_compiled(), reason="the compiled codec was not built, or KITEXGEN_PURE is set")


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Which calls are understood the long way."""
    found: list[str] = []
    understand = answer.understand

    def watched(*packet: Any, **beside: Any) -> Any:
        request = understand(*packet, **beside)
        found.append(type(request).__name__)
        return request

    with monkeypatch.context() as patching:
        patching.setattr("kitexgen.runtime.server.connection.understand", watched)
        yield found


async def both(
    chunks: Sequence[bytes], *middlewares: Any, outside: bool = True, **how: Any
) -> tuple[bytes, list[Any], bool]:
    wanted = await expected(chunks, middlewares, link=InMemory(outside=outside), **how)
    found = await served(chunks, middlewares, link=InMemory(outside=outside), **how)
    assert found == wanted
    return found


@pytest.mark.parametrize("outside", [True, False], ids=["from a socket", "from a peer in the process"])
@pytest.mark.parametrize("middlewares", [(), (through, through), (loosely,)], ids=["bare", "through", "loosely"])
@pytest.mark.parametrize("format", FORMATS)
async def test_the_same_answer(format: Format, middlewares: tuple[Any, ...], *, outside: bool) -> None:
    for text in TEXTS + MORE_TEXTS:
        stream = call("a", format) + call(text, format, -5) + call("b", format, 7)
        written, seen, _ = await both([call("first", format), stream], *middlewares, outside=outside)
        assert b"re:b" in written
        assert [each[0][0] for each in seen] == ["first", "a", text, "b"]


async def test_all_kinds_of_values() -> None:
    stream = b"".join(
        pack(FRAMED_BINARY, kind, method.name, 5, args(method, **values))
        for kind, method, values in (
            (MessageKind.CALL, PING, {}),
            (MessageKind.CALL, ADD, {"a": 1, "b": 2}),
            (MessageKind.CALL, PLAIN, {"text": "plain"}),
            (MessageKind.ONEWAY, TELL, {"text": "t"}),
            (MessageKind.CALL, ALL, {}),
        )
    )
    await both([call("a"), stream])


async def test_usual_calls_do_go_the_compiled_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for format in FORMATS:
        with counted(monkeypatch) as the_long_way:
            await served([call("a", format)] + [call("b", format), call("c", format) + call("wait", format)] * 3)
        assert the_long_way == []
        with counted(monkeypatch) as the_long_way, pure_only():
            await served([call("a", format)])
        assert the_long_way == ["Request"]


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("text", ["hang", "hang on", "hang and fail"])
async def test_cancelling_a_call_that_waits(text: str, turns: int) -> None:
    written, _, is_closed = await both([call("a"), call(text)], cancels_after=turns)
    assert not is_closed
    assert (b"stopped: enough" in written) is (text == "hang on")
    assert (b"the handler was cancelled" in written) is (text == "hang")


async def test_calls_that_take_answers_in_any_order_run_beside_each_other() -> None:
    order = Flag.OUT_OF_ORDER.value
    stream = b"".join(
        call(text, TTHEADER_BINARY, number, order)
        for number, text in enumerate(("a", "wait", "b", "wait", "fail", "c"))
    )
    written, _, _ = await served([call("first", TTHEADER_BINARY, 9, order), stream])
    assert written.index(b"re:c") < written.index(b"re:wait")
    wanted, _, _ = await expected([call("first", TTHEADER_BINARY, 9, order), stream])
    # Of two that wait either may end first.
    assert sorted(messages_in(written)) == sorted(messages_in(wanted))


def messages_in(written: bytes) -> Iterator[tuple[int, bytes]]:
    """Sequence id and payload of each."""
    decoder = MessageDecoder()
    decoder.feed(written)
    while (packet := decoder.next_message()) is not None:
        assert packet.header is not None
        yield packet.header.sequence_id, packet.payload
    assert not decoder.pending


async def test_an_unusual_call_between_usual_ones() -> None:
    odd = (
        pack(FRAMED_COMPACT, MessageKind.CALL, "ping", 2, args(PING)),
        pack(BUFFERED_BINARY, MessageKind.CALL, "ping", 2, args(PING)),
        pack(FRAMED_BINARY, MessageKind.STREAM, "ping", 2, args(PING)),
        call("b", TTHEADER_BINARY, isn="Nobody"),
        call("b", TTHEADER_BINARY, isn=""),
        call("b", TTHEADER_BINARY, rip="10.1.1.1:80"),
        call("b", TTHEADER_BINARY, rip="nonsense"),
        call("b", TTHEADER_BINARY, crrst="1", long="x" * 600),
        pack(FRAMED_BINARY, MessageKind.CALL, "unknown", 2, args(PING)),
        b"nonsense at all, and enough of it",
    )
    for each in odd:
        await both([call("a"), call("b") + each + call("c")])
        await both([call("a"), call("b") + each + call("c")], ends=True)


@pytest.mark.parametrize("format", FORMATS)
async def test_spoiled_bytes(format: Format) -> None:
    whole = call("abc", format)
    for place in range(len(whole)):
        for change in (1, 0x80):
            spoiled = bytearray(whole)
            spoiled[place] ^= change
            await both([call("first"), call("before", format) + bytes(spoiled) + call("after", format)])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(TEXTS + MORE_TEXTS), st.sampled_from((*FORMATS, BUFFERED_BINARY))),
        min_size=1,
        max_size=8,
    ),
    st.lists(st.integers(0, 30_000), max_size=6),
)
def test_any_cut_gives_the_same(calls: list[tuple[str, Format]], cuts: list[int]) -> None:
    stream = b"".join(call(text, format, number) for number, (text, format) in enumerate(calls))
    places = sorted({0, len(stream), *(cut % len(stream) for cut in cuts)})
    chunks = [stream[start:end] for start, end in pairwise(places)]
    asyncio.run(_any_cut(chunks))


async def _any_cut(chunks: list[bytes]) -> None:
    await both(chunks)


async def test_more_calls_than_one_turn_has() -> None:
    written, seen, _ = await both([call("a"), call("b") * (3 * CALLS_PER_TURN)])
    assert written.count(b"re:b") == len(seen) - 1 == 3 * CALLS_PER_TURN


async def test_replies_past_the_limit() -> None:
    await both([call("a"), call("large")], max_message=20_000)
    await both([call("a"), call("a" * 3000)], max_message=2000)


async def test_what_ends_the_process_is_raised() -> None:
    class Ending(Handler):
        async def ping(self) -> None:
            raise KeyboardInterrupt

    loop, options, routes = asyncio.get_running_loop(), ServerOptions(), Routes([Served(NOTES, Ending())])
    endpoint = server_stack(options, routes, WorkerPool(1, 1))
    shared = Shared(routes, endpoint, options, loop, stream_endpoints(options, routes), is_bare=True)
    stream = pack(FRAMED_BINARY, MessageKind.CALL, "ping", 1, args(PING))
    mine = asyncio.current_task()
    with pytest.raises(KeyboardInterrupt):
        shared.calls.run(stream, 0, None, False, [], 1)
    assert asyncio.current_task() is mine
    shared.close()
    await asyncio.sleep(0)


async def test_a_server_that_is_told_to_stop_within_a_call_says_so_in_its_answer() -> None:
    class Stopping(Handler):
        shared: Any

        async def plain(self, text: str) -> str:  # type: ignore[override]  # either will do
            self.shared.stop_telling()
            return text

    handler = Stopping()
    loop, options, routes = asyncio.get_running_loop(), ServerOptions(), Routes([Served(NOTES, handler)])
    endpoint = server_stack(options, routes, WorkerPool(1, 1))
    handler.shared = Shared(routes, endpoint, options, loop, stream_endpoints(options, routes), is_bare=True)
    connection, transport = joined(ServerConnection(handler.shared))
    connection.data_received(call("a", TTHEADER_BINARY))
    connection.data_received(
        pack(TTHEADER_BINARY, MessageKind.CALL, "plain", 1, args(PLAIN, text="t"), header=TTHeader(sequence_id=0))
    )
    assert transport.written.count(b"crrst") == 1
    handler.shared.close()
    await asyncio.sleep(0)


async def test_calls_leave_nothing_behind() -> None:
    async def many(count: int) -> int:
        texts = ("a", "wait", "refuse", "back", "nothing")  # what is logged is kept by the tests
        await served([call("a")] + [call(text, format) for format in FORMATS for text in texts] * count)
        gc.collect()
        return len(gc.get_objects())

    await many(2)
    before = await many(1)
    assert await many(10) - before < 60
    info = sys.getrefcount(ECHO.arguments)
    await many(5)
    assert sys.getrefcount(ECHO.arguments) - info < 5


async def test_the_door_takes_nothing_else() -> None:
    loop, options, routes = asyncio.get_running_loop(), ServerOptions(), Routes([Served(NOTES, Handler())])
    shared = Shared(
        routes, server_stack(options, routes, WorkerPool(1, 1)), options, loop, stream_endpoints(options, routes)
    )
    good: tuple[Any, ...] = (b"", 0, None, False, [], 1)
    assert shared.calls.run(*good) is None
    for place, value in ((0, bytearray()), (1, "0"), (4, ()), (5, 1.5)):
        with pytest.raises(TypeError):
            shared.calls.run(*good[:place], value, *good[place + 1 :])
    with pytest.raises(ValueError, match="no place"):
        shared.calls.run(b"ab", 3, *good[2:])
    with pytest.raises(TypeError):
        type(shared.calls)()
    with pytest.raises(TypeError):
        shared.calls.add("Notes", ())
    with pytest.raises(TypeError, match="once"):
        shared.calls.__init__()
    shared.close()


async def test_guards_keep_to_the_long_way() -> None:
    options, routes = ServerOptions(checksum=True), Routes([Served(NOTES, Handler())])
    endpoint: Callable[..., Any] = server_stack(options, routes, WorkerPool(1, 1))
    shared = Shared(routes, endpoint, options, asyncio.get_running_loop(), stream_endpoints(options, routes))
    assert shared.calls is None
    await both([call("a", TTHEADER_BINARY)] * 2, checksum=True)
    shared.close()
