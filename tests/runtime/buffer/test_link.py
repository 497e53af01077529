"""LinkBuffer does what a bytearray would, and keeps every view it gave true."""

from __future__ import annotations

import socket
from array import array
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kitexgen.runtime.buffer.blocks import BlockPool
from kitexgen.runtime.buffer.link import BLOCK, MAX_PIECES, LinkBuffer
from kitexgen.runtime.buffer.pieces import LARGE


@pytest.fixture
def pool() -> BlockPool:
    return BlockPool()


@pytest.fixture
def buffer(pool: BlockPool) -> LinkBuffer:
    return LinkBuffer(pool)


def pattern(size: int) -> bytes:
    """`size` bytes in which no stretch looks like another."""
    return b"".join(number.to_bytes(4) for number in range(size // 4 + 1))[:size]


# --- reading ----------------------------------------------------------------------------------------------------------


def test_within_a_block_nothing_is_copied(buffer: LinkBuffer) -> None:
    room = buffer.reserve(6)
    room[:] = b"abcdef"
    buffer.commit()
    peeked, taken = buffer.peek(3), buffer.next(4)
    room[0] = ord("X")  # against the rules, and thereby to be seen that the memory is the same
    assert (bytes(peeked), bytes(taken)) == (b"Xbc", b"Xbcd")


def test_across_blocks_bytes_are_joined_once(buffer: LinkBuffer) -> None:
    whole = pattern(3 * BLOCK)
    for at in range(0, len(whole), 3000):
        buffer.feed(whole[at : at + 3000])
    assert len(buffer.pieces()) > 1
    first = buffer.peek(len(whole) - 1)
    assert first == whole[:-1]
    assert buffer.peek(len(whole) - 1).obj is first.obj
    assert buffer.next(len(whole)) == whole
    assert len(buffer) == 0


def test_views_are_read_only(buffer: LinkBuffer) -> None:
    buffer.feed(bytearray(b"abc"))
    buffer.feed(bytearray(LARGE))
    assert all(view.readonly for view in (*buffer.pieces(), buffer.peek(1), buffer.peek(5), buffer.next(2)))


def test_a_copy_is_private(buffer: LinkBuffer) -> None:
    room = buffer.reserve(3)
    room[:] = b"abc"
    buffer.commit()
    copied = buffer.read(3)
    room[:] = b"xyz"
    assert copied == b"abc"


@pytest.mark.parametrize("size", [-1, 4])
def test_what_is_not_there_cannot_be_read(buffer: LinkBuffer, size: int) -> None:
    buffer.feed(b"abc")
    for read in (buffer.peek, buffer.next, buffer.read, buffer.skip, buffer.slice):
        with pytest.raises(ValueError, match=f"^{size} bytes asked of 3$"):
            read(size)
    assert buffer.read(3) == b"abc"


@pytest.mark.parametrize(
    ("pieces", "delimiter", "found"),
    [
        ((b"ab\r\ncd",), b"\r\n", b"ab\r\n"),
        ((b"ab\r", b"\ncd\r\n"), b"\r\n", b"ab\r\n"),
        ((b"a", b"b", b"c", b"d", b"e"), b"bcd", b"abcd"),
        ((b"aab", b"aac"), b"aac", b"aabaac"),
        ((b"a", b"aa", b"ab"), b"aab", b"aaaab"),
        ((b"\n",), b"\n", b"\n"),
        ((b"ab", b"\r"), b"\r\n", None),
        ((), b"\r\n", None),
    ],
)
def test_until(
    buffer: LinkBuffer, pool: BlockPool, pieces: Sequence[bytes], delimiter: bytes, found: bytes | None
) -> None:
    whole = b"".join(pieces)
    for piece in pieces:
        # a block each
        part = LinkBuffer(pool)
        part.feed(piece)
        buffer.append(part)
        buffer.commit()
    assert len(buffer.pieces()) == len(pieces)
    view = buffer.until(delimiter)
    assert (None if view is None else bytes(view)) == found
    assert buffer.read(len(buffer)) == (whole if found is None else whole[len(found) :])


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_until_within_chained_memory(buffer: LinkBuffer, kind: type[bytes]) -> None:
    buffer.feed(b"ab")
    buffer.feed(kind(bytes(LARGE) + b"\r\nrest"))
    found = buffer.until(b"\r\n")
    assert found is not None
    assert bytes(found) == b"ab" + bytes(LARGE) + b"\r\n"
    assert buffer.read(4) == b"rest"


def test_an_empty_delimiter_is_a_mistake(buffer: LinkBuffer) -> None:
    with pytest.raises(ValueError, match="an empty delimiter is everywhere"):
        buffer.until(b"")


def test_a_slice_shares_the_memory_and_outlives_the_buffer(buffer: LinkBuffer, pool: BlockPool) -> None:
    whole = pattern(2 * BLOCK)
    room = buffer.reserve(BLOCK)
    room[:] = whole[:BLOCK]
    buffer.write(whole[BLOCK:])
    buffer.commit()
    part = buffer.slice(BLOCK + 10)
    assert part.peek(8).obj is room.obj
    buffer.close()
    room.release()
    assert part.read(len(part)) == whole[: BLOCK + 10]
    assert (pool.taken, pool.viewed) == (0, 0)


# --- writing ----------------------------------------------------------------------------------------------------------


def test_nothing_can_be_read_before_commit(buffer: LinkBuffer) -> None:
    size = buffer.reserve(2)
    buffer.write(b"abc")
    assert (len(buffer), buffer.written) == (0, 5)
    size[:] = (3).to_bytes(2)
    buffer.commit()
    assert (len(buffer), buffer.written) == (5, 0)
    assert buffer.read(5) == b"\x00\x03abc"


def test_a_commit_keeps_the_first_bytes_of_all_that_was_written(buffer: LinkBuffer, pool: BlockPool) -> None:
    buffer.feed(b"before ")
    for piece in (b"abc", bytes(LARGE), b"def"):
        buffer.write(piece)
    buffer.commit(5)
    buffer.feed(b" after")
    assert buffer.read(len(buffer)) == b"before abc\0\0 after"
    assert pool.taken == 0


@pytest.mark.parametrize("size", [-1, 4])
def test_what_was_not_written_cannot_be_committed(buffer: LinkBuffer, size: int) -> None:
    buffer.write(b"abc")
    with pytest.raises(ValueError, match=f"^{size} bytes cannot be committed, 3 are written$"):
        buffer.commit(size)
    buffer.commit()
    assert buffer.read(3) == b"abc"


def test_nothing_can_be_reserved_behind_what_was_fed(buffer: LinkBuffer) -> None:
    buffer.feed(b"a")
    room = buffer.reserve(0)
    assert not room.readonly
    buffer.commit()
    assert buffer.read(1) == b"a"


def test_less_than_nothing_cannot_be_reserved(buffer: LinkBuffer) -> None:
    with pytest.raises(ValueError, match="-1 bytes cannot be reserved"):
        buffer.reserve(-1)


def test_large_data_is_chained_small_data_copied(buffer: LinkBuffer) -> None:
    small, large = bytearray(LARGE - 1), bytearray(LARGE)
    buffer.feed(small)
    buffer.feed(large)
    first, second = buffer.pieces()
    assert first.obj is not small
    assert second.obj is large


def test_any_buffer_of_bytes_is_taken(buffer: LinkBuffer) -> None:
    numbers = array("I", range(2000))
    buffer.feed(memoryview(numbers)[:3])
    buffer.feed(memoryview(numbers))
    assert buffer.read(len(buffer)) == numbers[:3].tobytes() + numbers.tobytes()


@pytest.mark.parametrize("size", [6, 3 * LARGE])
def test_scattered_bytes_are_refused(buffer: LinkBuffer, size: int) -> None:
    with pytest.raises(TypeError):
        buffer.write(memoryview(bytes(size))[::2])
    assert buffer.written == 0


def test_appending_moves_the_blocks(buffer: LinkBuffer, pool: BlockPool) -> None:
    other = LinkBuffer(pool)
    other.feed(bytearray(b"world"))
    memory = other.peek(1).obj
    buffer.write(b"hello ")
    buffer.append(other)
    assert (len(other), len(buffer), buffer.written) == (0, 0, 11)
    buffer.commit()
    assert buffer.pieces()[1].obj is memory
    buffer.feed(bytearray(b"!"))  # there is room in the block that came over
    assert len(buffer.pieces()) == 2
    assert buffer.read(12) == b"hello world!"
    assert pool.taken == 0


def test_what_cannot_be_appended(buffer: LinkBuffer, pool: BlockPool) -> None:
    other = LinkBuffer(pool)
    other.write(b"abc")
    with pytest.raises(ValueError, match="3 bytes of the other buffer are not committed"):
        buffer.append(other)
    with pytest.raises(ValueError, match="cannot be appended to itself"):
        buffer.append(buffer)
    with pytest.raises(ValueError, match="from another pool"):
        buffer.append(LinkBuffer(BlockPool()))


# --- sending ----------------------------------------------------------------------------------------------------------


def test_one_gathered_write_sends_everything(buffer: LinkBuffer, pool: BlockPool) -> None:
    whole = b"head" + pattern(LARGE + 100) + b"tail"
    for piece in (whole[:4], whole[4:-4], whole[-4:]):
        buffer.write(piece)
    buffer.commit()
    near, far = socket.socketpair()
    with closing(near), closing(far):
        near.settimeout(5)
        far.settimeout(5)
        assert buffer.flush(near.sendmsg) == len(whole)
        assert far.recv(2 * len(whole), socket.MSG_WAITALL | socket.MSG_DONTWAIT) == whole
    assert (len(buffer), pool.taken, pool.viewed) == (0, 0, 0)


def test_what_was_not_sent_stays(buffer: LinkBuffer) -> None:
    buffer.feed(b"abcdef")
    assert buffer.flush(lambda _: 4) == 4
    assert buffer.read(2) == b"ef"


def test_an_empty_buffer_sends_nothing(buffer: LinkBuffer) -> None:
    assert buffer.flush(lambda _: pytest.fail("called for nothing")) == 0


def test_a_failed_write_takes_nothing_off(buffer: LinkBuffer) -> None:
    def refuse(_: Sequence[memoryview]) -> int:
        raise BlockingIOError

    buffer.feed(b"abc")
    with pytest.raises(BlockingIOError):
        buffer.flush(refuse)
    assert buffer.read(3) == b"abc"


def test_no_more_pieces_than_the_system_takes(buffer: LinkBuffer) -> None:
    piece = bytes(LARGE)
    for _ in range(MAX_PIECES + 5):
        buffer.write(piece)
    buffer.commit()
    assert len(buffer.pieces()) == MAX_PIECES
    assert buffer.flush(lambda pieces: sum(map(len, pieces))) == MAX_PIECES * len(piece)
    assert len(buffer) == 5 * len(piece)


# --- blocks -----------------------------------------------------------------------------------------------------------


def test_one_object_alone_needs_no_block_and_is_given_back_as_it_is(buffer: LinkBuffer, pool: BlockPool) -> None:
    data = pattern(100)
    buffer.feed(data)
    assert buffer.read(100) is data
    buffer.feed(data[:40])
    buffer.feed(data[40:])
    assert (buffer.read(100), pool.taken, pool.idle) == (data, 0, 0)


def test_what_trickles_in_fills_blocks(buffer: LinkBuffer, pool: BlockPool) -> None:
    data = pattern(5 * BLOCK)
    for at in range(0, len(data), 100):
        buffer.feed(data[at : at + 100])
    assert pool.taken <= 5
    assert buffer.read(len(data)) == data
    assert pool.taken == 0


def test_an_emptied_buffer_holds_no_block(buffer: LinkBuffer, pool: BlockPool) -> None:
    buffer.write(b"abc")
    buffer.commit()
    assert pool.taken == 1
    buffer.skip(3)
    assert (pool.taken, pool.idle) == (0, 1)


def test_memory_under_a_view_is_not_used_again(buffer: LinkBuffer, pool: BlockPool) -> None:
    buffer.feed(bytearray(b"abc"))
    kept = buffer.next(3)
    assert (pool.taken, pool.viewed) == (0, 1)
    buffer.feed(bytearray(b"xyz"))
    assert bytes(kept) == b"abc"
    assert buffer.peek(3).obj is not kept.obj
    kept.release()
    assert pool.viewed == 0


def test_closing_gives_everything_back(buffer: LinkBuffer, pool: BlockPool) -> None:
    buffer.feed(bytes(BLOCK))
    buffer.write(b"not committed")
    buffer.close()
    assert (len(buffer), buffer.written, pool.taken) == (0, 0, 0)
    buffer.feed(b"again")
    assert buffer.read(5) == b"again"


# --- the model --------------------------------------------------------------------------------------------------------

SIZES = st.integers(0, 40) | st.sampled_from([1000, LARGE - 1, LARGE, 5000, BLOCK, BLOCK + 1, 20_000])
FRACTIONS = st.floats(0, 1)


class Model(RuleBasedStateMachine):
    """Every operation is done to a LinkBuffer and to a bytearray. `kept`: views, and what they must go on showing."""

    @initialize()
    def begin(self) -> None:
        self.pool = BlockPool()
        self.buffer = LinkBuffer(self.pool)
        self.readable = bytearray()
        self.written = bytearray()
        self.kept: list[tuple[memoryview, bytes]] = []
        self.slices: list[tuple[LinkBuffer, bytes]] = []
        self.count = 0

    def fresh(self, size: int) -> bytes:
        """Bytes unlike all that came before."""
        self.count += 1
        return (self.count.to_bytes(3) + b"\n").ljust(size, bytes((self.count % 251,)))[:size]

    def part(self, fraction: float) -> int:
        return round(fraction * len(self.readable))

    def took(self, view: memoryview, size: int) -> None:
        assert view == self.readable[:size]
        self.kept.append((view, bytes(self.readable[:size])))

    @rule(size=SIZES, kind=st.sampled_from([bytes, bytearray, memoryview]))
    def write(self, size: int, kind: Any) -> None:
        data = self.fresh(size)
        self.buffer.write(kind(data))
        self.written += data

    @rule(size=SIZES)
    def reserve(self, size: int) -> None:
        data = self.fresh(size)
        self.buffer.reserve(size)[:] = data
        self.written += data

    @rule(size=SIZES, kind=st.sampled_from([bytes, bytearray]))
    def feed(self, size: int, kind: Any) -> None:
        data = self.fresh(size)
        self.buffer.feed(kind(data))
        self.readable += self.written + data
        self.written.clear()

    @rule(fraction=st.none() | FRACTIONS)
    def commit(self, fraction: float | None) -> None:
        size = None if fraction is None else round(fraction * len(self.written))
        self.buffer.commit(size)
        self.readable += self.written[:size]
        self.written.clear()

    @rule(fraction=FRACTIONS)
    def peek(self, fraction: float) -> None:
        size = self.part(fraction)
        self.took(self.buffer.peek(size), size)

    @rule(fraction=FRACTIONS)
    def next(self, fraction: float) -> None:
        size = self.part(fraction)
        self.took(self.buffer.next(size), size)
        del self.readable[:size]

    @rule(fraction=FRACTIONS)
    def read(self, fraction: float) -> None:
        size = self.part(fraction)
        assert self.buffer.read(size) == self.readable[:size]
        del self.readable[:size]

    @rule(fraction=FRACTIONS, behind=FRACTIONS)
    def read_behind(self, fraction: float, behind: float) -> None:
        skipped = self.part(behind)
        end = skipped + round(fraction * (len(self.readable) - skipped))
        assert self.buffer.read(end - skipped, behind=skipped) == self.readable[skipped:end]
        del self.readable[:end]

    @rule(size=st.integers(0, 100_000))
    def start(self, size: int) -> None:
        assert self.buffer.start(size) == self.readable[:size]

    @rule(fraction=st.floats(0, 1.5))
    def window(self, fraction: float) -> None:
        at = self.part(fraction)
        assert self.buffer.window(at) == self.readable[at:]

    @rule(fraction=FRACTIONS)
    def skip(self, fraction: float) -> None:
        size = self.part(fraction)
        self.buffer.skip(size)
        del self.readable[:size]

    @rule(delimiter=st.sampled_from([b"\n", b"\x01\n", b"\x00\x00\x05", b"\x07\x07\x00"]))
    def until(self, delimiter: bytes) -> None:
        found = self.readable.find(delimiter)
        view = self.buffer.until(delimiter)
        if found < 0:
            assert view is None
        else:
            assert view is not None
            size = found + len(delimiter)
            self.took(view, size)
            del self.readable[:size]

    @rule(fraction=FRACTIONS)
    def slice(self, fraction: float) -> None:
        size = self.part(fraction)
        self.slices.append((self.buffer.slice(size), bytes(self.readable[:size])))
        del self.readable[:size]

    @precondition(lambda self: self.slices)
    @rule()
    def append(self) -> None:
        part, data = self.slices.pop()
        self.buffer.append(part)
        assert len(part) == 0
        self.written += data

    @rule(fraction=FRACTIONS)
    def flush(self, fraction: float) -> None:
        def send(pieces: Sequence[memoryview]) -> int:
            assert b"".join(pieces) == self.readable
            return self.part(fraction)

        sent = self.buffer.flush(send)
        del self.readable[:sent]

    @precondition(lambda self: self.kept)
    @rule(fraction=FRACTIONS)
    def forget(self, fraction: float) -> None:
        del self.kept[round(fraction * (len(self.kept) - 1))]

    @rule()
    def close(self) -> None:
        self.buffer.close()
        self.readable.clear()
        self.written.clear()
        assert self.pool.taken == 0

    @invariant()
    def agrees(self) -> None:
        assert (len(self.buffer), self.buffer.written) == (len(self.readable), len(self.written))
        assert self.buffer.window(0) == self.readable  # which changes nothing, as `pieces` might
        for view, data in self.kept:
            assert view == data
        for part, data in self.slices:
            assert part.window(0) == data

    def teardown(self) -> None:
        if not hasattr(self, "pool"):
            return
        self.kept.clear()
        self.slices.clear()
        self.buffer.close()
        assert (self.pool.taken, self.pool.viewed) == (0, 0)


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
