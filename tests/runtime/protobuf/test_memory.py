"""What a message costs is measured by its bytes, not by what these announce."""

from __future__ import annotations

import time
import tracemalloc
from contextlib import suppress
from typing import Any

import pytest

from kitexgen.runtime import protobuf
from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.model.message import Message
from tests.builders.messages import generated

BASE = 256 * 1024
# A message within is two bytes, and in memory an object with a list; a map of maps is six, and ten dicts.
PER_BYTE = 400

BOMBS = {
    "a string of 2 GiB": ("Scalars", bytes.fromhex("72ffffffff07")),
    "packed numbers of 2 GiB": ("Lists", bytes.fromhex("0affffffff07")),
    "packed doubles of 2 GiB": ("Lists", bytes.fromhex("6af8ffffff07")),
    "an array of 2 GiB of varints": ("Numbers", bytes.fromhex("0affffffff07")),
    "an array of 2 GiB of doubles": ("Numbers", bytes.fromhex("62f8ffffff07")),
    "an array of many varints": ("Numbers", b"\x12\xd0\x86\x03" + b"\x01" * 50_000),
    "many arrays of one number": ("Loose", b"\x10\x01\x18\x01" * 20_000),
    "many arrays without numbers": ("Numbers", b"\x0a\x00\x62\x00" * 20_000),
    "a message of 2 GiB": ("Inner", bytes.fromhex("1affffffff07") * 50),
    "many empty messages": ("Inner", b"\x22\x00" * 20_000),
    "many empty strings": ("Lists", b"\x72\x00" * 20_000),
    "a string, then one too long": ("Lists", b"\x72\x01a" * 5_000 + b"\x72\xff\xff\x03"),
    "many unknown fields": ("Inner", b"\xf8\x06\x01" * 3_000),
    "groups within each other": ("Inner", b"\x2b" * 30_000),
    "maps of maps": (
        "Maps",
        b"".join(b"\x42\x05\x08" + bytes((128 | n & 127, n >> 7)) + b"\x12\x00" for n in range(200)),
    ),
}


def _class(message: str) -> Any:
    package = "messages_arrays" if message in ("Numbers", "Loose") else "messages3"
    return getattr(generated().module(f"{package}.{package}"), message)


@pytest.mark.parametrize("name", BOMBS)
def test_memory_follows_the_input(name: str) -> None:
    message, data = BOMBS[name]
    cls = _class(message)
    protobuf.decode(cls, b"")
    tracemalloc.start()
    try:
        with suppress(DecodeError):
            protobuf.decode(cls, data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= BASE + PER_BYTE * len(data)


# Time that grows with the square of the input shows in seconds here.
LONG = {
    "unknown fields between known ones": ("Inner", b"\x08\x01\xf8\x06\x01" * 60_000),
    "a message in many pieces, each with an unknown field": ("Inner", b"\x1a\x03\xf8\x06\x01" * 30_000),
    "two arrays by turns": ("Loose", b"\x10\x01\x18\x01" * 60_000),
    "strings of one length, two at a time": ("Lists", b"\x72\x01a\x72\x01b\x10\x01" * 60_000),
}


@pytest.mark.parametrize("name", LONG)
def test_time_follows_the_input(name: str) -> None:
    message, data = LONG[name]
    cls = _class(message)
    short = min(_taken(cls, data[: len(data) // 8]) for _ in range(3))
    assert _taken(cls, data) < 8 * short * 4


def _taken(cls: type[Message], data: bytes) -> float:
    began = time.process_time()
    protobuf.decode(cls, data)
    return time.process_time() - began
