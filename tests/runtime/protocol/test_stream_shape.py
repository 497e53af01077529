"""Which messages a method streams, and payloads that are none."""

from __future__ import annotations

import pytest

from kitexgen.runtime.errors import DecodeError, EncodeError, UnsupportedStreaming
from kitexgen.runtime.protocol.stream_shape import decode_payload, stream_shape
from tests.builders.services import ADD, TALK, TELL, Note, Refused
from tests.builders.whole import encode_payload


def test_shape() -> None:
    assert stream_shape(TALK) == (Note, Note)


@pytest.mark.parametrize("method", [ADD, TELL], ids=lambda method: method.name)
def test_what_does_not_stream(method: object) -> None:
    with pytest.raises(UnsupportedStreaming):
        stream_shape(method)  # type: ignore[arg-type]  # a MethodInfo


def test_payloads() -> None:
    note = Note(text="x", count=1)
    assert decode_payload(encode_payload(note, Note), Note) == note
    with pytest.raises(EncodeError, match="expected Note, got Refused"):
        encode_payload(Refused(), Note)
    with pytest.raises(DecodeError, match="the data frame is empty"):
        decode_payload(b"", Note)
    with pytest.raises(DecodeError):
        decode_payload(b"\x0b", Note)
