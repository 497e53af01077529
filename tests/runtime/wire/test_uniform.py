"""Strings of one length take another way through the code than others: the bytes and the values are the same."""

from __future__ import annotations

import struct
from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kitexgen.runtime.wire.scalar_containers import sequence
from kitexgen.runtime.wire.text_maps import number_map, text_map
from kitexgen.runtime.wire.uniform import SHORT, WORTH, uniform

LETTERS = {"i8": "b", "i16": "h", "i32": "i", "i64": "q", "double": "d"}
CODES = {"i8": 3, "i16": 6, "i32": 8, "i64": 10, "double": 4}
# What looks like a length, what is no ASCII, and what is neither.
CHARACTERS = st.sampled_from("\0\0\x01\x02\x03az\x7fé€")


def same_length(count: int = WORTH) -> st.SearchStrategy[list[str]]:
    """At least `count` strings that mostly have the same length."""
    return st.integers(0, 5).flatmap(
        lambda size: st.lists(
            st.text(CHARACTERS, min_size=size, max_size=size) | st.just("a" * size), min_size=count, max_size=count + 8
        )
    )


def plain(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">I", len(raw)) + raw


def written_list(texts: Collection[str]) -> bytes:
    return struct.pack(">BI", 11, len(texts)) + b"".join(map(plain, texts))


def written_map(entries: dict[str, Any], kind: str) -> bytes:
    body = [plain(key) + struct.pack(f">{LETTERS[kind]}", value) for key, value in entries.items()]
    return struct.pack(">BBI", 11, CODES[kind], len(entries)) + b"".join(body)


def numbered(texts: Collection[str], kind: str) -> dict[str, Any]:
    made = float if kind == "double" else int
    return {text: made(number % 250 - 125) for number, text in enumerate(texts)}


@given(same_length())
@example(["\0\0\0\x08" * 2] * WORTH)
@example(["a" * (SHORT - 1)] * WORTH)
@example(["a" * SHORT] * WORTH)
@example(["é" * 4] * WORTH)
@example(["aa"] * (WORTH - 1) + ["a"])
@example(["aa", "a", "aaa"] * WORTH + ["aa"])
@example(["a"] * WORTH + ["a" * SHORT])
@example([""] * WORTH)
def test_lists(texts: list[str]) -> None:
    write, read = sequence("string", list)
    data = written_list(texts)
    assert b"".join(write(texts)) == data
    assert read(b"\xff" + data + b"\xff", 1) == (texts, 1 + len(data))


@pytest.mark.parametrize("kind", LETTERS)
@given(texts=same_length(WORTH + 4))
@example(texts=[f"{number:04}" for number in range(WORTH)])
@example(texts=[f"é{number:04}" for number in range(WORTH)])
@example(texts=["a" * SHORT + f"{number:04}" for number in range(WORTH)])
@example(texts=[str(number) for number in range(200)])
@example(texts=[f"{number:04}" for number in range(WORTH)] + ["12345", "ééé"])
@example(texts=[f"{number:04}" for number in range(WORTH)] + ["éé01"])
@example(texts=["one"])
@example(texts=[])
def test_maps_of_numbers(texts: list[str], kind: str) -> None:
    write, read = number_map(kind)
    entries = numbered(texts, kind)
    data = written_map(entries, kind)
    assert b"".join(write(entries)) == data
    found, end = read(b"\xff" + data + b"\xff", 1)
    assert list(found.items()) == list(entries.items())
    assert end == 1 + len(data)


@given(same_length())
def test_maps_of_strings(texts: list[str]) -> None:
    write, read = text_map()
    entries = dict(zip(texts, reversed(texts), strict=True))
    data = b"".join(write(entries))
    assert data == struct.pack(">HI", 0x0B0B, len(entries)) + b"".join(
        plain(key) + plain(value) for key, value in entries.items()
    )
    assert read(data, 0) == (entries, len(data))


def test_of_keys_written_twice_the_last_one_counts() -> None:
    _, read = number_map("i64")
    keys = [f"{number % WORTH:03}" for number in range(2 * WORTH)]
    body = b"".join(plain(key) + struct.pack(">q", number) for number, key in enumerate(keys))
    data = struct.pack(">BBI", 11, 10, len(keys)) + body
    assert read(data, 0)[0] == {f"{number:03}": number + WORTH for number in range(WORTH)}


@pytest.mark.parametrize("wrong", [None, 7, b"0000", ["0000"]])
def test_what_is_no_string_is_not_written(wrong: Any) -> None:
    write, _ = sequence("string", list)
    with pytest.raises((TypeError, AttributeError)):
        write([*(["0000"] * WORTH), wrong])


@pytest.mark.parametrize("wrong", [{None: 1}, {b"0000": 1}, {"0000": None}, {"0000": "1"}, {"0000": 2**63}])
def test_what_does_not_fit_a_map_is_not_written(wrong: dict[Any, Any]) -> None:
    write, _ = number_map("i64")
    entries = {f"{number + 1:04}": number for number in range(WORTH)} | wrong
    with pytest.raises((TypeError, AttributeError, struct.error)):
        write(entries)


@pytest.mark.parametrize("texts", [["abcd"] * WORTH, [str(number) for number in range(WORTH)]])
def test_bytes_that_end_too_soon_are_an_error(texts: list[str]) -> None:
    # What is cut within the last string shows in the read behind it.
    _, read = sequence("string", list)
    data = written_list(texts)
    for end in range(5, len(data) - len(texts[-1])):
        with pytest.raises(struct.error):
            read(data[:end], 0)
    _, read_map = number_map("i64")
    data = written_map(numbered([f"{number:04}" for number in range(WORTH)], "i64"), "i64")
    for end in range(6, len(data)):
        with pytest.raises(struct.error):
            read_map(data[:end], 0)


def test_a_count_that_is_a_lie_costs_no_memory() -> None:
    assert uniform(b"\0\0\0\x02ab" * 100, 0, 0x7FFFFFFF, 0) is None


def test_what_lies_at_equal_distances_is_uniform() -> None:
    assert uniform(b"\0\0\0\x01a\xff\0\0\0\x01b\xff\0", 0, 2, 1) == (1, b"\0\0\0\x01a\xff\0\0\0\x01b\xff")
    assert uniform(b"\0\0\0\x02abX\0\0\x02cd\0\0\0\x02ef", 0, 3, 0) is None
    assert uniform(b"\0\0\0\x80" + b"a" * 128, 0, 1, 0) is None
