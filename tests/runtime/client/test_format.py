"""What transport and protocol come to, by the IDL of the service."""

from __future__ import annotations

from typing import Any

import pytest

from kitexgen.runtime.client.format import client_format
from kitexgen.runtime.framing import FRAMED_BINARY, FRAMED_PROTOBUF, TTHEADER_FRAMED_BINARY, TTHEADER_FRAMED_PROTOBUF
from kitexgen.runtime.service import Payload

THRIFT, PROTOBUF = Payload.THRIFT, Payload.PROTOBUF


@pytest.mark.parametrize(
    ("asked", "format"),
    [
        ((THRIFT, ..., ..., "long"), FRAMED_BINARY),
        ((THRIFT, ..., ..., "mux"), TTHEADER_FRAMED_BINARY),
        ((PROTOBUF, ..., ..., "long"), TTHEADER_FRAMED_PROTOBUF),
        ((PROTOBUF, ..., "protobuf", "short"), TTHEADER_FRAMED_PROTOBUF),
        ((PROTOBUF, ..., ..., "mux"), TTHEADER_FRAMED_PROTOBUF),
        ((PROTOBUF, "ttheader_framed", ..., "mux"), TTHEADER_FRAMED_PROTOBUF),
        ((PROTOBUF, "ttheader", ..., "long"), TTHEADER_FRAMED_PROTOBUF),  # Kitex's name for it
        ((PROTOBUF, "framed", ..., "long"), FRAMED_PROTOBUF),
    ],
)
def test_formats(asked: Any, format: object) -> None:
    assert client_format(*asked) == format


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ((THRIFT, ..., "protobuf", "long"), "protocol `protobuf` is for services of Protobuf"),
        ((PROTOBUF, ..., "binary", "long"), "protocol `binary` is for services of Thrift"),
        ((PROTOBUF, ..., "compact", "long"), "protocol `compact` is for services of Thrift"),
        ((PROTOBUF, "buffered", ..., "long"), "transport `buffered` is for services of Thrift"),
        ((PROTOBUF, "framed", ..., "mux"), "pool `mux` needs transport `ttheader` or `ttheader_framed`"),
        ((PROTOBUF, "http", ..., "long"), "transport `http` is unknown"),
    ],
)
def test_what_does_not_go_together(asked: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        client_format(*asked)
