"""Whatever the bytes, decoders give a record or a DecodeError, and build no more than the bytes can hold."""

from __future__ import annotations

import contextlib
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitexgen.runtime.errors import BadVersion, DecodeError, EncodeError
from kitexgen.runtime.thrift import decode, encode
from kitexgen.runtime.wire import (
    MessageSkipper,
    ThriftProtocol,
    protocol_of,
    read_application_error,
    read_message_begin,
)
from tests.builders.generated import GeneratedCode, generate_code

IDL = Path(__file__).parents[1] / "codegen" / "fastcodec" / "everything.thrift"
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
PROTOCOLS: list[ThriftProtocol] = ["binary", "compact"]

# Bytes that look like Thrift get further in than random ones: types, small ids and counts, huge counts.
_binary_words = st.sampled_from(
    [bytes([code, 0, number]) for code in (2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 15, 16) for number in range(1, 14)]
    + [b"\x00", b"\x0b", b"\x0c", b"\x00\x00\x00\x00", b"\x00\x00\x00\x01", b"\x00\x00\x00\x02ab"]
    + [b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff"]
)
_compact_words = st.sampled_from(
    [bytes([step << 4 | code]) for step in range(4) for code in range(14)] + [b"\xff\xff\xff\xff\x0f", b"\xf8", b"\x80"]
)
noise = st.binary(max_size=80) | st.lists(_binary_words | _compact_words | st.binary(max_size=3), max_size=40).map(
    b"".join
)


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> GeneratedCode:
    return generate_code([IDL], tmp_path_factory.mktemp("fuzz"))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_any_bytes_as_any_record(code: GeneratedCode, protocol: ThriftProtocol) -> None:
    for cls in code.records():

        @MANY
        @given(noise)
        def check(data: bytes) -> None:
            check_decoding(cls, data, protocol)  # noqa: B023 - called before the loop goes on

        check()


def check_decoding(cls: Any, data: bytes, protocol: ThriftProtocol) -> None:
    began = time.process_time()
    # A union that was read without a member, or with two, is the one thing that cannot be written again.
    with contextlib.suppress(DecodeError, EncodeError):
        record = decode(cls, data, protocol=protocol)
        written = encode(record, protocol=protocol)
        # The length, since sets come in any order.
        assert len(encode(decode(cls, written, protocol=protocol), protocol=protocol)) == len(written)
    assert time.process_time() - began < 2


def test_memory_follows_the_bytes_and_not_the_counts(code: GeneratedCode) -> None:
    containers = next(cls for cls in code.records() if cls.__name__ == "Containers")
    heads = [bytes([kind, 0, number]) for kind in (13, 14, 15) for number in range(1, 29)]
    for head in heads:
        for types in (b"\x0b", b"\x0c", b"\x0b\x0b", b"\x02", b"\x0a", b"\x10"):
            data = head + types + b"\x7f\xff\xff\xff" + bytes(2000)
            tracemalloc.start()
            with pytest.raises(DecodeError):
                decode(containers, data)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak < 4_000_000


@MANY
@given(noise)
def test_any_bytes_as_a_message(data: bytes) -> None:
    for protocol in PROTOCOLS:
        with contextlib.suppress(DecodeError, BadVersion):
            read_message_begin(protocol, data)
        with contextlib.suppress(DecodeError):
            read_application_error(protocol, data)
        for start in (b"", b"\x80\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01", b"\x82\x21\x01\x00"):
            with contextlib.suppress(DecodeError, BadVersion):
                end = MessageSkipper(protocol).resume(start + data)
                assert end is None or end <= len(start + data)
    assert protocol_of(data) in ("binary", "compact", None)
