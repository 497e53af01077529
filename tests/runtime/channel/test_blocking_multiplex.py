"""Threads that share a stream: real sockets, and a peer that answers as it is told."""

from __future__ import annotations

import random
import select
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import pytest

from kitexgen.runtime.call import Deadline
from kitexgen.runtime.channel import BlockingLane, BlockingMultiplex, MuxLimits
from kitexgen.runtime.errors import ConnectionClosed, OverLimit
from kitexgen.runtime.framing import FRAMED_BINARY, MessageDecoder, Packet
from kitexgen.runtime.net import SharedConnection, UnixAddress
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders import mux
from tests.builders.services import ADD, args, result
from tests.builders.whole import pack

SOON = 20.0
"""Seconds after which a test has failed."""


class Peer:
    """The other end: reads requests, sends any bytes."""

    def __init__(self, connected: socket.socket) -> None:
        connected.settimeout(SOON)
        self.socket = connected
        self._decoder = MessageDecoder()

    def request(self) -> int:
        """The sequence id of the next request."""
        while (packet := self._decoder.next_message()) is None:
            data = self.socket.recv(1 << 16)
            assert data, "the client has closed"
            self._decoder.feed(data)
        assert packet.header is not None
        return packet.header.sequence_id

    def request_or_end(self, *, waits: bool) -> int | None:
        """As `request`; 0 when there is none right now and that is not waited for, None when the client has closed."""
        while (packet := self._decoder.next_message()) is None:
            if not waits and not select.select([self.socket], [], [], 0)[0]:
                return 0
            data = self.socket.recv(1 << 16)
            if not data:
                return None
            self._decoder.feed(data)
        assert packet.header is not None
        return packet.header.sequence_id

    def send(self, *messages: bytes) -> None:
        self.socket.sendall(b"".join(messages))

    def is_left(self) -> bool:
        """Whether the client has closed; waits for it."""
        while data := self.socket.recv(1 << 16):
            self._decoder.feed(data)
        return True


class Shared:
    """A stream, its peer, and threads that call."""

    def __init__(self, limits: MuxLimits) -> None:
        near, far = socket.socketpair()
        self.connection = SharedConnection(near, UnixAddress("pair"))
        self.stream = BlockingMultiplex(self.connection, limits)
        self.peer = Peer(far)
        self.threads = ThreadPoolExecutor(32)

    def begin(self, sequence_id: int, seconds: float = SOON) -> Future[Packet]:
        """A call in a thread of its own, whose request the peer has read."""
        call = self.threads.submit(self.stream.call, [mux.request(sequence_id)], Deadline.after(seconds))
        assert self.peer.request() == sequence_id
        return call

    def close(self) -> None:
        self.stream.close()
        self.peer.socket.close()
        self.threads.shutdown()


@pytest.fixture
def shared() -> Iterator[Shared]:
    made = Shared(MuxLimits(in_flight=64))
    yield made
    made.close()


def value(call: Future[Packet]) -> int:
    return mux.value(call.result(SOON))


def test_answers_in_any_order(shared: Shared) -> None:
    calls = [shared.begin(number) for number in range(1, 9)]
    shared.peer.send(*(mux.reply(number) for number in (5, 1, 8, 3, 2, 7, 6, 4)))
    assert [value(call) for call in calls] == list(range(1, 9))
    assert shared.stream.in_flight == 0


def test_the_reader_leaves_the_reading_to_another(shared: Shared) -> None:
    first, second, third = shared.begin(1), shared.begin(2), shared.begin(3)
    shared.peer.send(mux.reply(1))
    assert value(first) == 1
    shared.peer.send(mux.reply(2)[:30])
    shared.peer.send(mux.reply(2)[30:])
    assert value(second) == 2
    shared.peer.send(mux.reply(3))
    assert value(third) == 3


def test_a_call_past_its_deadline_takes_nothing_from_the_others(shared: Shared) -> None:
    hasty, patient = shared.begin(1, 0.02), shared.begin(2)
    with pytest.raises(TimeoutError):
        hasty.result(SOON)
    shared.peer.send(mux.reply(1), mux.reply(2))
    assert value(patient) == 2
    third = shared.begin(3)
    shared.peer.send(mux.reply(1), mux.reply(3))
    assert value(third) == 3
    assert shared.stream.is_usable


def test_a_silent_peer_gets_no_new_calls() -> None:
    shared = Shared(MuxLimits(silence=0))
    with pytest.raises(TimeoutError):
        shared.begin(1, 0.01).result(SOON)
    assert not shared.stream.is_usable
    assert shared.peer.is_left()
    shared.close()


def test_the_table_is_bounded() -> None:
    shared = Shared(MuxLimits(in_flight=1))
    call = shared.begin(1)
    assert shared.stream.is_full
    with pytest.raises(OverLimit, match="1 calls are in flight on the connection already"):
        shared.stream.call([mux.request(2)], None)
    shared.peer.send(mux.reply(1))
    assert value(call) == 1
    shared.close()


def test_a_notice_is_heard_while_nobody_waits(shared: Shared) -> None:
    shared.peer.send(mux.CONTROL_FRAME)
    assert shared.stream.is_usable
    shared.stream.catch_up()
    assert not shared.stream.is_usable
    assert shared.peer.is_left()


def test_calls_in_flight_finish_after_a_notice(shared: Shared) -> None:
    first, second = shared.begin(1), shared.begin(2)
    shared.peer.send(mux.CONTROL_FRAME, mux.reply(2))
    assert value(second) == 2
    assert not shared.stream.is_usable
    shared.peer.send(mux.reply(1))
    assert value(first) == 1
    assert shared.peer.is_left()


def test_an_end_fails_all_who_wait(shared: Shared) -> None:
    calls = [shared.begin(number) for number in (1, 2, 3)]
    shared.peer.socket.shutdown(socket.SHUT_WR)
    for call in calls:
        with pytest.raises(ConnectionClosed, match="closed by the peer"):
            call.result(SOON)
    with pytest.raises(ConnectionClosed, match="closed by the peer"):
        shared.stream.send([mux.request(4)], None)


def test_closing_wakes_all_who_wait(shared: Shared) -> None:
    calls = [shared.begin(number, SOON) for number in (1, 2)]
    shared.stream.close()
    for call in calls:
        with pytest.raises(ConnectionClosed, match="the client is closed"):
            call.result(SOON)
    assert shared.peer.is_left()


@pytest.mark.parametrize(
    "data", [b"HTTP/1.1 200 OK\r\n", pack(FRAMED_BINARY, MessageKind.REPLY, "add", 1, result(ADD, success=1))]
)
def test_what_is_no_answer_ends_the_stream(shared: Shared, data: bytes) -> None:
    call = shared.begin(1)
    shared.peer.send(data)
    with pytest.raises(ConnectionClosed, match="connection closed after an error"):
        call.result(SOON)


def test_a_request_half_sent_ends_the_stream(shared: Shared) -> None:
    waiting = shared.begin(1)
    huge = mux.request(2) + bytes(32 << 20)
    with pytest.raises(TimeoutError):
        shared.stream.call([huge], Deadline.after(0.05))
    with pytest.raises(ConnectionClosed, match="half sent"):
        waiting.result(SOON)
    assert not shared.stream.is_usable


def test_waiting_for_ones_turn_to_send_sends_nothing(shared: Shared) -> None:
    """One thread is stuck sending; another gives up before its turn: the stream stays sound."""
    begun = threading.Event()
    huge = pack(FRAMED_BINARY, MessageKind.ONEWAY, "add", 1, args(ADD, a=1, b=2)) * 300_000

    def send() -> None:
        begun.set()
        shared.stream.send([huge], Deadline.after(SOON))

    sending = shared.threads.submit(send)
    assert begun.wait(SOON)
    while not shared.stream._sending.locked():
        """Until it has the turn."""
    with pytest.raises(TimeoutError):
        shared.stream.call([mux.request(2)], Deadline.after(0.02))
    received = 0
    while received < len(huge):
        received += len(shared.peer.socket.recv(1 << 20))
    sending.result(SOON)
    assert shared.stream.is_usable


def test_a_sender_reads_when_its_peer_must_be_rid_of_answers(shared: Shared) -> None:
    """The peer reads nothing until all its answers are taken, which only the sending thread is there to take."""
    answers = mux.reply(-1) * 200_000
    huge = mux.request(1) + bytes(8 << 20)

    def answer() -> None:
        shared.peer.send(answers)
        received = 0
        while received < len(huge):
            received += len(shared.peer.socket.recv(1 << 20))
        shared.peer.send(mux.reply(1))

    answering = shared.threads.submit(answer)
    assert mux.value(shared.stream.call([huge], Deadline.after(SOON))) == 1
    answering.result(SOON)


def test_a_lane_tells_what_may_be_tried_again(shared: Shared) -> None:
    fresh = BlockingLane(shared.stream)
    call = shared.threads.submit(fresh.call, [mux.request(1)], None)
    shared.peer.send(mux.reply(shared.peer.request()))
    assert value(call) == 1
    assert (fresh.is_reused, fresh.heard_nothing, fresh.is_healthy) == (False, False, True)
    again = BlockingLane(shared.stream)
    call = shared.threads.submit(again.call, [mux.request(2)], None)
    assert shared.peer.request() == 2
    beside = BlockingLane(shared.stream)
    other = shared.threads.submit(beside.call, [mux.request(3)], None)
    assert shared.peer.request() == 3
    shared.peer.socket.close()
    for each in (call, other):
        with pytest.raises(ConnectionClosed):
            each.result(SOON)
    assert (again.is_reused, again.heard_nothing) == (True, True)
    assert not beside.is_reused  # another call was in flight: the peer was alive
    late = BlockingLane(shared.stream)
    with pytest.raises(ConnectionClosed):
        late.send([mux.request(4)], None)
    assert (late.is_reused, late.heard_nothing) == (True, True)
    late.close()


def test_many_threads_and_a_peer_that_mixes_up_everything(shared: Shared) -> None:
    """Some are hasty, answers come in any order and any pieces: nobody gets another's."""
    count = 1500
    mixing = random.Random(7)

    def answer() -> None:
        held: list[bytes] = []
        while (number := shared.peer.request_or_end(waits=not held)) is not None:
            if number:
                held.append(mux.reply(number))
            if not number or mixing.random() < 0.2:
                mixing.shuffle(held)
                data, cut = b"".join(held), mixing.randrange(60)
                with suppress(ConnectionError):  # nobody waits for the last ones, when all left were hasty
                    shared.peer.send(data[:cut])
                    shared.peer.send(data[cut:])
                held.clear()

    def call(number: int) -> int:
        hasty = number % 10 == 0
        try:
            return mux.value(shared.stream.call([mux.request(number)], Deadline.after(0.0005 if hasty else SOON)))
        except TimeoutError:
            assert hasty
            return number

    answering = threading.Thread(target=answer, daemon=True)
    answering.start()
    assert list(shared.threads.map(call, range(1, count + 1))) == list(range(1, count + 1))
    assert shared.stream.in_flight == 0
    shared.stream.close()
    answering.join(SOON)
    assert not answering.is_alive()
