"""The first bytes of a message, in the order in which Kitex looks at them."""

from __future__ import annotations

import pytest

from kitexgen.runtime.errors import BadVersion
from kitexgen.runtime.framing import (
    BUFFERED_BINARY,
    BUFFERED_COMPACT,
    FRAMED_BINARY,
    FRAMED_COMPACT,
    FRAMED_PROTOBUF,
    Format,
    HeaderName,
    detect,
    detect_message,
)

TABLE: list[tuple[str, Format | HeaderName]] = [
    ("80 01 00 01 00 00", BUFFERED_BINARY),
    ("00 00 00 1c 80 01", FRAMED_BINARY),
    ("82 21 01 05 68 65", BUFFERED_COMPACT),
    ("82 21 80 80 80 01", BUFFERED_COMPACT),  # its sequence id is 2 ** 21
    ("82 21 01 02 10 00", BUFFERED_COMPACT),
    ("00 00 00 1c 82 21", FRAMED_COMPACT),
    ("00 00 00 13 90 01", FRAMED_PROTOBUF),
    ("00 00 00 2e 10 00", "ttheader"),
    ("80 01 00 01 10 00", "ttheader"),  # asked first: a bare message with a name of 256 MiB is none
    ("ff af 00 0d 00 01", "mesh"),
    ("ff af 00 0d 10 00", "ttheader"),  # a mesh header of 4096 pairs; Kitex takes it so too
    ("80 01 00 01 80 01", BUFFERED_BINARY),  # a bare message with a very long name, not a frame of 2 GiB
]


@pytest.mark.parametrize(("start", "format"), TABLE)
def test_formats(start: str, format: Format | HeaderName) -> None:
    assert detect(bytes.fromhex(start)) == format


@pytest.mark.parametrize(("start", "format"), TABLE)
def test_fewer_bytes_say_nothing_wrong(start: str, format: Format | HeaderName) -> None:
    whole = bytes.fromhex(start)
    assert {detect(whole[:size]) for size in range(len(whole))} <= {None, format}


@pytest.mark.parametrize(
    "start",
    [
        "47 45 54 20 2f 20",  # GET /
        "16 03 01 02 00 01",  # TLS
        "00 00 00 00 00 00",
        "00 00 00 05 68 65",  # the old envelope: name length, name
        "81 01 00 01 00 00",
        "00 00 00 1c 80 02",
        "00 00 00 13 90 02",
        "90 01 00 01 00 00",  # without a length
    ],
)
def test_everything_else_is_refused(start: str) -> None:
    with pytest.raises(BadVersion):
        detect(bytes.fromhex(start))


def test_a_refusal_needs_six_bytes_at_most() -> None:
    assert detect(b"\x00\x00\x00\x1c\x80") is None
    with pytest.raises(BadVersion):
        detect(b"\x00\x00\x00\x1c\x80\x00")


def test_a_header_behind_a_header_is_none() -> None:
    for start in ("00 00 00 2e 10 00", "ff af 00 0d 00 01"):
        with pytest.raises(BadVersion):
            detect_message(bytes.fromhex(start))
    assert detect_message(bytes.fromhex("00 00 00 1c 80 01")) == FRAMED_BINARY
