"""The recorded frames of `tests/wire_vectors`, by name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parents[1] / "wire_vectors" / "ttheader.toml"
FRAMES: list[dict[str, Any]] = tomllib.loads(_FILE.read_text())["frame"]

MESH = bytes.fromhex(
    "ffaf 000d 0001 0003 69736e 0004 4563686f 0000001c 80010001 00000005 68656c6c6f 00000001 0b0001 00000003 626f62 00"
)
"""V17: `isn=Echo` before a framed call, which a Kitex server answers."""


def frame(name: str) -> bytes:
    """The bytes of a frame: `frame("V10")`."""
    text: str = next(each["hex"] for each in FRAMES if each["name"] == name)
    return bytes.fromhex(text)


PROTOBUF = {
    "V15": bytes.fromhex(
        "00000025 1000 0000 00000001 0001 00 00 0000 00000013 90010001 00000004 4563686f 00000001 0a0178"
    ),
    "V15b": bytes.fromhex("00000016 90010002 00000004 4563686f 00000001 0a04 72653a78"),
    "V15c": bytes.fromhex(
        "0000002c 90010003 00000004 4563686f 00000001 0806 121862697a206572726f723a20706c61696e206661696c757265"
    ),
}
"""A call of `Echo` with the message "x" behind a TTHeader, the answer without its header, the answer of a handler that
failed. Captured from Kitex v0.16.3 (reference/wire.md 13)."""
