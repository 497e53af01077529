"""What the load of `bench_rpc` sends: a call with 1 KB, in each way that calls come."""

from __future__ import annotations

import struct
from collections.abc import Callable

from kitexgen.runtime.framing.stream_frame import FrameKind, StreamFrame, encode_frame
from kitexgen.runtime.framing.ttheader import Flag, TTHeader, encode_header
from kitexgen.runtime.framing.ttheader_keys import IntKey

MESSAGE = b"m" * 1000


def framed_request() -> bytes:
    """A call of `small` with 1 KB of message, framed Thrift Binary."""
    return struct.pack(">I", len(_call())) + _call()


def full_request() -> bytes:
    """The same behind a TTHeader as a Kitex client writes it, with a timeout and two persistent values."""
    ints = {
        IntKey.TRANSPORT_TYPE.value: "framed",
        IntKey.FROM_SERVICE.value: "bench.load",
        IntKey.TO_SERVICE.value: "bench.echo",
        IntKey.TO_METHOD.value: "small",
        IntKey.RPC_TIMEOUT.value: "1000",
        IntKey.FROM_METHOD.value: "main",
        IntKey.MSG_TYPE.value: "1",
    }
    strings = {"isn": "Echo", "RPC_PERSIST_tenant": "acme", "RPC_PERSIST_log-id": "02173485920934857"}
    message = framed_request()
    return encode_header(TTHeader(sequence_id=7, string_infos=strings, int_infos=ints), len(message)) + message


def mux_request() -> bytes:
    """The same behind a bare TTHeader that lets the reply come in any order."""
    return encode_header(TTHeader(sequence_id=7, flags=Flag.OUT_OF_ORDER), len(_call())) + _call()


def _opening() -> bytes:
    """What opens a stream of `bidi`."""
    frame = StreamFrame(kind=FrameKind.HEADER, stream_id=1, method="bidi", infos={"isn": "Echo"})
    return b"".join(encode_frame(frame))


def _message() -> bytes:
    """A message of 1 KB for it."""
    return b"".join(encode_frame(StreamFrame(kind=FrameKind.DATA, stream_id=1, method="bidi", payload=_small())))


def _small() -> bytes:
    return b"\x0b\x00\x01" + struct.pack(">i", len(MESSAGE)) + MESSAGE + b"\x00"


def _call() -> bytes:
    begin = b"\x80\x01\x00\x01" + struct.pack(">i", 5) + b"small" + struct.pack(">i", 7)
    return begin + b"\x0c\x00\x01" + _small() + b"\x00"


REQUESTS: dict[str, Callable[[], tuple[bytes, bytes]]] = {
    "framed": lambda: (b"", framed_request()),
    "full": lambda: (b"", full_request()),
    "mux": lambda: (b"", mux_request()),
    "stream": lambda: (_opening(), _message()),
}
"""For each way calls come: what opens a connection, and what is sent again and again."""
