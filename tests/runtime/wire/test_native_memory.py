"""The compiled codec gives back what it takes, also when there is none to be had."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from array import array
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from kitexgen.runtime.contract.model import FrozenMap
from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.thrift import decode, encode, encoded_size
from kitexgen.runtime.wire import (
    ThriftProtocol,
    append_binary,
    decode_binary,
    read_message_begin,
    write_message_begin,
)
from tests.builders.blocks import blocks_after, check_nothing_stays, starve
from tests.builders.codecs import compiled_codec
from tests.builders.records import FULL, Choice, Color, Containers, Kept, User

__all__ = ["compiled_codec"]

CALLS = 20_000
PROTOCOLS: list[ThriftProtocol] = ["binary", "compact"]
ROOT = Path(__file__).parents[3]

# Those that make no Python code run on the way: CPython itself does not survive want of memory in all of its own.
STARVED: list[Any] = [
    *FULL[:3],
    Containers(matrix=[[0.5, 1.5], []], by_flag={True: 1}, by_ratio={0.5: UUID(int=5)}, choices=[Choice(number=2**50)]),
]


@pytest.mark.parametrize("record", FULL, ids=lambda record: type(record).__name__)
@pytest.mark.parametrize("protocol", ["binary", "compact"])
def test_nothing_is_left_behind(record: Any, protocol: Any) -> None:
    data = encode(record, protocol=protocol)

    def both_ways() -> None:
        decode(type(record), data, protocol=protocol)
        encode(record, protocol=protocol)
        encoded_size(record, protocol=protocol)

    check_nothing_stays(both_ways, 5000, type(record), Color, UUID, FrozenMap)


@pytest.mark.parametrize("record", FULL, ids=lambda record: type(record).__name__)
def test_nothing_is_left_behind_by_mistakes(record: Any) -> None:
    data = encode(record)
    cuts = [data[:end] for end in range(0, len(data), max(1, len(data) // 40))]

    def refused() -> None:
        for cut in cuts:
            try:
                decode(type(record), cut)
            except DecodeError:
                pass
            else:
                raise AssertionError("a cut message was read")

    assert blocks_after(refused, 100) < 1000  # a block a refusal would be several thousand


def test_nothing_is_left_behind_by_what_cannot_be_written() -> None:
    record: Any = Containers(matrix=[[0.5]], choices=[Choice(number=1), None])  # type: ignore[list-item]

    def refused() -> None:
        with pytest.raises(EncodeError):
            encode(record)

    assert blocks_after(refused, 1000) < 200


def test_the_functions_of_a_call() -> None:
    user = User(id=1, tags=["a"])

    def call() -> None:
        pieces = [write_message_begin("binary", "Method", 1, 70_000)]
        append_binary(user, pieces)
        data = b"".join(pieces)
        begin = read_message_begin("binary", data)
        assert decode_binary(User, data, begin.at)[1] == len(data)

    check_nothing_stays(call, CALLS, User)


def test_every_place_where_memory_may_run_out() -> None:
    for record in STARVED:
        for protocol in PROTOCOLS:
            data = encode(record, protocol=protocol)
            twin = decode(type(record), data, protocol=protocol)
            assert starve(partial(encode, record, protocol=protocol)) == data
            assert starve(partial(decode, type(record), data, protocol=protocol)) == twin
            assert starve(partial(encoded_size, record, protocol=protocol)) == len(data)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_place_where_memory_may_run_out_of_what_is_packed(protocol: ThriftProtocol) -> None:
    record = Containers(numbers=array("i", range(300)))
    data = encode(record, protocol=protocol)
    assert starve(partial(encode, record, protocol=protocol)) == data
    assert starve(partial(decode, Containers, data, protocol=protocol)) == record


def test_every_place_where_memory_may_run_out_of_what_is_kept() -> None:
    """In binary: what is unknown in it is written in compact by Python."""
    data = encode(User(id=1, name="not known there", tags=["a"]))
    record = decode(Kept, data)
    assert starve(partial(decode, Kept, data)) == record
    assert starve(partial(encode, record)) == encode(record)


def test_every_place_where_memory_may_run_out_in_a_call() -> None:
    user = User(id=2**40, name="x" * 5000, tags=["a"])  # more than the buffer on the stack takes
    begin = write_message_begin("binary", "Method", 1, 70_000)
    data = begin + encode(user)

    def append() -> list[bytes]:
        pieces: list[bytes] = []
        append_binary(user, pieces)
        return pieces

    assert starve(partial(write_message_begin, "binary", "Method", 1, 70_000)) == begin
    assert starve(partial(read_message_begin, "binary", data)).at == len(begin)
    assert begin + b"".join(starve(append)) == data
    assert starve(partial(decode_binary, User, data, len(begin))) == (user, len(data))


def test_a_count_that_lies_costs_little() -> None:
    import tracemalloc  # noqa: PLC0415

    bombs = [
        (Containers, b"\x0f\x00\x08\x0c\x00\x01\x00\x00" + bytes(0x10000)),
        (Kept, b"\x0b\x00\x02\x7f\xff\xff\xff"),
        (Containers, b"\x0f\x00\x09\x08\x7f\xff\xff\xff" + bytes(100)),
        (Containers, b"\x0d\x00\x04\x02\x03\x00\x00\x80\x00" + b"\x01\x01" * 0x8000),
    ]
    for cls, data in bombs:
        tracemalloc.start()
        with contextlib.suppress(DecodeError):
            decode(cls, data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 100 * len(data) + 300_000  # an empty union is one byte there, and 64 here


COUNT_REFERENCES = """
import sys
from kitexgen.runtime.thrift import decode, encode
from tests.builders.records import Scalars
data = encode(Scalars(word=2**30, long=2**60, ratio=0.5, text="text"))
for _ in range(100):
    record = decode(Scalars, data)
    print(*[sys.getrefcount(getattr(record, name)) for name in ("word", "long", "ratio", "text")])
"""


def test_whatever_was_in_its_memory_an_object_begins_with_one_reference() -> None:
    """Macros of CPython 3.12 take an object for immortal when what was left in its memory looks like one."""
    run = subprocess.run(
        [sys.executable, "-c", COUNT_REFERENCES],
        env={**os.environ, "PYTHONMALLOC": "debug", "PYTHONPATH": str(ROOT)},  # fills new memory with 0xCD
        capture_output=True,
        text=True,
        check=True,
    )
    counts = {int(count) for count in run.stdout.split()}
    assert len(counts) == 1
    assert counts < {2, 3}
