"""The compiled codec gives back what it takes, also when there is none to be had."""

from __future__ import annotations

import contextlib
from array import array
from functools import partial
from typing import Any

import pytest

from kitexgen.runtime import protobuf
from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.wire.protobuf_codec import append_protobuf, decode_protobuf, encode_protobuf
from tests.builders.blocks import blocks_after, check_nothing_stays, starve
from tests.builders.codecs import compiled_codec
from tests.builders.messages import generated

__all__ = ["compiled_codec"]

types2: Any = generated().module("messages2.messages2")
types3: Any = generated().module("messages3.messages3")
arrays: Any = generated().module("messages_arrays.messages_arrays")

MESSAGES: list[Any] = [
    types3.Scalars(
        a_bool=True, an_int32=-1, an_int64=2**60, a_uint64=2**64 - 1, a_sint64=-(2**63), a_fixed64=2**63,
        a_float=0.5, a_double=1.5, a_string="é" * 500, some_bytes=b"x" * 3000, a_color=types3.Color.BLUE,
    ),
    types3.Lists(
        bools=[True], int64s=[2**40, -1] * 300, uint64s=[2**63], sint32s=[-5], fixed64s=[2**64 - 1] * 5, floats=[0.5],
        doubles=[1.5] * 3, strings=["a", "bc", "é"], blobs=[b"x"], colors=[types3.Color.RED], loose=[1000, 2000],
        loose_colors=[types3.Color.BLUE], inners=[types3.Inner(id=1000, name="name"), types3.Inner()],
    ),
    types3.Maps(
        by_int32={1000: "a"}, inners={"k": types3.Inner(inner=types3.Inner(id=7000))}, colors={True: types3.Color.BLUE},
        numbers={"key": 2**50}, doubles={2**63: 0.5}, texts={"ab": "cd"}, maps={2**60: types3.Maps(texts={"x": ""})},
    ),
    types3.Chosen(inner=types3.Inner(id=2**30), between="x", raw=b"raw"),
    types2.Lists(
        colors=[types2.Color.BLUE], packed_colors=[types2.Color.RED], sint64s=[2**60],
        inners=[types2.Inner(id=5000)],
    ),
    arrays.Numbers(
        int64s=array("q", [2**40, -1] * 300), uint32s=array("I", [2**31]), doubles=array("d", [0.5] * 1000),
        floats=memoryview(array("f", [1.5] * 3)), more=[arrays.Numbers(sint32s=array("i", [-5]))],
    ),
    arrays.Loose(int64s=array("q", [2**40, -1] * 300), floats=array("f", [0.5] * 600), uint64s=array("Q", [2**63])),
]  # fmt: skip

# A message in two pieces, fields out of order and of the other form, unknown ones, a closed enum's unknown numbers.
SENT: list[tuple[Any, str]] = [
    (types2.Inner, "1a0208011a03120161f806071a020802"),
    (types2.Lists, "12020102100518018a010300050210019b0108059c018001028801e807"),
    (types2.Chosen, "08051a0208011a03120161120161"),
    (types2.Maps, "1a04080110021a04080110051200220022050a016b10012a0909"),
    (types2.Scalars, "8001028001051001f806071002"),
    (arrays.Numbers, "08010a020203080462080000000000000840610000000000000040820103620100"),
    (arrays.Loose, "08010a020203080410010a0180"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message.__schema__[1]))
def test_nothing_is_left_behind(message: Any) -> None:
    data = protobuf.encode(message)

    def both_ways() -> None:
        protobuf.decode(type(message), data)
        protobuf.encode(message)
        protobuf.encoded_size(message)

    colors = (types3.Color, types3.Color.BLUE, types2.Color.RED)
    check_nothing_stays(both_ways, 3000, type(message), *colors, types3.Inner)


@pytest.mark.parametrize(("cls", "sent"), SENT)
def test_nothing_is_left_behind_by_what_is_odd(cls: Any, sent: str) -> None:
    data = bytes.fromhex(sent)

    def read() -> None:
        try:
            protobuf.encode(protobuf.decode(cls, data))
        except DecodeError:
            assert cls in (types2.Maps, arrays.Numbers, arrays.Loose)

    check_nothing_stays(read, 2000, cls)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message.__schema__[1]))
def test_nothing_is_left_behind_by_mistakes(message: Any) -> None:
    data = protobuf.encode(message)
    cuts = [data[:end] for end in range(0, len(data), max(1, len(data) // 40))]

    def refused() -> None:
        for cut in cuts:
            with contextlib.suppress(DecodeError):
                protobuf.decode(type(message), cut)

    assert blocks_after(refused, 100) < 1000  # a block a refusal would be several thousand


def test_nothing_is_left_behind_by_what_cannot_be_written() -> None:
    for wrong in (
        types3.Lists(inners=[types3.Inner(name="x" * 100), None]),
        types3.Maps(texts={"a": "b", "c": 5}),
        types3.Lists(strings=["x" * 5000, "\ud800"]),
    ):

        def refused(message: Any = wrong) -> None:
            with pytest.raises(EncodeError):
                protobuf.encode(message)

        assert blocks_after(refused, 1000) < 200


def test_the_functions_of_a_call() -> None:
    message = types3.Inner(id=70_000, name="a", inners=[types3.Inner(id=1)])

    def call() -> None:
        pieces = [b""]
        append_protobuf(message, pieces)
        assert pieces[1] == encode_protobuf(message)
        decode_protobuf(types3.Inner, pieces[1])

    check_nothing_stays(call, 5000, types3.Inner)


@pytest.mark.parametrize("message", [*MESSAGES[:4], *MESSAGES[5:]], ids=lambda message: str(message.__schema__[1]))
def test_every_place_where_memory_may_run_out(message: Any) -> None:
    data = protobuf.encode(message)
    twin = protobuf.decode(type(message), data)
    assert starve(partial(protobuf.encode, message)) == data
    assert starve(partial(protobuf.decode, type(message), data)) == twin
    assert starve(partial(protobuf.encoded_size, message)) == len(data)
    assert starve(partial(encode_protobuf, message)) == data
    assert starve(partial(decode_protobuf, type(message), data)) == twin


def test_every_place_where_memory_may_run_out_in_a_call() -> None:
    message = types3.Scalars(a_string="é" * 500, some_bytes=b"x" * 30_000, an_int64=2**60)

    def append() -> list[bytes]:
        pieces: list[bytes] = []
        append_protobuf(message, pieces)
        return pieces

    assert b"".join(starve(append)) == protobuf.encode(message)


@pytest.mark.parametrize(("cls", "sent"), SENT[:3])
def test_every_place_where_memory_may_run_out_in_what_is_odd(cls: Any, sent: str) -> None:
    data = bytes.fromhex(sent)
    twin = protobuf.decode(cls, data)
    assert starve(partial(protobuf.decode, cls, data)) == twin
