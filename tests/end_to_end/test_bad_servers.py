"""What clients do with servers that are gone, slow, broken or hostile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from kitexgen.runtime.errors import (
    BadVersion,
    ConnectError,
    ConnectionClosed,
    FrameTooLarge,
    InvalidMessageType,
    KitexError,
    NoAddress,
    OutOfOrderSequence,
    RpcTimeout,
    WrongMethodName,
)
from kitexgen.runtime.framing import FRAMED_BINARY
from kitexgen.runtime.protocol import Message
from kitexgen.runtime.server import Served, Server
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import (
    ADD,
    CLOCK,
    NOTES,
    ClockHandler,
    NotesBlockingClient,
    NotesClient,
    NotesHandler,
    result,
)
from tests.builders.whole import pack
from tests.end_to_end.endpoints import RawPeer
from tests.end_to_end.scripted import Script, scripted

Ask = Callable[..., Any]
"""`ask(hosts, times=1, timeout=20, **settings)` calls `add` by one of the two clients."""


async def _ask_async(hosts: list[str], *, times: int = 1, timeout: float | None = 20, **settings: Any) -> list[int]:
    async with NotesClient("notes", hosts=hosts, **settings) as notes:
        return [await notes.add(number, 1, timeout=timeout) for number in range(times)]


async def _ask_blocking(hosts: list[str], *, times: int = 1, timeout: float | None = 20, **settings: Any) -> list[int]:
    def calls() -> list[int]:
        with NotesBlockingClient("notes", hosts=hosts, **settings) as notes:
            return [notes.add(number, 1, timeout=timeout) for number in range(times)]

    return await asyncio.to_thread(calls)


@pytest.fixture(params=[_ask_async, _ask_blocking], ids=["asyncio", "blocking"])
def ask(request: pytest.FixtureRequest) -> Ask:
    chosen: Ask = request.param
    return chosen


def answer(call: Message, value: int, **changes: Any) -> bytes:
    said: dict[str, Any] = {"method": call.method, "sequence_id": call.sequence_id, "kind": MessageKind.REPLY} | changes
    return pack(FRAMED_BINARY, said["kind"], said["method"], said["sequence_id"], result(ADD, success=value))


async def serve_one(peer: RawPeer) -> None:
    """Answer one call, then close."""
    call = await peer.next()
    assert call is not None
    await peer.send(answer(call, 41))


async def swallow(peer: RawPeer) -> None:
    """Take whatever comes and say nothing until the peer closes."""
    while await peer.receive():
        """Nothing is said."""


async def hang_up(peer: RawPeer) -> None:
    """Take one call and close without an answer."""
    await peer.next()


def say(make: Callable[[Message], bytes]) -> Script:
    """Answer one call with the bytes that `make` makes, then wait for the peer to close."""

    async def script(peer: RawPeer) -> None:
        call = await peer.next()
        assert call is not None
        await peer.send(make(call))
        await swallow(peer)

    return script


BAD_ANSWERS: list[tuple[str, Callable[[Message], bytes], type[KitexError]]] = [
    ("another sequence id", lambda call: answer(call, 1, sequence_id=call.sequence_id + 1), OutOfOrderSequence),
    ("another method", lambda call: answer(call, 1, method="sub"), WrongMethodName),
    ("a call", lambda call: answer(call, 1, kind=MessageKind.CALL), InvalidMessageType),
    ("HTTP", lambda call: b"HTTP/1.1 400 Bad Request\r\n\r\n", BadVersion),
    ("too much", lambda call: (2**30).to_bytes(4, "big") + b"\x80\x01", FrameTooLarge),
]


@pytest.mark.parametrize(("make", "error"), [pytest.param(*each[1:], id=each[0]) for each in BAD_ANSWERS])
async def test_a_wrong_answer_fails_the_call_and_ends_its_connection(
    ask: Ask, make: Callable[[Message], bytes], error: type[KitexError]
) -> None:
    async with scripted(say(make)) as address:  # the script ends when the client closes the connection
        with pytest.raises(error) as raised:
            await ask([address])
        assert f"(notes.add at {address})" in str(raised.value)


async def test_what_comes_behind_an_answer_ends_the_connection(ask: Ask) -> None:
    twice = say(lambda call: answer(call, 1) * 2)
    async with scripted(twice, serve_one) as address:
        assert await ask([address], times=2) == [1, 41]


async def test_an_answer_cut_short(ask: Ask) -> None:
    async def cut(peer: RawPeer) -> None:
        call = await peer.next()
        assert call is not None
        await peer.send(answer(call, 1)[:-1])

    async with scripted(cut) as address:
        with pytest.raises(ConnectionClosed, match=r"\(notes\.add at "):
            await ask([address])


async def test_a_server_that_hangs_up_on_a_new_connection(ask: Ask) -> None:
    async with scripted(hang_up, serve_one) as address:
        with pytest.raises(ConnectionClosed):  # it may have acted: no second try
            await ask([address])


async def test_a_kept_connection_that_proves_dead_is_replaced(ask: Ask) -> None:
    async def serve_then_hang_up(peer: RawPeer) -> None:
        await serve_one(peer)
        await peer.next()  # the second call arrives; nothing is said

    async with scripted(serve_then_hang_up, serve_one) as address:
        assert await ask([address], times=2) == [41, 41]


async def test_a_replaced_connection_is_not_replaced_again(ask: Ask) -> None:
    async def serve_then_hang_up(peer: RawPeer) -> None:
        await serve_one(peer)
        await peer.next()

    async with scripted(serve_then_hang_up, hang_up, serve_one) as address:
        with pytest.raises(ConnectionClosed):
            await ask([address], times=2)


async def test_a_kept_connection_that_answered_in_part_is_not_replaced(ask: Ask) -> None:
    async def serve_then_half(peer: RawPeer) -> None:
        await serve_one(peer)
        call = await peer.next()
        assert call is not None
        await peer.send(answer(call, 1)[:-1])

    async with scripted(serve_then_half, serve_one) as address:
        with pytest.raises(ConnectionClosed):
            await ask([address], times=2)


async def test_a_connection_closed_while_idle_is_noticed(ask: Ask) -> None:
    async with scripted(serve_one, serve_one, serve_one) as address:
        assert await ask([address], times=3) == [41, 41, 41]


async def test_what_nobody_asked_for_is_never_an_answer() -> None:
    said = asyncio.Event()

    async def say_more(peer: RawPeer) -> None:
        call = await peer.next()
        assert call is not None
        await peer.send(answer(call, 1))
        await said.wait()
        await peer.send(answer(call, 666, sequence_id=call.sequence_id + 1))  # what the next call will look for
        await swallow(peer)

    async with scripted(say_more, serve_one) as address, NotesClient("notes", hosts=[address]) as notes:
        assert await notes.add(0, 1) == 1
        (idle,) = notes._kx_pool._idle._kept.values()
        said.set()
        while idle[0][1].is_healthy:
            await asyncio.sleep(0)
        assert await notes.add(0, 1) == 41


async def test_short_connections_are_not_used_again(ask: Ask) -> None:
    async with scripted(serve_one, serve_one) as address:
        assert await ask([address], times=2, pool="short") == [41, 41]


async def test_a_server_that_says_nothing(ask: Ask) -> None:
    async with scripted(swallow) as address:
        with pytest.raises(RpcTimeout, match=r"^no answer within 0\.01 s, given up after 0\.[0-9]+ s \(notes\.add at "):
            await ask([address], timeout=0.01)


async def test_nobody_listens(ask: Ask) -> None:
    async with Server(Served(CLOCK, ClockHandler()), address="127.0.0.1:0", late_requests=0) as server:
        address = str(server.address)
    with pytest.raises(ConnectError) as caught:
        await ask([address])
    assert str(caught.value) == f"cannot connect: Connection refused (notes.add at {address})"


async def test_several_hosts_are_tried_in_turn(ask: Ask) -> None:
    async with Server(Served(CLOCK, ClockHandler()), address="127.0.0.1:0", late_requests=0) as server:
        gone = str(server.address)
    async with Server(Served(NOTES, NotesHandler()), address="127.0.0.1:0", late_requests=0) as server:
        assert await ask([gone, str(server.address)], times=4) == [1, 2, 3, 4]


async def test_calls_go_round(ask: Ask) -> None:
    def counting(calls: list[str], name: str) -> Script:
        async def script(peer: RawPeer) -> None:
            while (call := await peer.next()) is not None:
                calls.append(name)
                await peer.send(answer(call, 0))

        return script

    calls: list[str] = []
    async with scripted(counting(calls, "a")) as a, scripted(counting(calls, "b")) as b:
        await ask([a, b], times=4)
    assert calls == ["a", "b", "a", "b"]


async def test_when_no_host_can_be_reached_all_are_named(ask: Ask) -> None:
    with pytest.raises(ConnectError, match="no host can be reached") as caught:
        await ask(["unix:/nonexistent/a", "unix:/nonexistent/b"])
    assert "unix:/nonexistent/a: cannot connect: No such file or directory; unix:/nonexistent/b" in str(caught.value)
    assert isinstance(caught.value.__cause__, ConnectError)


async def test_a_client_without_hosts(ask: Ask) -> None:
    with pytest.raises(NoAddress, match=r"give the client `hosts` \(notes\.add\)"):
        await ask([])
