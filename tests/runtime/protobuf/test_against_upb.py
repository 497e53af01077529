"""Any bytes at all: the verdict, the values and the bytes written again are those of upb."""

from __future__ import annotations

import importlib
from random import Random
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from kitexgen.runtime import protobuf
from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.wire.protobuf_read import read_message
from kitexgen.runtime.wire.protobuf_write import write_message
from tests.builders.messages import Pair, assert_same, pairs
from tests.strategies.wire_messages import WireMessages, varint

upb = pytest.importorskip("google.protobuf.message", reason="the peer")

PAIRS = list(pairs().values())


def generated_codec(cls: type) -> tuple[Any, Any]:
    package, _, module = cls.__module__.rpartition(".")
    codec: tuple[Any, Any] = importlib.import_module(f"{package}._{module}_codec").CODECS[cls]
    return codec


def shown(message: Any) -> str:
    return repr(message)


@settings(max_examples=1200)
@given(pair=st.sampled_from(PAIRS), seed=st.integers(0, 2**32), is_mutated=st.booleans())
def test_whatever_comes_is_read_as_upb_reads_it(pair: Pair, seed: int, is_mutated: bool) -> None:
    made = WireMessages(Random(seed))
    data = made.message(pair.theirs.DESCRIPTOR, seed % 5)
    if is_mutated:
        data = made.mutated(data)
    note(f"{pair} {data.hex()}")
    try:
        theirs = pair.theirs.FromString(data)
    except upb.DecodeError:
        with pytest.raises(DecodeError):
            protobuf.decode(pair.ours, data)
        return
    ours = protobuf.decode(pair.ours, data)
    assert_same(ours, theirs)
    check_written(pair, ours, theirs)


def check_written(pair: Pair, ours: Any, theirs: Any) -> None:
    if "nan" in shown(ours):
        return  # Python has no way to keep every one of the many
    if not theirs.IsInitialized():
        with pytest.raises(EncodeError, match="required field"):
            protobuf.encode(ours)
        return
    data = protobuf.encode(ours, deterministic=True)
    wanted = theirs.SerializePartialToString(deterministic=True)
    if data != wanted:
        # An entry of a map that has unknown fields is one itself: ours stays as it came, upb's is written anew.
        assert pair.theirs.FromString(data).SerializePartialToString(deterministic=True) == wanted
    assert protobuf.decode(pair.ours, data) == ours


@settings(max_examples=600)
@given(pair=st.sampled_from(PAIRS), seed=st.integers(0, 2**32))
def test_the_generated_codec_is_the_careful_one(pair: Pair, seed: int) -> None:
    data = WireMessages(Random(seed)).message(pair.theirs.DESCRIPTOR, seed % 5)
    note(f"{pair} {data.hex()}")
    write, read = generated_codec(pair.ours)
    try:
        fast = read(data, 0, len(data), 100)
    except Exception:
        return  # the careful reader decides
    careful = read_message(pair.ours, data)
    assert shown(fast) == shown(careful)
    assert fast.__unknown__ == careful.__unknown__
    try:
        pieces = write(fast)
    except Exception:
        return
    assert b"".join(pieces) == b"".join(write_message(careful))


@settings(max_examples=400)
@given(pair=st.sampled_from(PAIRS), seed=st.integers(0, 2**32))
def test_what_upb_writes_is_read_and_written_without_the_careful_codec(pair: Pair, seed: int) -> None:
    """Groups, sets of messages and closed enums in maps aside: these are left to it."""
    made = WireMessages(Random(seed)).message(pair.theirs.DESCRIPTOR, 2)
    try:
        theirs = pair.theirs.FromString(made)
        theirs.DiscardUnknownFields()
        data = theirs.SerializeToString(deterministic=True)
    except (upb.DecodeError, upb.EncodeError):
        return
    if any(name in pair.ours.__schema__[1] for name in ("2023", "messages2.Lists", "messages2.Chosen", "Old")):
        return
    note(f"{pair} {data.hex()}")
    write, read = generated_codec(pair.ours)
    fast = read(data, 0, len(data), 100)
    if "nan" not in shown(fast):
        assert protobuf.decode(pair.ours, b"".join(write(fast))) == fast


@pytest.mark.parametrize("count", [99, 100, 101])
@pytest.mark.parametrize("name", ["messages2.Inner", "messages3.Inner"])
def test_depth_of_messages(name: str, count: int) -> None:
    pair = pairs()[name]
    data = b""
    for _ in range(count):
        data = b"\x1a" + varint(len(data)) + data
    check_verdict(pair, data)


@pytest.mark.parametrize("count", [99, 100, 101])
@pytest.mark.parametrize("field", [19, 500])
def test_depth_of_groups(field: int, count: int) -> None:
    begin, end = varint(field << 3 | 3), varint(field << 3 | 4)
    check_verdict(pairs()["messages2.Lists"], begin * count + end * count)


@pytest.mark.parametrize("count", [48, 49, 50, 51])
def test_depth_of_maps_of_maps(count: int) -> None:
    data = b""
    for _ in range(count):
        entry = b"\x12" + varint(len(data)) + data
        data = b"\x42" + varint(len(entry)) + entry
    check_verdict(pairs()["messages3.Maps"], data)


def check_verdict(pair: Pair, data: bytes) -> None:
    try:
        pair.theirs.FromString(data)
    except upb.DecodeError:
        with pytest.raises(DecodeError):
            protobuf.decode(pair.ours, data)
    else:
        protobuf.decode(pair.ours, data)
