"""The pool lends what nobody sees."""

from __future__ import annotations

import pytest

from kitexgen.runtime.buffer.blocks import MAX_BLOCK, MAX_VIEWED, MIN_BLOCK, BlockPool, block_size, is_unseen


@pytest.mark.parametrize(
    ("asked", "lent"),
    [
        (0, 4096),
        (1, 4096),
        (4096, 4096),
        (4097, 8192),
        (8192, 8192),
        (100_000, 131_072),
        (MAX_BLOCK + 1, 2 * MAX_BLOCK),
    ],
)
def test_sizes(asked: int, lent: int) -> None:
    assert block_size(asked) == lent
    assert len(BlockPool().take(asked)) == lent


def test_a_block_is_used_again() -> None:
    pool = BlockPool()
    block = pool.take(1)
    assert (pool.taken, pool.idle) == (1, 0)
    pool.give_back(block)
    assert (pool.taken, pool.idle) == (0, 1)
    assert pool.take(1) is block
    assert (pool.taken, pool.idle) == (1, 0)


def test_a_block_of_another_size_is_not() -> None:
    pool = BlockPool()
    block = pool.take(1)
    pool.give_back(block)
    assert pool.take(MIN_BLOCK + 1) is not block


def test_a_viewed_block_waits_for_its_views() -> None:
    pool = BlockPool()
    block = pool.take(1)
    view = memoryview(block)
    part = view[10:20].toreadonly()
    view.release()
    pool.give_back(block)
    assert (pool.taken, pool.viewed, pool.idle) == (0, 1, 0)
    assert pool.take(1) is not block
    part.release()
    assert pool.take(1) is block
    assert pool.viewed == 0


def test_looking_finds_blocks_whose_views_are_gone() -> None:
    pool = BlockPool()
    block = pool.take(1)
    with memoryview(block):
        pool.give_back(block)
        assert (pool.viewed, pool.idle) == (1, 0)
    assert (pool.viewed, pool.idle) == (0, 1)


def test_what_lies_idle_is_bounded() -> None:
    pool = BlockPool(max_idle=2 * MIN_BLOCK)
    blocks = [pool.take(1) for _ in range(3)]
    for block in blocks:
        pool.give_back(block)
    assert (pool.taken, pool.idle) == (0, 2)


def test_what_is_watched_is_bounded() -> None:
    pool = BlockPool()
    blocks = [pool.take(1) for _ in range(MAX_VIEWED + 1)]
    views = [memoryview(block) for block in blocks]
    for block in blocks:
        pool.give_back(block)
    assert pool.viewed == MAX_VIEWED
    for view in views:
        view.release()
    assert (pool.viewed, pool.idle) == (0, MAX_VIEWED)


def test_a_huge_block_is_not_kept() -> None:
    pool = BlockPool(max_idle=1 << 30)
    pool.give_back(pool.take(MAX_BLOCK + 1))
    assert (pool.taken, pool.idle) == (0, 0)
    pool.give_back(pool.take(MAX_BLOCK))
    assert pool.idle == 1


def test_looking_changes_nothing() -> None:
    block = bytearray(b"abc")
    assert is_unseen(block)
    assert block == b"abc"
    with memoryview(block):
        assert not is_unseen(block)
