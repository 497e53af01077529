"""The compiled codec writes and reads what the pure one does, and says the same of what cannot be."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from kitexgen.runtime import protobuf
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.wire.native import fallbacks, pure_only
from kitexgen.runtime.wire.protobuf_codec import append_protobuf, decode_protobuf, encode_protobuf
from tests.builders.codecs import check_same, compiled_codec, outcome
from tests.builders.generated import generate_code
from tests.builders.messages import assert_same, generated, google_classes, pairs
from tests.strategies.messages import is_inhabited, messages
from tests.strategies.proto_schemas import ProtoSchemas
from tests.strategies.wire_messages import WireMessages

__all__ = ["compiled_codec"]

CLASSES: list[Any] = [cls for cls in generated().records() if issubclass(cls, Message)]
# What holds a MessageSet is read in Python.
INHABITED = [cls for cls in CLASSES if is_inhabited(cls) and "Old" not in cls.__name__]
types3: Any = generated().module("messages3.messages3")
types2: Any = generated().module("messages2.messages2")


def plain(value: Any) -> Any:
    """All of a value: types, the order of maps and the sign of zero too, NaN as a text."""
    if isinstance(value, Message):
        return type(value), [plain(getattr(value, name)) for name in value.__match_args__], value.__unknown__
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}, [*value]
    return type(value), repr(value)


def check_read(cls: Any, data: bytes) -> Any:
    """The message that both codecs read; None when it is refused."""
    found = outcome(protobuf.decode, cls, data)
    with pure_only():
        expected = outcome(protobuf.decode, cls, data)
    if isinstance(found, tuple) or isinstance(expected, tuple):
        assert found == expected
        return None
    assert plain(found) == plain(expected)
    for is_sorted in (False, True):
        check_same(protobuf.encode, found, deterministic=is_sorted)
    return found


def check_message(message: Any) -> bytes:
    """Write and read a message, all of it compiled; return its bytes."""
    before = fallbacks()
    data: bytes = check_same(protobuf.encode, message)
    assert check_same(protobuf.encoded_size, message) == len(data)
    assert check_same(encode_protobuf, message) == data
    pieces: list[bytes] = []
    append_protobuf(message, pieces)
    assert b"".join(pieces) == data
    assert plain(check_read(type(message), data)) == plain(protobuf.decode(type(message), data))
    assert plain(decode_protobuf(type(message), data)) == plain(protobuf.decode(type(message), bytearray(data)))
    assert fallbacks() - before <= 1  # that of maps that are sorted
    return data


@settings(max_examples=400)
@given(st.one_of([messages(cls) for cls in INHABITED]))
def test_messages(message: Any) -> None:
    check_message(message)


@settings(max_examples=1500)
@given(st.sampled_from([*pairs().values()]), st.integers(0, 2**32), st.integers(0, 3))
def test_whatever_comes(pair: Any, seed: int, changes: int) -> None:
    made = WireMessages(Random(seed))
    data = made.message(pair.theirs.DESCRIPTOR, seed % 5)
    for _ in range(changes):
        data = made.mutated(data)
    note(f"{pair} {data.hex()}")
    check_read(pair.ours, data)


def test_random_schemas(tmp_path: Path) -> None:
    upb = pytest.importorskip("google.protobuf.message", reason="the peer")
    for seed in range(12):
        chance = Random(seed)
        path = tmp_path / f"random{seed}.proto"
        path.write_text(ProtoSchemas(chance).text(f"random{seed}"), encoding="utf-8")
        theirs = google_classes([path])
        made = WireMessages(chance)
        for cls in generate_code([path], tmp_path).records():
            google = theirs[cls.__schema__[1]]
            for turn in range(60):
                data = made.message(google.DESCRIPTOR, turn % 4)
                if turn % 3 == 0:
                    data = made.mutated(data)
                found = check_read(cls, data)
                try:
                    expected = google.FromString(data)
                except upb.DecodeError:
                    assert found is None
                else:
                    assert_same(found, expected)


RUBBISH: list[Any] = [
    None, True, False, 0, 1, -1, 2**31, -(2**31), 2**32, 2**63, 2**64, 2**200, -(2**63) - 1, 0.5, -0.0, 1e300, -1e-300,
    float("nan"), float("inf"), "", "a\ud800", "\udc80", b"", b"\xff", bytearray(b"x"), bytearray(), [], [None], ["a"],
    [1], [2**64], (), (1,), {}, {"a": 1}, {1: 2}, {None: None}, set(), frozenset(), array("i", [1]), object(), Message,
    range(3), memoryview(b"abc"), types3.Color.BLUE, types3.Inner(), types2.Inner(),
]  # fmt: skip


def blank(cls: Any) -> Any:
    return protobuf.decode(cls, b"")


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: str(cls.__schema__[1]))
def test_what_does_not_belong_there(cls: Any) -> None:
    for attribute in (*cls.__match_args__, "__unknown__"):
        for value in RUBBISH:
            for given_value in (value, [value], {1: value, "a": value}, {value: value} if is_key(value) else value):
                message = blank(cls)
                setattr(message, attribute, given_value)
                for is_sorted in (False, True):
                    check_same(protobuf.encode, message, deterministic=is_sorted)
                check_same(protobuf.encoded_size, message)


def is_key(value: Any) -> bool:
    return type(value).__hash__ is not None and not isinstance(value, memoryview | tuple | float)


def edges() -> Iterator[int]:
    for shift in range(65):
        for off in (-1, 0, 1):
            yield (1 << shift) + off
            yield -(1 << shift) + off


@pytest.mark.parametrize("attribute", [name for name in types3.Scalars.__match_args__ if name not in ("a_bool",)])
def test_numbers_at_their_edges(attribute: str) -> None:

    for number in edges():
        message = types3.Scalars()
        setattr(message, attribute, number)
        data = check_same(protobuf.encode, message)
        if isinstance(data, bytes):
            check_read(types3.Scalars, data)
        for name in types3.Lists.__match_args__:
            if name.rstrip("s") in attribute:
                check_same(protobuf.encode, types3.Lists(**{name: [number, 0, number]}))


@pytest.mark.parametrize("size", [0, 1, 2, 7, 8, 9, 63, 64, 65, 127, 128, 2000, 2048, 5000, 16_383, 16_384, 100_000])
@pytest.mark.parametrize("character", ["a", "é", "中", "\U0001f600"])
def test_text_of_any_length(size: int, character: str) -> None:
    for text in (character * size, "a" * size + character, character + "a" * size):
        check_message(types3.Scalars(a_string=text, some_bytes=text.encode()))
        check_message(types3.Lists(strings=[text, "", text], blobs=[text.encode()]))
        check_message(types3.Maps(texts={text: text}))


@pytest.mark.parametrize("surrogate", [0xDC80, 0xDCFF, 0xDC41, 0xD800])
@pytest.mark.parametrize("before", ["", "a", "é", "中"])
def test_text_that_is_no_utf_8(before: str, surrogate: int) -> None:
    text = before + chr(surrogate)
    for types in (types2, types3):
        data = check_same(protobuf.encode, types.Scalars(a_string=text))
        if isinstance(data, bytes):
            check_read(types.Scalars, data)
    for cut in range(4):
        check_read(types3.Scalars, b"\x72" + bytes([cut]) + "\U0001f600".encode()[:cut])


def test_lengths_that_grow_and_shrink() -> None:
    """The width of a length is guessed from the last one; the guess may be wrong both ways, and at many levels."""
    for size in (0, 125, 126, 127, 128, 1, 16_381, 16_382, 16_383, 16_384, 3, 2_097_152, 100):
        inner = types3.Inner(name="x" * size)
        for _ in range(3):
            inner = types3.Inner(inner=inner, inners=[types3.Inner(), types3.Inner(name="y" * 200)])
        for message in (
            inner,
            types3.Lists(int64s=[size] * (size % 5000), bools=[True] * (size % 20_000), inners=[inner]),
            types3.Maps(numbers={"k" * size: -1, "": 2}, inners={"a": inner}),
        ):
            data = check_same(protobuf.encode, message)
            assert protobuf.decode(type(message), data) == message


def test_an_int_that_is_too_large_for_a_float() -> None:
    assert check_same(protobuf.encode, types3.Scalars(a_float=2**200)) == b"e\0\0\x80\x7f"
    assert check_same(protobuf.encode, types3.Lists(floats=[-(2**200)])) == b"b\4\0\0\x80\xff"


def test_packed_blocks_that_do_not_fit() -> None:
    for number, width in ((8, 4), (9, 8), (12, 4), (13, 8), (3, 1)):
        for size in range(18):
            check_read(types3.Lists, bytes([number << 3 | 2, size]) + bytes(size))
            check_read(types3.Lists, bytes([number << 3 | 2, size * width]) + b"\xff" * (size * width))
            check_read(types3.Lists, bytes([number << 3 | 2, size + 1]) + bytes(size))


def test_maps_are_sorted_on_demand() -> None:
    for message in (types3.Maps(numbers={"b": 1, "a": 2}), types3.Maps(numbers={"b": 1}), types3.Maps()):
        assert check_same(protobuf.encode, message, deterministic=True)[:6] != b"\x22\x05\x0a\x01b\x10" or (
            len(message.numbers) < 2
        )
    before = fallbacks()
    protobuf.encode(types3.Maps(numbers={"b": 1}), deterministic=True)
    assert fallbacks() == before
    check_same(protobuf.encode, types3.Maps(), deterministic=1)


def test_more_oneofs_than_are_counted(tmp_path: Path) -> None:
    for count in (64, 65):
        path = tmp_path / f"many{count}.proto"
        oneofs = "\n".join(
            f"oneof o{n} {{ int32 a{n} = {2 * n + 1}; string b{n} = {2 * n + 2}; }}" for n in range(count)
        )
        path.write_text(f'syntax = "proto3";\npackage many{count};\nmessage Many {{\n{oneofs}\n}}\n', encoding="utf-8")
        (cls,) = generate_code([path], tmp_path).records()
        made: Any = cls
        message = made(**{f"a{n}": n for n in range(0, count, 2)}, **{f"b{n}": "x" for n in range(1, count, 2)})
        before = fallbacks()
        assert check_read(cls, check_same(protobuf.encode, message)) == message
        assert (fallbacks() == before) is (count == 64)
        message.b0 = "both"
        assert check_same(protobuf.encode, message)[1].startswith("Many: one field of oneof o0 may be set, 2 are")


@pytest.mark.parametrize(
    "arguments", [(), (1,), (types3.Inner, b"", 1), (b"", types3.Inner), (types3.Inner, "x"), (types3.Inner, None)]
)
def test_calls_that_make_no_sense(arguments: tuple[Any, ...]) -> None:
    for function in (protobuf.encode, protobuf.decode, protobuf.encoded_size, encode_protobuf, decode_protobuf):
        check_same(function, *arguments)
        check_same(function, *arguments, deterministic=None)
        check_same(function, *arguments, other=1)
