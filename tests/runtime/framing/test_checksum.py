"""CRC-32C, against published values and against its definition, bit by bit."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.framing.checksum import crc32c, payload_checksum


def by_definition(data: bytes) -> int:
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


# RFC 3720, appendix B.4, and the check value of the catalogue of parametrised CRC algorithms
PUBLISHED = [
    (b"", 0x00000000),
    (b"123456789", 0xE3069283),
    (bytes(32), 0x8A9136AA),
    (b"\xff" * 32, 0x62A8AB43),
    (bytes(range(32)), 0x46DD794E),
    (bytes(range(31, -1, -1)), 0x113FDB5C),
]


@pytest.mark.parametrize(("data", "value"), PUBLISHED)
def test_published_values(data: bytes, value: int) -> None:
    assert crc32c(data) == value


def test_what_a_kitex_client_sends() -> None:
    # V19 of the Kitex wire reference: the sum is over the inner length too
    payload = bytes.fromhex("0000001c 80010001 00000005 68656c6c6f 00000001 0b0001 00000003 626f62 00")
    assert payload_checksum(payload) == "ad88a60d"
    assert payload_checksum(payload[4:]) == "ed8abcb9"


def test_leading_zeros_are_written() -> None:
    assert payload_checksum(b"") == "00000000"


@given(st.binary(max_size=200))
def test_small_data(data: bytes) -> None:
    assert crc32c(data) == by_definition(data)


@pytest.mark.parametrize("size", [4095, 4096, 4097, 5119, 5120, 9999])
def test_large_data_which_goes_another_way(size: int) -> None:
    data = random.Random(size).randbytes(size)
    assert crc32c(data) == by_definition(data)


@given(st.lists(st.binary(max_size=6000), max_size=4))
def test_the_sum_of_pieces_is_that_of_the_whole(pieces: list[bytes]) -> None:
    assert payload_checksum(*pieces) == payload_checksum(b"".join(pieces))
