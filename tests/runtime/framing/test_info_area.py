"""The compiled reader of info areas says what its twin in Python says, of good ones and of spoiled ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitexgen.runtime.errors import MalformedHeader
from kitexgen.runtime.framing.ttheader import PREFIX_SIZE, TTHeader, encode_header, read_info_area
from kitexgen.runtime.wire.native import is_compiled, pure_only

pytestmark = pytest.mark.skipif(not is_compiled(), reason="the compiled codec was not built, or KITEXGEN_PURE is set")

TEXTS = st.text(max_size=20) | st.binary(max_size=20).map(lambda data: data.decode("utf-8", "surrogateescape"))


def told(area: bytes) -> Any:
    try:
        return read_info_area(area)
    except MalformedHeader as error:
        return str(error)


def same(area: bytes) -> Any:
    with pure_only():
        expected = told(area)
    found = told(area)
    assert found == expected
    if isinstance(found, tuple):
        assert [*found[1].items()] == [*expected[1].items()]  # the order counts where a header is sent on
        assert [*found[2].items()] == [*expected[2].items()]
    return found


def area_of(strings: dict[str, str], ints: dict[int, str], protocol_id: int = 0) -> bytes:
    header = TTHeader(sequence_id=1, protocol_id=protocol_id, string_infos=strings, int_infos=ints)
    return encode_header(header, 0)[PREFIX_SIZE:]


@given(st.dictionaries(TEXTS, TEXTS, max_size=8), st.dictionaries(st.integers(0, 0xFFFF), TEXTS, max_size=8))
def test_what_was_written(strings: dict[str, str], ints: dict[int, str]) -> None:
    try:
        area = area_of(strings, ints)
    except Exception:
        return  # lone surrogates that stand for no byte
    assert same(area) == (0, strings, ints)


@settings(max_examples=300)
@given(st.binary(min_size=2, max_size=40))
def test_any_bytes(area: bytes) -> None:
    same(area)


@pytest.mark.parametrize(
    "area",
    [
        "0000",
        "0003 010203",
        "0003 0102",
        "0200",
        "0400 00000000",
        "0000 01 0000 10 0000",
        "0000 01 0001 0001 61 0001 62 01 0001 0001 61 0001 63",
        "0000 11 0002 6162",
        "0000 01 0401",
        "0000 10 ffff",
        "0000 01 0001 0001 61 0002 62",
        "0000 10 0001 0007",
        "0000 10 0001 00",
        "0000 77",
        "0000" + "10 0000" * 1024,
        "0000" + "10 0000" * 1025,
        "0000 01 0001 0001 ff 0002 c328",
    ],
)
def test_edges(area: str) -> None:
    same(bytes.fromhex(area))


def test_spoiled_bytes() -> None:
    whole = area_of({"isn": "Notes", "k\u00e9": "v" * 30}, {3: "me", 12: "250"}, 4)
    for place in range(len(whole)):
        same(whole[: max(place, 2)])
        for change in (1, 2, 0x10, 0x80, 0xFF):
            spoiled = bytearray(whole)
            spoiled[place] ^= change
            same(bytes(spoiled))
