"""Message headers, errors of a peer, and the end of messages that no frame announces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.errors import ApplicationError, BadVersion, DecodeError, UnknownMethod
from kitexgen.runtime.wire import (
    MessageSkipper,
    ThriftProtocol,
    protocol_of,
    read_application_error,
    read_message_begin,
    write_application_error,
    write_message_begin,
)
from tests.strategies.chunks import chunks

PROTOCOLS: list[ThriftProtocol] = ["binary", "compact"]
each_protocol = pytest.mark.parametrize("protocol", PROTOCOLS)

names = st.text(st.characters(codec="utf-8"), max_size=30)
sequences = st.integers(-(2**31), 2**31 - 1)


@each_protocol
@given(name=names, kind=st.integers(1, 4), sequence=sequences)
def test_back_and_forth(protocol: ThriftProtocol, name: str, kind: int, sequence: int) -> None:
    data = write_message_begin(protocol, name, kind, sequence)
    begin = read_message_begin(protocol, b"\xff" + data + b"\xff", 1)
    assert begin == (name, kind, sequence, 1 + len(data))
    assert protocol_of(data) == protocol
    for end in range(len(data)):
        with pytest.raises(DecodeError):
            read_message_begin(protocol, data[:end])


def test_sequence_ids_of_compact_are_no_zigzag() -> None:
    """-1 is the 32-bit pattern (wire reference: apache/thrift doc/specs/thrift-compact-protocol.md)."""
    assert write_message_begin("compact", "", 1, -1) == bytes.fromhex("8221 ffffffff0f 00")


@pytest.mark.parametrize(
    ("protocol", "spelled"),
    [
        ("binary", "00000005 68656c6c6f 01 00000001"),  # the old form without a version
        ("binary", "80020001 00000000 00000001"),
        ("binary", "80"[:0] + "47455420 2f20"),  # HTTP
        ("compact", "8222 01 00"),  # version 2
        ("compact", "8001 0001"),
    ],
)
def test_other_versions_are_refused(protocol: ThriftProtocol, spelled: str) -> None:
    data = bytes.fromhex(spelled)
    with pytest.raises(BadVersion) as caught:
        read_message_begin(protocol, data)
    assert caught.value.start == data[:4]
    with pytest.raises(BadVersion):
        MessageSkipper(protocol).resume(data)


def test_the_kind_is_sixteen_bits() -> None:
    """`80 01 01 01` is kind 257, which Kitex refuses, and not 1."""
    assert read_message_begin("binary", bytes.fromhex("80010101 00000000 00000001")).kind == 257


def test_negative_name_length() -> None:
    with pytest.raises(DecodeError, match="invalid data length -1"):
        read_message_begin("binary", bytes.fromhex("80010001 ffffffff 00000001"))


def test_names_need_not_be_utf8() -> None:
    data = bytes.fromhex("80010001 00000002 ff61 00000001")
    begin = read_message_begin("binary", data)
    assert write_message_begin("binary", begin.name, 1, 1) == data


def test_bytes_of_neither_protocol() -> None:
    assert [protocol_of(start) for start in (b"", b"\x80", b"GET /", b"\x00\x00\x00\x10")] == [None] * 4


@each_protocol
@given(number=sequences, message=st.text(max_size=20))
def test_application_errors(protocol: ThriftProtocol, number: int, message: str) -> None:
    data = write_application_error(protocol, ApplicationError(number, message))
    error = read_application_error(protocol, b"\xff" + data, 1)
    assert error.type == number
    assert error.message == message.encode("utf-8", "backslashreplace").decode()


def test_application_errors_are_read_leniently() -> None:
    assert (error := read_application_error("binary", b"\x00")).type == 0
    assert str(error) == "unknown application exception"
    unknown = bytes.fromhex("0c0009 00 080001 00000005 0b0002 00000000 080002 00000001 00")
    assert isinstance(read_application_error("binary", unknown), UnknownMethod)
    with pytest.raises(DecodeError):
        read_application_error("binary", unknown[:-1])


BODIES: dict[ThriftProtocol, bytes] = {
    "binary": bytes.fromhex("0c0001 0b0001 00000003 616263 0f0002 0b 00000002 00000001 61 00000000 00 00"),
    "compact": bytes.fromhex("1c 18 03 616263 19 28 01 61 00 00 00"),
}


@each_protocol
@given(name=names, data=st.data())
def test_the_end_of_a_message_in_any_cut(protocol: ThriftProtocol, name: str, data: st.DataObject) -> None:
    message = b"\xff" + write_message_begin(protocol, name, 1, 7) + BODIES[protocol]
    skipper = MessageSkipper(protocol, 1)
    buffer = bytearray()
    ends = []
    for chunk in data.draw(chunks(message)):
        buffer += chunk
        ends.append(skipper.resume(buffer))
    assert ends == [None] * (len(ends) - 1) + [len(message)]
    assert skipper.resume(buffer + b"more") == len(message)
    assert skipper.begin is not None
    assert skipper.begin.name == name


@each_protocol
def test_a_body_that_is_none_is_refused_as_soon_as_it_is_seen(protocol: ThriftProtocol) -> None:
    begin = write_message_begin(protocol, "m", 1, 1)
    with pytest.raises(DecodeError, match="unknown data type"):
        MessageSkipper(protocol).resume(begin + b"\xfe\x00\x01")


def test_the_depth_that_is_left_for_unknown_fields() -> None:
    """Kitex skips the argument struct itself with the same limit: 63 levels within it pass, 64 do not."""
    begin = write_message_begin("binary", "m", 1, 1)
    assert MessageSkipper("binary").resume(begin + b"\x0c\x00\x01" * 63 + bytes(64))
    with pytest.raises(DecodeError, match="depth limit exceeded"):
        MessageSkipper("binary").resume(begin + b"\x0c\x00\x01" * 64 + bytes(65))
    assert MessageSkipper("binary", depth=65).resume(begin + b"\x0c\x00\x01" * 64 + bytes(65))
