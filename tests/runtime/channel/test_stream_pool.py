"""Connections for streams: which stream goes where, and when connections go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from kitexgen.runtime.channel import IdleLimits
from kitexgen.runtime.channel.client_link import ClientFlow, ClientLink
from kitexgen.runtime.channel.reporter import ConnectionEvent, Reports
from kitexgen.runtime.channel.stream_link import UNREAD_LIMIT
from kitexgen.runtime.channel.stream_pool import StreamPool
from kitexgen.runtime.errors import (
    ApplicationError,
    ClientClosed,
    ConnectError,
    ConnectionClosed,
    EncodeError,
    FrameTooLarge,
    StreamCanceled,
)
from kitexgen.runtime.framing.stream_frame import FrameKind, StreamFrame, StreamFrameDecoder
from kitexgen.runtime.net import Address, TcpAddress
from tests.builders.reporter import Notebook
from tests.builders.transport import MemoryTransport, joined
from tests.builders.whole import encode_frame

HOST, OTHER = TcpAddress("host", 1), TcpAddress("other", 1)


class Bench:
    """A pool whose connections go nowhere."""

    def __init__(self, per_connection: int = 1, **limits: float) -> None:
        self.transports: list[MemoryTransport] = []
        self.links: list[ClientLink] = []
        self.dialled = asyncio.Event()
        self.dialled.set()
        self.told = Notebook()
        reports = Reports("stream", "notes", self.told)
        kept = IdleLimits(**limits)  # type: ignore[arg-type]  # by name
        self.pool = StreamPool(self._dial, kept, per_connection, reports)

    async def _dial(self, address: Address, on_free: Callable[[ClientLink], None]) -> ClientLink:
        await self.dialled.wait()
        link = ClientLink(on_free)
        _, transport = joined(link)
        self.links.append(link)
        self.transports.append(transport)
        return link

    async def open(self, address: Address = HOST) -> ClientFlow:
        return await self.pool.open(address, "talk", {"isn": "Notes"})

    def sent(self, number: int) -> list[StreamFrame]:
        decoder = StreamFrameDecoder()
        decoder.feed(self.transports[number].written)
        return list(iter(decoder.next_frame, None))


def answer(flow: ClientFlow, kind: FrameKind, payload: bytes = b"") -> bytes:
    frame = StreamFrame(kind=kind, stream_id=flow.stream.stream_id, method="talk", payload=payload)
    return encode_frame(frame)


def give_up(flow: ClientFlow) -> None:
    flow.cancel(StreamCanceled(12007, "stop", side="client"), ApplicationError(12007, "stop"), ())


async def test_a_connection_a_stream_and_another_one_on_it_afterwards() -> None:
    bench = Bench()
    first, _second = await bench.open(), await bench.open()
    assert len(bench.links) == 2
    give_up(first)
    third = await bench.open()
    assert len(bench.links) == 2
    await asyncio.sleep(0)  # what is written leaves at the end of the turn
    kinds = [(frame.kind, frame.stream_id) for frame in bench.sent(0)]
    assert kinds == [
        (FrameKind.HEADER, first.stream.stream_id),
        (FrameKind.RST, first.stream.stream_id),
        (FrameKind.TRAILER, first.stream.stream_id),
        (FrameKind.HEADER, third.stream.stream_id),
    ]


async def test_streams_share_up_to_the_limit() -> None:
    bench = Bench(per_connection=3)
    flows = [await bench.open() for _ in range(7)]
    assert [link.streams for link in bench.links] == [3, 3, 1]
    give_up(flows[0])
    await bench.open()  # on the busiest with room
    assert [link.streams for link in bench.links] == [3, 3, 1]
    await bench.open(OTHER)
    assert len(bench.links) == 4


async def test_idle_connections_are_kept_up_to_a_number() -> None:
    bench = Bench(per_address=2)
    for flow in [await bench.open() for _ in range(4)]:
        give_up(flow)
    assert [link.is_open for link in bench.links].count(True) == 2


async def test_a_dead_connection_is_not_used() -> None:
    bench = Bench()
    flow = await bench.open()
    give_up(flow)
    bench.links[0].on_end()
    await bench.open()
    assert len(bench.links) == 2


async def test_a_header_that_cannot_be_written_opens_nothing() -> None:
    bench = Bench()
    with pytest.raises(EncodeError):
        await bench.pool.open(HOST, "talk", {"k": "v" * 70_000})
    assert bench.links[0].streams == 0
    await bench.open()
    assert len(bench.links) == 1


async def test_closing() -> None:
    bench = Bench()
    flow = await bench.open()
    bench.dialled.clear()
    opening = asyncio.create_task(bench.open())
    await asyncio.sleep(0)
    closing = asyncio.create_task(bench.pool.close())
    await asyncio.sleep(0)
    bench.dialled.set()
    with pytest.raises(ConnectionClosed, match="the client is closed"):
        await flow.receive()
    with pytest.raises(ClientClosed, match="while it connected"):
        await opening
    with pytest.raises(ClientClosed):
        await bench.open()
    assert all(transport.is_closing() for transport in bench.transports)
    closing.cancel()  # transports that go nowhere are never told closed


async def test_frames_in_any_order_find_their_streams() -> None:
    bench = Bench(per_connection=9)
    first, second = await bench.open(), await bench.open()
    link = bench.links[0]
    stranger = StreamFrame(kind=FrameKind.DATA, stream_id=-7, method="talk", payload=b"x")
    link.on_data(
        answer(second, FrameKind.HEADER)
        + answer(second, FrameKind.DATA, b"b1")
        + encode_frame(stranger)
        + answer(first, FrameKind.DATA, b"a1")
        + answer(second, FrameKind.TRAILER)
        + answer(second, FrameKind.DATA, b"late")
        + answer(first, FrameKind.DATA, b"a2")
    )
    assert [await first.receive(), await first.receive()] == [b"a1", b"a2"]
    assert [await second.receive(), await second.receive()] == [b"b1", None]
    assert link.streams == 1


async def test_bytes_that_are_no_frame_end_all_streams() -> None:
    bench = Bench(per_connection=9)
    flows = [await bench.open(), await bench.open()]
    bench.links[0].on_data(b"GET / HTTP/1.1\r\n\r\n")
    errors = []
    for flow in flows:
        with pytest.raises(ConnectionClosed, match="connection closed after an error: not TTHeader") as caught:
            await flow.receive()
        errors.append(caught.value)
    assert errors[0] is not errors[1]
    assert bench.transports[0].is_closing()


async def test_what_nobody_takes_stops_the_reading() -> None:
    bench = Bench(per_connection=9)
    slow, quick = await bench.open(), await bench.open()
    link, transport = bench.links[0], bench.transports[0]
    big = bytes(UNREAD_LIMIT // 2)
    link.on_data(answer(slow, FrameKind.DATA, big))
    assert transport.is_reading()
    link.on_data(answer(slow, FrameKind.DATA, big) + answer(quick, FrameKind.DATA, b"x"))
    assert not transport.is_reading()
    assert await quick.receive() == b"x"
    assert not transport.is_reading()
    await slow.receive()
    assert transport.is_reading()


@pytest.mark.parametrize("how", ["given up", "ended and left"])
async def test_what_nobody_will_take_is_let_go(how: str) -> None:
    bench = Bench(per_connection=9)
    flow = await bench.open()
    bench.links[0].on_data(answer(flow, FrameKind.DATA, bytes(2 * UNREAD_LIMIT)))
    assert not bench.transports[0].is_reading()
    if how == "given up":
        give_up(flow)
    else:
        bench.links[0].on_data(answer(flow, FrameKind.TRAILER))
        flow.leave()
    assert bench.transports[0].is_reading()


async def test_empty_messages_count_too() -> None:
    bench = Bench()
    flow = await bench.open()
    bench.links[0].on_data(answer(flow, FrameKind.DATA) * (UNREAD_LIMIT // 32))
    assert not bench.transports[0].is_reading()


async def test_a_sender_waits_while_there_is_congestion() -> None:
    bench = Bench()
    flow = await bench.open()
    connection = bench.links[0]._connection
    assert connection is not None
    connection.pause_writing()
    sending = asyncio.create_task(flow.send([b"x"]))
    await asyncio.sleep(0)
    assert not sending.done()
    connection.resume_writing()
    await sending
    connection.pause_writing()
    sending = asyncio.create_task(flow.send([b"x"]))
    await asyncio.sleep(0)
    bench.links[0].on_data(answer(flow, FrameKind.RST))
    with pytest.raises(StreamCanceled):
        await sending


async def test_what_is_told_of_connections() -> None:
    bench = Bench(per_connection=2)
    await bench.open()
    await bench.open()
    assert bench.told.names == ["succeed", "reuse"]
    assert bench.told.events[0][1] == ConnectionEvent("stream", "notes", HOST)
    dump = bench.pool.dump()
    assert (dump.pool, dump.in_use, dump.shared) == ("stream", 2, {HOST: 1})


async def test_a_connection_that_fails_is_told() -> None:
    async def refuse(address: Address, on_free: Callable[[ClientLink], None]) -> ClientLink:
        raise ConnectError("no", remote=str(address))

    told = Notebook()
    pool = StreamPool(refuse, IdleLimits(), 1, Reports("stream", "notes", told))
    with pytest.raises(ConnectError):
        await pool.open(HOST, "talk", {})
    assert told.names == ["failed"]


async def test_a_message_past_the_limit_is_not_sent() -> None:
    link = ClientLink(lambda _: None, max_message=1000)
    _, transport = joined(link)
    flow = link.open("talk", {})
    await flow.send([b"x" * 500])
    await asyncio.sleep(0)
    before = bytes(transport.written)
    with pytest.raises(FrameTooLarge):
        await flow.send([b"x" * 1000])
    await asyncio.sleep(0)
    assert bytes(transport.written) == before
    await flow.close_send()  # the stream goes on


# --- warm-up ----------------------------------------------------------------------------------------------------------


async def test_a_connection_made_beforehand_is_the_next_streams() -> None:
    bench = Bench()
    await bench.pool.connect(HOST)
    await bench.pool.connect(HOST)
    assert bench.pool.dump().shared == {HOST: 2}
    await bench.open()
    await bench.open()
    assert len(bench.links) == 2
    assert bench.told.names == ["succeed", "succeed", "reuse", "reuse"]


async def test_no_more_are_kept_than_may_idle() -> None:
    bench = Bench(per_address=1)
    await bench.pool.connect(HOST)
    await bench.pool.connect(HOST)
    assert [transport.is_closing() for transport in bench.transports] == [False, True]
