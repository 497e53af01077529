"""Channels that open usual answers where they come in: whatever stands beside them, and however the stream is cut."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.channel import KeepAlive, Multiplex, MuxLimits, PingPong
from kitexgen.runtime.channel.idle import IdleChannels, IdleLimits
from kitexgen.runtime.errors import ConnectionClosed, FrameTooLarge, ProtocolError
from kitexgen.runtime.framing import FRAMED_BINARY, TTHEADER_FRAMED_BINARY, Packet, TTHeader
from kitexgen.runtime.net import TcpAddress
from kitexgen.runtime.protocol.usual_call import Opening, opening_of
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders import mux
from tests.builders.services import ADD, PLAIN, result
from tests.builders.transport import joined
from tests.builders.whole import pack

A = TcpAddress("a", 1)


def opening() -> Opening:
    found = opening_of(ADD)
    assert found is not None
    return found


def unusual(sequence_id: int) -> bytes:
    """An answer that says something beside its value."""
    header = TTHeader(sequence_id=sequence_id, string_infos={"x": "y"})
    record = result(ADD, success=sequence_id)
    return pack(TTHEADER_FRAMED_BINARY, MessageKind.REPLY, "add", sequence_id, record, header=header)


def large(sequence_id: int) -> bytes:
    """One that is too large to be joined with what comes before."""
    header = TTHeader(sequence_id=sequence_id)
    record = result(PLAIN, success="x" * 100_000)
    return pack(TTHEADER_FRAMED_BINARY, MessageKind.REPLY, "plain", sequence_id, record, header=header)


KINDS = {"usual": mux.reply, "unusual": unusual, "large": large, "control": lambda _: mux.CONTROL_FRAME}


def value_of(found: Any) -> Any:
    if not isinstance(found, Packet):
        return found
    return mux.value(found) if len(found.payload) < 1000 else "large"


@given(
    answers=st.lists(st.sampled_from(["usual", "usual", "usual", "unusual", "large", "late"]), min_size=1, max_size=12),
    cuts=st.lists(st.integers(1, 120_000) | st.integers(1, 90), max_size=20),
    waits=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_each_gets_its_own_however_the_stream_is_cut(answers: list[str], cuts: list[int], waits: list[bool]) -> None:
    """`waits` is whether a call waits for the packet, as those of the long way do."""

    async def main() -> None:
        stream = Multiplex(MuxLimits())
        connection, _ = joined(stream)
        pending: dict[int, asyncio.Future[Any]] = {}
        long: dict[int, asyncio.Task[Packet]] = {}
        data = b""
        for number, kind in enumerate(answers, 1):
            data += KINDS["usual" if kind == "late" else kind](number)
            if kind == "late":
                continue
            if waits[number - 1]:
                long[number] = asyncio.create_task(stream.call([mux.request(number)]))
            else:
                begun = stream.begin(number, opening(), [mux.request(number)])
                assert begun is not None
                pending[number] = begun
        await asyncio.sleep(0)
        while data:
            size = cuts.pop() if cuts else len(data)
            connection.data_received(data[:size])
            data = data[size:]
        found = {number: value_of(await each) for number, each in (*pending.items(), *long.items())}
        due = {number: "large" if kind == "large" else number for number, kind in enumerate(answers, 1)}
        assert found == {number: value for number, value in due.items() if answers[number - 1] != "late"}
        assert (stream.in_flight, stream.is_usable) == (0, True)

    asyncio.run(main())


async def test_a_usual_answer_is_a_value_once_the_first_has_shown_what_headers_say() -> None:
    stream = Multiplex(MuxLimits())
    connection, _ = joined(stream)
    first, second, third = (stream.begin(number, opening(), [mux.request(number)]) for number in (1, 2, 3))
    assert first is not None
    assert second is not None
    assert third is not None
    connection.data_received(mux.reply(1))
    assert isinstance(await first, Packet)
    connection.data_received(mux.reply(2) + unusual(3))
    assert await second == 2
    assert mux.value(await third) == 3


async def test_answers_behind_one_that_came_in_parts_are_values_again() -> None:
    stream = Multiplex(MuxLimits())
    connection, _ = joined(stream)
    begun = [stream.begin(number, opening(), [mux.request(number)]) for number in range(1, 6)]
    waiters = [each for each in begun if each is not None]
    data = large(2) + mux.reply(3) + mux.reply(4) + mux.reply(5)
    connection.data_received(mux.reply(1))
    connection.data_received(data[:50_000])
    connection.data_received(data[50_000:-5])
    connection.data_received(data[-5:])
    found = [await each for each in waiters]
    assert [type(each) for each in found[:2]] == [Packet, Packet]
    assert found[2:] == [3, 4, 5]


async def test_no_call_begins_where_none_may() -> None:
    full = Multiplex(MuxLimits(in_flight=1))
    assert full.begin(1, opening(), [b"x"]) is None  # not connected yet
    connection, transport = joined(full)
    assert full.begin(1, opening(), [mux.request(1)]) is not None
    assert full.begin(2, opening(), [mux.request(2)]) is None
    for spoil in ("pause", "retire", "close", "closing"):
        stream = Multiplex(MuxLimits())
        connection, transport = joined(stream)
        match spoil:
            case "pause":
                connection.pause_writing()
            case "retire":
                stream.retire()
            case "close":
                stream.close()
            case "closing":
                transport.close()
        assert stream.begin(1, opening(), [mux.request(1)]) is None
        await asyncio.sleep(0)
        assert transport.written == b""


async def test_the_same_number_is_not_used_twice_at_once() -> None:
    stream = Multiplex(MuxLimits())
    joined(stream)
    assert stream.begin(1, opening(), [mux.request(1)]) is not None
    assert stream.begin(1, opening(), [mux.request(1)]) is None


async def test_all_who_wait_learn_of_the_end() -> None:
    stream = Multiplex(MuxLimits(), max_message=100)
    connection, _ = joined(stream)
    answers = [stream.begin(number, opening(), [mux.request(number)]) for number in (1, 2)]
    connection.data_received(large(1)[:200])
    errors = [answer.exception() for answer in answers if answer is not None]
    assert [type(error) for error in errors] == [ConnectionClosed, ConnectionClosed]
    assert isinstance(errors[0].__cause__, FrameTooLarge) if errors[0] else False


async def test_what_is_too_large_is_said_though_it_is_usual() -> None:
    stream = Multiplex(MuxLimits(), max_message=len(mux.reply(1)) - 40)
    connection, _ = joined(stream)
    answer = stream.begin(1, opening(), [mux.request(1)])
    assert answer is not None
    connection.data_received(mux.reply(1))
    assert isinstance(answer.exception(), ConnectionClosed)


# ---- one call at a time ---------------------------------------------------------------------------------------------


def framed(sequence_id: int) -> bytes:
    return pack(FRAMED_BINARY, MessageKind.REPLY, "add", sequence_id, result(ADD, success=sequence_id))


@pytest.mark.parametrize("cut", [0, 3, 9, 20])
async def test_an_answer_in_parts_is_still_an_answer(cut: int) -> None:
    channel = PingPong()
    connection, _ = joined(channel)
    answer = channel.begin(7, opening(), [b"request"])
    for part in filter(None, (framed(7)[:cut], framed(7)[cut:])):
        connection.data_received(part)
    assert value_of(await answer) == 7
    channel.done()
    assert channel.is_healthy


@pytest.mark.parametrize("more", [b"\0", framed(7)])
async def test_more_than_the_answer_ends_the_channel(more: bytes) -> None:
    channel = PingPong()
    connection, transport = joined(channel)
    answer = channel.begin(7, opening(), [b"request"])
    connection.data_received(framed(7) + more)
    assert value_of(await answer) == 7
    channel.done()
    assert not channel.is_healthy
    assert transport.is_closing()


async def test_a_second_answer_in_the_same_turn_ends_the_channel() -> None:
    channel = PingPong()
    connection, _ = joined(channel)
    answer = channel.begin(7, opening(), [b"request"])
    connection.data_received(framed(7))
    connection.data_received(framed(7))
    assert await answer == 7
    channel.done()
    with pytest.raises(ProtocolError, match="nobody had asked"):
        channel.begin(8, opening(), [b"request"])


async def test_who_gives_up_ends_the_channel() -> None:
    channel = PingPong()
    _, transport = joined(channel)
    answer = channel.begin(7, opening(), [b"request"])
    answer.cancel()
    channel.give_up()
    assert transport.is_closing()
    assert not channel.is_healthy


# ---- what is kept ---------------------------------------------------------------------------------------------------


def test_idle_channels_of_addresses_that_are_asked_for_in_turns() -> None:
    idle: IdleChannels[str] = IdleChannels(IdleLimits(per_address=2, timeout=10))
    b = TcpAddress("b", 1)
    assert idle.put(A, "a1", 0)
    assert idle.put(b, "b1", 1)
    assert idle.put(TcpAddress("a", 1), "a2", 2)  # an equal one
    assert not idle.put(A, "a3", 3)
    assert (idle.take(b), idle.take(b), idle.take(A), len(idle)) == ("b1", None, "a2", 1)
    assert idle.deadlines() == {A: (10,)}
    assert not idle.has_expired(9)
    assert idle.has_expired(10)
    assert list(idle.expired(10)) == ["a1"]
    assert not idle.has_expired(1e9)
    assert idle.put(A, "a4", 20)  # after its place was given up
    assert (list(idle.clean(A)), len(idle), idle.take(A)) == (["a4"], 0, None)


def test_addresses_that_nobody_uses_leave_nothing_behind() -> None:
    idle: IdleChannels[str] = IdleChannels(IdleLimits(timeout=10))
    for number in range(100):
        assert idle.take(TcpAddress("x", number)) is None
        idle.put(TcpAddress("y", number), "channel", 0)
        idle.take(TcpAddress("y", number))
        list(idle.expired(100))
    assert not idle._kept


async def test_nothing_is_at_hand_on_another_loop() -> None:
    async def dial(_: TcpAddress) -> PingPong:
        channel = PingPong()
        joined(channel)
        return channel

    pool: KeepAlive[PingPong] = KeepAlive(dial, IdleLimits())  # type: ignore[arg-type]
    channel = await pool.borrow(A)
    pool.give_back(A, channel)

    async def elsewhere() -> PingPong | None:
        return pool.at_hand(A)

    assert await asyncio.to_thread(lambda: asyncio.run(elsewhere())) is None
    assert pool.at_hand(A) is channel
