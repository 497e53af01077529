"""How connections are used, over real sockets: kept, made for each call, shared; warmed up, reported, given up."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

import pytest

from kitexgen.runtime import (
    ConnectError,
    ConnectionClosed,
    ConnectionEvent,
    IdleLimits,
    MuxLimits,
    OverLimit,
    RpcTimeout,
    WarmUp,
)
from kitexgen.runtime.channel import PoolName
from kitexgen.runtime.framing import TTHEADER_FRAMED_BINARY, Packet, TTHeader
from kitexgen.runtime.net import parse_address
from kitexgen.runtime.protocol import read_body, unpack
from kitexgen.runtime.server import Served, Server
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders import mux
from tests.builders.reporter import Notebook
from tests.builders.services import ADD, NOTES, NotesBlockingClient, NotesClient, NotesHandler, result
from tests.builders.whole import pack
from tests.end_to_end.endpoints import RawPeer
from tests.end_to_end.scripted import Script, scripted

POOLS: list[PoolName] = ["long", "short", "mux"]


@pytest.mark.parametrize("pool", POOLS)
async def test_every_pool_carries_calls(server: Server, handler: NotesHandler, pool: PoolName) -> None:
    async with NotesClient("notes", hosts=[str(server.address)], pool=pool) as notes:
        assert [await notes.add(n, 1) for n in range(5)] == [1, 2, 3, 4, 5]
        assert await asyncio.gather(*(notes.add(n, n) for n in range(50))) == [2 * n for n in range(50)]
        await notes.tell("oneway")
        assert await handler.told.get() == "oneway"


@pytest.mark.parametrize("pool", POOLS)
async def test_every_blocking_pool_carries_calls(server: Server, handler: NotesHandler, pool: PoolName) -> None:
    def calls() -> None:
        with NotesBlockingClient("notes", hosts=[str(server.address)], pool=pool) as notes:
            assert [notes.add(n, 1) for n in range(5)] == [1, 2, 3, 4, 5]
            notes.tell("oneway")
            sums: dict[int, int] = {}
            threads = [threading.Thread(target=lambda n=n: sums.update({n: notes.add(n, n)})) for n in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sums == {n: 2 * n for n in range(8)}

    await asyncio.to_thread(calls)
    assert await handler.told.get() == "oneway"


@pytest.mark.parametrize(
    ("pool", "names"),
    [
        ("long", ["succeed", "reuse", "reuse"]),
        ("short", ["succeed", "succeed", "succeed"]),
        ("mux", ["succeed", "reuse", "reuse"]),
    ],
)
async def test_a_reporter_is_told(tcp_server: Server, pool: PoolName, names: list[str]) -> None:
    told, told_blocking = Notebook(), Notebook()
    hosts = [str(tcp_server.address)]
    async with NotesClient("notes", hosts=hosts, pool=pool, reporter=told) as notes:
        assert [await notes.add(n, 1) for n in range(3)] == [1, 2, 3]

    def calls() -> None:
        with NotesBlockingClient("notes", hosts=hosts, pool=pool, reporter=told_blocking) as notes:
            assert [notes.add(n, 1) for n in range(3)] == [1, 2, 3]

    await asyncio.to_thread(calls)
    assert (told.names, told_blocking.names) == (names, names)
    assert told.events[0][1] == ConnectionEvent(pool, "notes", tcp_server.address)


@pytest.mark.parametrize("pool", POOLS)
async def test_a_reporter_is_told_of_failures(pool: PoolName) -> None:
    told = Notebook()
    async with scripted() as address:
        """Its port, which nobody listens on any more."""
    async with NotesClient("notes", hosts=[address], pool=pool, reporter=told) as notes:
        with pytest.raises(ConnectError, match="Connection refused"):
            await notes.add(1, 2)

    def call() -> None:
        client = NotesBlockingClient("notes", hosts=[address], pool=pool, reporter=told)
        with client as notes, pytest.raises(ConnectError, match="Connection refused"):
            notes.add(1, 2)

    await asyncio.to_thread(call)
    assert told.names == ["failed", "failed"]


async def test_a_reporter_that_fails_fails_no_call(tcp_server: Server, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Notebook):
        def conn_succeed(self, event: ConnectionEvent) -> None:
            raise RuntimeError("no disk")

    async with NotesClient("notes", hosts=[str(tcp_server.address)], reporter=Broken()) as notes:
        assert await notes.add(1, 2) == 3
    assert "the connection reporter failed" in caplog.text


@pytest.mark.parametrize(("pool", "made"), [("long", 3), ("mux", 2)])
async def test_warming_up(tcp_server: Server, pool: PoolName, made: int) -> None:
    hosts, plan = [str(tcp_server.address)], WarmUp(connections=3, parallel=2)
    limits: Any = {"mux": MuxLimits(connections=2)} if pool == "mux" else {}
    told = Notebook()
    async with NotesClient("notes", hosts=hosts, pool=pool, warm_up=plan, reporter=told, **limits) as notes:
        assert told.names.count("succeed") == made
        told.events.clear()
        assert await asyncio.gather(*(notes.add(n, 1) for n in range(made))) == [*range(1, made + 1)]
        assert told.names == ["reuse"] * made

    def calls() -> None:
        told.events.clear()
        with NotesBlockingClient("notes", hosts=hosts, pool=pool, warm_up=plan, reporter=told, **limits) as notes:
            assert told.names.count("succeed") == made
            assert notes.add(1, 2) == 3

    await asyncio.to_thread(calls)


async def test_warming_up_what_is_not_there(tcp_server: Server, caplog: pytest.LogCaptureFixture) -> None:
    async with scripted() as nobody:
        """Its port, which nobody listens on any more."""
    hosts, targets = [str(tcp_server.address)], [nobody, str(tcp_server.address)]
    for on_failure, level in (("ignore", None), ("warn", logging.WARNING), ("error", logging.ERROR)):
        caplog.clear()
        plan = WarmUp(targets=targets, on_failure=on_failure)  # type: ignore[arg-type]
        async with NotesClient("notes", hosts=hosts, warm_up=plan) as notes:
            assert await notes.add(1, 2) == 3
        assert [record.levelno for record in caplog.records] == ([] if level is None else [level])
        assert level is None or f"warming up: cannot connect: Connection refused ({nobody})" in caplog.text
    client = NotesClient("notes", hosts=hosts, warm_up=WarmUp(targets=targets, on_failure="fail"))
    with pytest.raises(ConnectError, match="Connection refused"):
        await client.__aenter__()
    blocking = NotesBlockingClient("notes", hosts=hosts, warm_up=WarmUp(targets=targets, on_failure="fail"))
    with pytest.raises(ConnectError, match="Connection refused"):
        await asyncio.to_thread(blocking.__enter__)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"pool": "wide"}, "pool `wide` is unknown: use long or short or mux"),
        ({"pool": "mux", "transport": "framed"}, "needs transport `ttheader` or `ttheader_framed`"),
        ({"pool": "short", "idle": IdleLimits()}, "`idle` is for pool `long`"),
        ({"mux": MuxLimits()}, "`mux` is for pool `mux`, and this is `long`"),
        ({"server_hostname": "x"}, "`server_hostname` is for TLS: give `tls` too"),
    ],
)
def test_settings_that_do_not_go_together(settings: dict[str, Any], words: str) -> None:
    for make in (NotesClient, NotesBlockingClient):
        with pytest.raises(ValueError, match=words):
            make("notes", **settings)


def test_plans_that_make_no_sense() -> None:
    for settings in (
        {"connections": 0},
        {"streams": -1},
        {"parallel": 0},
        {"on_failure": "panic"},
        {"targets": ["nowhere"]},
    ):
        with pytest.raises(ValueError, match=r"warming up takes|is unknown|is no address"):
            WarmUp(**settings)  # type: ignore[arg-type]
    for limits in ({"connections": 0}, {"in_flight": 0}, {"silence": -1.0}):
        with pytest.raises(ValueError, match="mux needs at least"):
            MuxLimits(**limits)  # type: ignore[arg-type]


# --- shared connections -----------------------------------------------------------------------------------------------


def answer(packet: Packet, *, reset: bool = False, value: int | None = None) -> bytes:
    """The reply to a request for a sum: its first number, unless `value` says otherwise."""
    assert packet.header is not None
    infos = {"crrst": "1"} if reset else {}
    header = TTHeader(sequence_id=packet.header.sequence_id, string_infos=infos)
    sum_ = result(ADD, success=_first_number(packet) if value is None else value)
    return pack(TTHEADER_FRAMED_BINARY, MessageKind.REPLY, "add", unpack(packet).sequence_id, sum_, header=header)


def _first_number(packet: Packet) -> int:
    return read_body(unpack(packet), ADD.arguments).a  # type: ignore[attr-defined,no-any-return]


async def until_left(peer: RawPeer) -> None:
    assert await peer.next() is None


async def test_answers_in_any_order_reach_their_calls() -> None:
    async def reversed_order(peer: RawPeer) -> None:
        packets = [await peer.next_packet() for _ in range(20)]
        assert all(packet.header is not None and packet.header.flags == 1 for packet in packets)
        await peer.send(b"".join(answer(packet) for packet in reversed(packets)))
        await until_left(peer)

    async with scripted(reversed_order) as address, NotesClient("notes", hosts=[address], pool="mux") as notes:
        assert await asyncio.gather(*(notes.add(n, 0) for n in range(20))) == [*range(20)]


async def test_a_late_answer_is_nobodys() -> None:
    async def late(peer: RawPeer) -> None:
        first = await peer.next_packet()
        second = await peer.next_packet()  # the first call was given up before this one was made
        await peer.send(answer(first) + answer(second))
        await until_left(peer)

    async with scripted(late) as address, NotesClient("notes", hosts=[address], pool="mux") as notes:
        with pytest.raises(RpcTimeout):
            await notes.add(1, 0, timeout=0.02)
        assert await notes.add(2, 0) == 2


async def test_a_control_frame_sends_new_calls_elsewhere() -> None:
    """The old connection finishes what it has, and then is closed from our side."""
    told, finish = asyncio.Event(), asyncio.Event()

    async def leaving(peer: RawPeer) -> None:
        packet = await peer.next_packet()
        await peer.send(mux.CONTROL_FRAME)
        told.set()
        await finish.wait()
        await peer.send(answer(packet))
        await until_left(peer)

    async def staying(peer: RawPeer) -> None:
        await peer.send(answer(await peer.next_packet()))
        await until_left(peer)

    async with scripted(leaving, staying) as address, NotesClient("notes", hosts=[address], pool="mux") as notes:
        old = asyncio.create_task(notes.add(1, 0))
        await told.wait()
        (stream,) = notes._kx_pool._streams  # type: ignore[attr-defined]
        while stream.is_usable:
            await asyncio.sleep(0)
        assert await notes.add(2, 0) == 2
        finish.set()
        assert await old == 1
        await stream.wait_closed()


async def test_a_reset_in_an_answer_counts_in_every_pool() -> None:
    async def last(peer: RawPeer) -> None:
        await peer.send(answer(await peer.next_packet(), reset=True))
        await until_left(peer)

    for pool in ("long", "mux"):
        speaks: Any = {"pool": pool, "transport": "ttheader_framed"}
        async with scripted(last, last) as address, NotesClient("notes", hosts=[address], **speaks) as notes:
            assert [await notes.add(n, 0) for n in range(2)] == [0, 1]
        async with scripted(last, last) as address:
            with NotesBlockingClient("notes", hosts=[address], **speaks) as client:
                assert [await asyncio.to_thread(client.add, n, 0) for n in range(2)] == [0, 1]


async def test_calls_take_connections_in_turn() -> None:
    def serves(value: int) -> Script:
        async def script(peer: RawPeer) -> None:
            for _ in range(2):
                await peer.send(answer(await peer.next_packet(), value=value))
            await until_left(peer)

        return script

    settings: Any = {"pool": "mux", "mux": MuxLimits(connections=3)}
    scripts = (serves(10), serves(20), serves(30))
    async with scripted(*scripts) as address, NotesClient("notes", hosts=[address], **settings) as notes:
        assert [await notes.add(0, 0) for _ in range(6)] == [10, 20, 30] * 2
        assert notes._kx_pool.dump().shared == {parse_address(address): 3}


async def test_calls_that_begin_together_share_one_dial() -> None:
    async def all_at_once(peer: RawPeer) -> None:
        packets = [await peer.next_packet() for _ in range(5)]
        await peer.send(b"".join(map(answer, packets)))
        await until_left(peer)

    async with scripted(all_at_once) as address, NotesClient("notes", hosts=[address], pool="mux") as notes:
        hasty = asyncio.create_task(notes.add(9, 0))
        calls = [asyncio.create_task(notes.add(n, 0)) for n in range(5)]
        await asyncio.sleep(0)
        hasty.cancel()  # it was the first to ask for the connection: the others get it all the same
        assert await asyncio.gather(*calls) == [*range(5)]


async def test_a_full_connection_refuses_further_calls() -> None:
    async def slow(peer: RawPeer) -> None:
        packets = [await peer.next_packet() for _ in range(2)]
        await full.wait()
        await peer.send(b"".join(map(answer, packets)))
        await until_left(peer)

    full, limits = asyncio.Event(), MuxLimits(in_flight=2)
    async with scripted(slow) as address, NotesClient("notes", hosts=[address], pool="mux", mux=limits) as notes:
        calls = [asyncio.create_task(notes.add(n, 0)) for n in range(2)]
        while notes._kx_pool.dump().in_use < 2:
            await asyncio.sleep(0)
        with pytest.raises(OverLimit, match=r"2 calls are in flight, and no connection may carry more \(notes\.add at"):
            await notes.add(9, 0)
        full.set()
        assert await asyncio.gather(*calls) == [0, 1]


async def test_an_idle_shared_connection_that_dies_is_dialled_again() -> None:
    """The call finds out only when it was sent: nothing had been heard since, so it is tried once more."""

    async def one(peer: RawPeer) -> None:
        await peer.send(answer(await peer.next_packet()))
        await peer.next_packet()  # and it closes with this one unanswered

    async def next_one(peer: RawPeer) -> None:
        await peer.send(answer(await peer.next_packet()))
        await until_left(peer)

    async with scripted(one, next_one) as address, NotesClient("notes", hosts=[address], pool="mux") as notes:
        assert [await notes.add(1, 0), await notes.add(2, 0)] == [1, 2]
    async with scripted(one, next_one) as address:
        with NotesBlockingClient("notes", hosts=[address], pool="mux") as client:
            assert [await asyncio.to_thread(client.add, n, 0) for n in (1, 2)] == [1, 2]


async def test_a_shared_connection_that_dies_under_calls_fails_them() -> None:
    """The peer was alive a moment ago, and may have acted on any of them: none is sent twice."""

    async def dies(peer: RawPeer) -> None:
        await peer.send(answer(await peer.next_packet()))
        for _ in range(3):
            await peer.next_packet()

    async with scripted(dies) as address, NotesClient("notes", hosts=[address], pool="mux") as notes:
        assert await notes.add(1, 0) == 1
        calls = [asyncio.create_task(notes.add(n, 0)) for n in range(2)]
        await asyncio.sleep(0)
        outcomes = await asyncio.gather(*calls, notes.add(3, 0), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes[1:]] == [ConnectionClosed, ConnectionClosed]


async def test_an_error_reply_leaves_the_connection_to_the_others(tcp_server: Server) -> None:
    told = Notebook()
    async with NotesClient("notes", hosts=[str(tcp_server.address)], pool="mux", reporter=told) as notes:
        with pytest.raises(Exception, match="biz error: plain failure"):
            await notes.fail("plain failure")
        assert await notes.add(1, 2) == 3
    assert told.names == ["succeed", "reuse"]


async def test_a_cleaned_address_is_dialled_again(tcp_server: Server) -> None:
    told = Notebook()
    for pool in ("long", "mux"):
        told.events.clear()
        async with NotesClient("notes", hosts=[str(tcp_server.address)], pool=pool, reporter=told) as notes:
            assert await notes.add(1, 2) == 3
            notes._kx_pool.clean(tcp_server.address)
            assert await notes.add(1, 2) == 3
        assert told.names == ["succeed", "succeed"]
        told.events.clear()
        with NotesBlockingClient("notes", hosts=[str(tcp_server.address)], pool=pool, reporter=told) as client:
            assert await asyncio.to_thread(client.add, 1, 2) == 3
            client._kx_pool.clean(tcp_server.address)
            assert await asyncio.to_thread(client.add, 1, 2) == 3
        assert told.names == ["succeed", "succeed"]


async def test_a_server_that_stops_loses_no_call(handler: NotesHandler) -> None:
    """It tells shared connections: calls in flight finish on the old one, new ones find another host."""
    settings: Any = {"address": "127.0.0.1:0", "late_requests": 0.05, "exit_wait": 5}
    staying = Server(Served(NOTES, NotesHandler()), **settings)
    leaving = Server(Served(NOTES, handler), **settings)
    async with staying, leaving:
        hosts = [str(leaving.address), str(staying.address)]
        async with NotesClient("notes", hosts=hosts, pool="mux") as notes:
            slow = asyncio.create_task(notes.slow("in flight"))  # to the first host, the one that leaves
            while not leaving.in_flight:
                await asyncio.sleep(0)
            stopping = asyncio.create_task(leaving.stop())
            sums = [await notes.add(n, 0) for n in range(200)]
            handler.gate.set()
            sums += [await notes.add(n, 0) for n in range(200, 400)]
            assert sums == [*range(400)]
            assert await slow == "in flight"
            await stopping
            assert await notes.add(1, 1) == 2
