"""Requests with every kind of field, as recorded from Kitex: V05 and V06 of the wire reference, by generated code."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType

import pytest

from kitexgen.runtime.framing import FRAMED_BINARY
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.whole import pack

IDL = """
enum Color { RED = 1, GREEN = 2 }
struct Inner { 1: required string s, 2: optional i32 n = 7 }
struct Req {
  1: string msg, 2: i32 n, 3: optional string opt, 4: required i64 id, 5: bool b, 6: list<string> l,
  7: map<string,i32> m, 8: set<i16> st, 9: Inner inner, 10: Color c, 11: double d, 12: binary bin, 13: byte by,
  14: optional bool ob = true, 15: optional list<i32> ol, 16: string defs = "dv"
}
struct Resp { 1: string msg, 2: optional i32 n }
service Echo { Resp echo(1: Req req) }
"""

EVERY_FIELD = bytes.fromhex(
    "000000aa 80010001 00000004 6563686f 00000001 0c0001"
    "080002 00000001 0a0004 0000000000000002 020005 01 04000b 3ff8000000000000 03000d ff 02000e 00"
    "0b0001 00000001 6d 0b0003 00000001 6f 0f0006 0b 00000001 00000001 78"
    "0d0007 0b 08 00000001 00000001 6b 00000009 0e0008 06 00000001 0003"
    "0c0009 080002 00000000 0b0001 00000001 73 00"
    "08000a 00000002 0b000c 00000001 ff 0f000f 08 00000000 0b0010 00000002 6476 00 00"
)

NO_FIELD = bytes.fromhex(
    "00000075 80010001 00000004 6563686f 00000001 0c0001"
    "080002 00000000 0a0004 0000000000000000 020005 00 04000b 0000000000000000 03000d 00"
    "0b0001 00000000 0f0006 0b 00000000 0d0007 0b 08 00000000 0e0008 06 00000000 0c0009 00"
    "08000a 00000000 0b000c 00000000 0b0010 00000002 6476 00 00"
)


@pytest.fixture
def echo(generate: Callable[[str], ModuleType]) -> ModuleType:
    return generate(IDL)


def call(echo: ModuleType, **fields: object) -> bytes:
    service = importlib.import_module(f"{echo.__name__}.echo")
    arguments = service.EchoArgs(req=echo.Req(**fields))
    return pack(FRAMED_BINARY, MessageKind.CALL, "echo", 1, arguments)


def test_v05_every_field(echo: ModuleType) -> None:
    everything = {
        "msg": "m",
        "n": 1,
        "opt": "o",
        "id": 2,
        "b": True,
        "l": ["x"],
        "m": {"k": 9},
        "st": {3},
        "inner": echo.Inner(s="s", n=0),
        "c": echo.Color.GREEN,
        "d": 1.5,
        "bin": b"\xff",
        "by": -1,
        "ob": False,
        "ol": [],
        "defs": "dv",
    }
    assert call(echo, **everything) == EVERY_FIELD


def test_v06_defaults_alone(echo: ModuleType) -> None:
    """But for `inner`: Kitex writes a nil struct as an empty one, which its own servers then refuse."""
    nothing = NO_FIELD.replace(bytes.fromhex("0c0009 00"), b"")
    assert call(echo, id=0) == (len(nothing) - 4).to_bytes(4) + nothing[4:]
