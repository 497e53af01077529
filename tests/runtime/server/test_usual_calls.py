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

from kitexgen.runtime import BizStatusError, current, metainfo
from kitexgen.runtime.framing import BUFFERED_BINARY, FRAMED_BINARY, FRAMED_COMPACT, TTHEADER_BINARY, TTHeader
from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.format import TTHEADER_FRAMED_BINARY, Format
from kitexgen.runtime.framing.ttheader import Flag
from kitexgen.runtime.server import answer
from kitexgen.runtime.server.connection import CALLS_PER_TURN, ServerConnection
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.shared import Shared
from kitexgen.runtime.server.stack import server_layers, server_stack, stream_endpoints
from kitexgen.runtime.server.workers import WorkerPool
from kitexgen.runtime.wire.native import is_compiled, pure_only
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ADD, ALL, ECHO, NOTES, PING, PLAIN, TELL, Note, NotesHandler, Refused, args
from tests.builders.transport import joined
from tests.builders.whole import pack

pytestmark = pytest.mark.skipif(not is_compiled(), reason="the compiled codec was not built, or KITEXGEN_PURE is set")

FORMATS = (FRAMED_BINARY, TTHEADER_BINARY, TTHEADER_FRAMED_BINARY)
INFOS = {"isn": "Notes", "RPC_PERSIST_p": "1", "RPC_TRANSIT_t": "2", "RPC_TRANSIT_UPSTREAM_u": "3"}


class Handler(NotesHandler):
    """Does what the text says, and writes down what it sees."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Any] = []

    async def echo(self, note: Note) -> Any:
        info = current()
        assert info is not None
        task = asyncio.current_task()
        self.seen.append(
            (
                (note.text, note.count, info.method.name, info.sequence_id, info.caller, info.caller_method),
                (info.timeout, info.deadline is not None, str(info.address), info.header, info.metainfo),
                (metainfo.all_persistent(), metainfo.all_transient(), info.tags, info.destination),
            )
        )
        info.tags["own"] = "this call's"
        metainfo.set_persistent("left", "behind")  # nothing to the next call
        answer = await self._answer(note.text)
        assert asyncio.current_task() is task
        assert current() is info
        return answer

    async def _answer(self, text: str) -> Any:
        match text:
            case "wait" | "wait and fail":
                await asyncio.sleep(0)
                await asyncio.get_running_loop().run_in_executor(None, int)
                if text == "wait and fail":
                    raise Refused(code=2)
            case "hang":
                await asyncio.get_running_loop().create_future()
            case "hang on":
                try:
                    await asyncio.get_running_loop().create_future()
                except asyncio.CancelledError as error:
                    return Note(text=f"stopped: {error}")
            case "hang and fail":
                try:
                    await asyncio.get_running_loop().create_future()
                except asyncio.CancelledError:
                    raise Refused(code=3) from None
            case "fail":
                raise ValueError("no")
            case "refuse":
                raise Refused(code=1, why="so")
            case "status":
                raise BizStatusError(7, "full", {"k": "v"})
            case "back":
                metainfo.send_backward("k", "v")
            case "nothing":
                return None
            case "wrong":
                return Note(text=b"bytes")  # type: ignore[arg-type]
            case "number":
                return 7
            case "cancelled":
                raise asyncio.CancelledError
            case "cancel":
                task: Any = asyncio.current_task()
                task.cancel()
            case "large":
                return Note(text="x" * 40_000)
        return Note(text="re:" + text, count=len(text))


TEXTS = ("", "a", "x" * 5000, "wait", "wait and fail", "fail", "refuse", "status", "back", "nothing", "wrong", "number")
MORE_TEXTS = ("cancelled", "cancel", "large", "\u00e9\U0001f600")


def through(call_next: Any) -> Any:
    async def endpoint(info: Any, request: Any) -> Any:
        info.tags["seen"] = "by a middleware"
        return await call_next(info, request)

    return endpoint


def loosely(call_next: Any) -> Any:
    """A middleware that is no coroutine function."""
    return lambda info, request: asyncio.ensure_future(call_next(info, request))


def call(text: str, format: Format = FRAMED_BINARY, sequence_id: int = 1, flags: int = 0, **infos: str) -> bytes:
    header = TTHeader(
        sequence_id=0, flags=flags, string_infos={**INFOS, **infos}, int_infos={3: "me", 20: "mine", 12: "250"}
    )
    message = args(ECHO, note=Note(text=text, count=3))
    return pack(format, MessageKind.CALL, "echo", sequence_id, message, header=header)


async def served(
    chunks: Sequence[bytes],
    middlewares: Sequence[Any] = (),
    *,
    ends: bool = False,
    outside: bool = True,
    cancels_after: int | None = None,
    **more: Any,
) -> tuple[bytes, list[Any], bool]:
    """What a server does with what comes: what it writes, what its handler sees, whether it closes."""
    loop, handler = asyncio.get_running_loop(), Handler()
    options = ServerOptions(middlewares=tuple(middlewares), **more)
    routes = Routes([Served(NOTES, handler)])
    endpoint = server_stack(options, routes, WorkerPool(1, 1))
    shared = Shared(
        routes, endpoint, options, loop, stream_endpoints(options, routes), is_bare=not server_layers(options)
    )
    server = ServerConnection(shared)
    connection, transport = joined(server)

    async def settle() -> None:
        while shared.tasks or server._has_more:
            await asyncio.sleep(0.0005)
        for _ in range(3):
            await asyncio.sleep(0)

    for chunk in chunks:
        if outside:
            loop.call_soon(connection.data_received, chunk)
            await asyncio.sleep(0)
        else:
            connection.data_received(chunk)
    if cancels_after is not None:
        for _ in range(cancels_after):
            await asyncio.sleep(0)
        for task in tuple(shared.tasks):
            task.cancel("enough")
    await settle()
    if ends:
        connection.eof_received()
        await settle()
    shared.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return transport.written, handler.seen, transport.is_closing()


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


async def both(chunks: Sequence[bytes], *middlewares: Any, **how: Any) -> tuple[bytes, list[Any], bool]:
    with pure_only():
        expected = await served(chunks, middlewares, **how)
    found = await served(chunks, middlewares, **how)
    assert found == expected
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
    with pure_only():
        expected, _, _ = await served([call("first", TTHEADER_BINARY, 9, order), stream])
    # Of two that wait either may end first.
    assert sorted(messages_in(written)) == sorted(messages_in(expected))


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
