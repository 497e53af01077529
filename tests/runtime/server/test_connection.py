"""One connection of a server: its calls, and what becomes of them."""

from __future__ import annotations

import asyncio
import contextvars
from contextlib import nullcontext

import pytest

from kitexgen.runtime.framing import FRAMED_BINARY, MessageDecoder
from kitexgen.runtime.protocol import read_exception, unpack
from kitexgen.runtime.wire.native import is_compiled, pure_only
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.bench import Bench, messages, ping
from tests.builders.services import SLOW, TELL, NotesHandler, args
from tests.builders.whole import pack


async def test_handlers_that_do_not_wait_are_answered_within_the_read() -> None:
    bench = Bench()
    bench.connection.data_received(ping())
    assert b"ping" in bench.transport.written
    assert bench.shared.tasks == set()


async def test_a_message_of_kitexs_own_kind_is_a_call_whose_reply_has_no_number() -> None:
    bench = Bench()
    call = bytearray(ping())
    call[7] = MessageKind.STREAM
    bench.connection.data_received(bytes(call))
    decoder = MessageDecoder()
    decoder.feed(bytes(bench.transport.written))
    packet = decoder.next_message()
    assert packet is not None
    message = unpack(packet)
    assert (message.kind, message.method, message.sequence_id) == (MessageKind.REPLY, "ping", 0)


async def test_a_lost_connection_does_not_stop_its_call() -> None:
    bench = Bench()
    bench.connection.data_received(pack(FRAMED_BINARY, MessageKind.CALL, "slow", 1, args(SLOW, text="x")))
    await bench.handler.entered.wait()
    bench.connection.connection_lost(ConnectionResetError())
    assert bench.shared.connections == set()
    assert len(bench.shared.tasks) == 1
    bench.handler.gate.set()
    await bench.settle()
    assert bench.transport.written == b""
    bench.check(10**6)  # nothing left to look at


@pytest.mark.parametrize("part", ["run", "raised"])
async def test_an_error_of_our_own_cuts_the_connection_off(
    part: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(NotesHandler):
        async def ping(self) -> None:
            raise ValueError("no")

    def broken(*_: object) -> bytes:
        raise AssertionError("a mistake in the framework")

    async def broken_too(*_: object) -> bytes:
        return broken()

    if part == "raised" and not is_compiled():
        pytest.skip("only the compiled way comes by there")
    if part == "raised":
        monkeypatch.setattr("kitexgen.runtime.server.usual_calls.raised", broken)
    else:
        monkeypatch.setattr("kitexgen.runtime.server.connection.run", broken_too)
    bench = Bench(handler=Failing())
    with pure_only() if part == "run" else nullcontext():
        bench.connection.data_received(ping())
    await bench.settle()
    assert bench.transport.was_aborted()
    assert "an error of kitexgen's own" in caplog.text


async def test_what_a_oneway_call_fails_with_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Deaf(NotesHandler):
        async def tell(self, text: str) -> None:
            raise ValueError("not heard")

    bench = Bench(handler=Deaf())
    bench.connection.data_received(pack(FRAMED_BINARY, MessageKind.ONEWAY, "tell", 1, args(TELL, text="x")))
    await bench.settle()
    assert bench.transport.written == b""
    assert "Notes.tell failed, and being oneway can tell nobody" in caplog.text
    assert "ValueError: not heard" in caplog.text


SECRET: contextvars.ContextVar[str] = contextvars.ContextVar("secret", default="nothing")


async def test_calls_share_no_context_variables() -> None:
    class Careless(NotesHandler):
        async def slow(self, text: str) -> str:
            found = SECRET.get()
            SECRET.set(text)
            return f"found {found}"

    bench = Bench(handler=Careless())
    calls = (pack(FRAMED_BINARY, MessageKind.CALL, "slow", 1, args(SLOW, text=text)) for text in ("one", "two"))
    bench.connection.data_received(b"".join(calls))
    await bench.settle()
    assert bench.transport.written.count(b"found nothing") == 2


async def test_a_handler_that_cancels_its_own_task_is_answered_for() -> None:
    class Rash(NotesHandler):
        async def slow(self, text: str) -> str:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(0)
            return text

    bench = Bench(handler=Rash())
    bench.connection.data_received(pack(FRAMED_BINARY, MessageKind.CALL, "slow", 1, args(SLOW, text="x")))
    await bench.settle()
    (told,) = messages(bench.transport.written)
    assert read_exception(told).message == "biz error: the handler was cancelled"


async def test_a_handler_may_set_itself_a_time() -> None:
    class Hasty(NotesHandler):
        async def slow(self, text: str) -> str:
            try:
                async with asyncio.timeout(0):
                    await asyncio.get_running_loop().create_future()
            except TimeoutError:
                return "in time"
            return text

    bench = Bench(handler=Hasty())
    bench.connection.data_received(pack(FRAMED_BINARY, MessageKind.CALL, "slow", 1, args(SLOW, text="x")))
    await bench.settle()
    assert b"in time" in bench.transport.written
