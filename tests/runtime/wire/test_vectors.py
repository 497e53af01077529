"""Bytes recorded from Kitex, and from its tests, in both directions."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from kitexgen.runtime import wire
from kitexgen.runtime.errors import ApplicationError, DecodeError, UnknownService
from kitexgen.runtime.thrift import decode, encode
from kitexgen.runtime.wire.native import pure_only
from kitexgen.runtime.wire.pure import WRITERS
from kitexgen.runtime.wire.thrift_binary import BinaryWriter
from kitexgen.runtime.wire.write_record import write_record
from tests.builders.generated import GeneratedCode, generate_code

FOLDER = Path(__file__).parents[2] / "wire_vectors"
VECTORS: dict[str, Any] = tomllib.loads((FOLDER / "thrift.toml").read_text())


def named(vectors: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", vectors, ids=[vector["name"] for vector in vectors])


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> GeneratedCode:
    return generate_code([FOLDER / "echo.thrift"], tmp_path_factory.mktemp("vectors"))


def find(code: GeneratedCode, name: str) -> Any:
    return next(cls for cls in code.records() if cls.__name__ == name)


def expected(code: GeneratedCode, vector: dict[str, Any]) -> Any:
    """The record that a vector holds."""
    types = code.module("echo")
    match vector["name"]:
        case "V05":
            inner = types.Inner(s="s", n=0)
            request = types.Req(
                msg="m", n=1, opt="o", id=2, b=True, l=["x"], m={"k": 9}, st={3}, inner=inner, c=types.Color.GREEN,
                d=1.5, bin=b"\xff", by=-1, ob=False, ol=[], defs="dv",
            )  # fmt: skip
            return find(code, "EchoArgs")(req=request)
        case "V12":
            return find(code, "EchoResult")(e=types.Ex(code=7, msg="boom"))
    return find(code, vector["record"])(**vector["values"])


@named(VECTORS["message"])
def test_messages(code: GeneratedCode, vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    if vector["framed"]:
        assert int.from_bytes(data[:4], "big") == len(data) - 4
        data = data[4:]
    begin = wire.read_message_begin("binary", data)
    assert (begin.name, begin.kind, begin.sequence) == (vector["method"], vector["kind"], vector["sequence_id"])
    record = expected(code, vector)
    assert wire.decode_binary(type(record), data, begin.at) == (record, len(data))
    envelope = wire.write_message_begin("binary", vector["method"], vector["kind"], vector["sequence_id"])
    for body in (encode(record), by_the_careful_writer(record), by_the_generated_writer(record)):
        assert (envelope + body).hex() == data.hex()


def by_the_generated_writer(record: Any) -> bytes:
    with pure_only():
        encode(record)  # which loads it
    return b"".join(WRITERS[type(record)](record))


def by_the_careful_writer(record: Any) -> bytes:
    writer = BinaryWriter([])
    write_record(record, writer)
    return b"".join(writer.pieces)


@named(VECTORS["refused"])
def test_refused(code: GeneratedCode, vector: dict[str, Any]) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(find(code, vector["record"]), bytes.fromhex(vector["hex"]))
    assert str(caught.value) == vector["error"]


@named(VECTORS["exception"])
def test_exceptions(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])[4:]
    begin = wire.read_message_begin("binary", data)
    assert (begin.name, begin.kind, begin.sequence) == (vector["method"], 3, vector["sequence_id"])
    error = wire.read_application_error("binary", data, begin.at)
    assert (error.type, error.message) == (vector["type"], vector["message"])
    assert isinstance(error, UnknownService) is (vector["type"] == 20)
    body = wire.write_application_error("binary", ApplicationError(vector["type"], vector["message"]))
    assert wire.write_message_begin("binary", vector["method"], 3, vector["sequence_id"]) + body == data


def test_an_empty_container_may_be_of_any_type(code: GeneratedCode) -> None:
    """V22a, and the same with other type bytes."""
    request = find(code, "MockReq")
    plain = bytes.fromhex("0b0001 00000005 68656c6c6f 0d0002 0b 0b 00000000 0f0003 0b 00000000 00")
    assert encode(decode(request, plain)) == plain
    other = bytes.fromhex("0b0001 00000005 68656c6c6f 0d0002 00 00 00000000 0f0003 06 00000000 00")
    assert decode(request, other) == decode(request, plain)


def test_compact(code: GeneratedCode) -> None:
    vector = VECTORS["compact"]
    data = bytes.fromhex(vector["hex"])
    begin = wire.read_message_begin("compact", data)
    assert (begin.name, begin.kind, begin.sequence) == ("hello", 1, 1)
    record = find(code, "Compact")(name="bob", yes=True, i=-2, l=[300, -1], m={"k": False}, d=1.5)
    assert wire.decode_compact(type(record), data, begin.at) == (record, len(data))
    # The vector has the fields by id; ours stand in Kitex's order, scalars first.
    assert decode(type(record), encode(record, protocol="compact"), protocol="compact") == record
    assert wire.write_message_begin("compact", "hello", 1, 1) == data[: begin.at]
