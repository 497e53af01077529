"""TTHeader frames put to a Kitex server, and frames of a Kitex client read and answered: what whole clients and servers
would not show."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from kitexgen.runtime.framing.checksum import payload_checksum
from kitexgen.runtime.framing.ttheader import (
    MAX_INFO_SIZE,
    PREFIX_SIZE,
    TTHeader,
    decode_header,
    encode_header,
    read_prefix,
)
from kitexgen.runtime.framing.ttheader_keys import IntKey, StringKey
from kitexgen.runtime.thrift import decode, encode
from tests.interop_kitex import golden
from tests.interop_kitex.ours import Code
from tests.peers.building import Peers
from tests.peers.kitex_processes import KitexClient, KitexServer, Transport

pytestmark = pytest.mark.interop

SECONDS = 10


class Frame(NamedTuple):
    header: TTHeader
    payload: bytes


class FrameSocket:
    """Whole TTHeader frames over a connection."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._socket.settimeout(SECONDS)

    def close(self) -> None:
        self._socket.close()

    def send(self, header: TTHeader, payload: bytes) -> None:
        self._socket.sendall(encode_header(header, len(payload)) + payload)

    def next(self) -> Frame | None:
        """The next frame, or None when the peer has closed."""
        start = self._read(PREFIX_SIZE)
        if not start:
            return None
        prefix = read_prefix(start)
        header, _ = decode_header(start + self._read(prefix.info_size))
        return Frame(header, self._read(prefix.payload_size))

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self._socket.recv(size - len(data))
            if not more:
                break
            data += more
        return data


def framed(payload: bytes) -> bytes:
    return len(payload).to_bytes(4) + payload


def connect(server: KitexServer) -> FrameSocket:
    host, port = server.address.rsplit(":", 1)
    return FrameSocket(socket.create_connection((host, int(port)), SECONDS))


@pytest.fixture
def frames(kitex_server: KitexServer) -> Iterator[FrameSocket]:
    opened = connect(kitex_server)
    yield opened
    opened.close()


# --- a Kitex server ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("inner", ["bare", "framed"])
def test_a_call_is_answered_in_kind(frames: FrameSocket, inner: str) -> None:
    call, reply = golden.CALL_HELLO, golden.REPLY_HELLO
    if inner == "framed":
        call, reply = framed(call), framed(reply)
    for _ in range(2):
        frames.send(TTHeader(sequence_id=1), call)
        answer = frames.next()
        # The meta handler adds the type, and nothing else; flags stay behind.
        assert answer == Frame(TTHeader(sequence_id=1, int_infos={IntKey.MSG_TYPE: "2"}), reply)


def seen(frames: FrameSocket, code: Code, header: TTHeader) -> tuple[TTHeader, dict[str, object]]:
    """What the handler saw of a call with this header, and the header of the reply."""
    arguments = encode(code.probe_service.SeenArgs())
    frames.send(header, b"\x80\x01\x00\x01\x00\x00\x00\x04seen\x00\x00\x00\x01" + arguments)
    answer = frames.next()
    assert answer is not None
    result = decode(code.probe_service.SeenResult, answer.payload[16:])
    return answer.header, {name: getattr(result.success, name) for name in code.probe.Seen.__match_args__}


def test_infos_arrive(frames: FrameSocket, code: Code) -> None:
    header = TTHeader(
        sequence_id=1,
        string_infos={
            StringKey.SERVICE: "Probe",
            "RPC_PERSIST_far": "1",
            "RPC_TRANSIT_near": "2",
            "RPC_TRANSIT_UPSTREAM_old": "3",
            StringKey.ACL_TOKEN: "token",
            "some other": "key",
        },
        int_infos={
            IntKey.FROM_SERVICE: "caller",
            IntKey.FROM_METHOD: "from",
            IntKey.RPC_TIMEOUT: "250",
            4242: "a key nobody knows",
        },
    )
    reply, told = seen(frames, code, header)
    assert told == {
        "caller": "caller",
        "caller_method": "from",
        "service": "Probe",
        "method": "seen",
        "persistent": {"far": "1"},
        "transient": {"near": "2", "gdpr-token": "token"},  # what was transient one hop before has gone
        "timeout_milliseconds": 250,
    }
    assert reply.string_infos == {"seen-by": "kitex-server"}


@pytest.mark.parametrize("size", [MAX_INFO_SIZE, 65536])
def test_a_large_header_arrives(frames: FrameSocket, code: Code, size: int) -> None:
    # 2 for protocol and transforms, 3 for the block, 4 for each of the pairs' lengths and the keys' text
    keys = ["RPC_PERSIST_a", "RPC_PERSIST_b", "RPC_PERSIST_c", "RPC_PERSIST_d"]
    room = size - 2 - 3 - len(keys) * 4 - sum(map(len, keys))
    values = [room // 4] * 3 + [room - 3 * (room // 4)]
    infos = {key: "v" * length for key, length in zip(keys, values, strict=True)}
    header = TTHeader(sequence_id=1, string_infos=infos)
    assert len(encode_header(header, 0)) == PREFIX_SIZE + size
    _, told = seen(frames, code, header)
    assert told["persistent"] == {key.removeprefix("RPC_PERSIST_"): value for key, value in infos.items()}


def test_infos_that_are_no_utf8_come_back(frames: FrameSocket, code: Code) -> None:
    strange = b"\xff\x00\xc3".decode("utf-8", "surrogateescape")
    _, told = seen(frames, code, TTHeader(sequence_id=1, string_infos={f"RPC_PERSIST_{strange}": strange}))
    assert told["persistent"] == {strange: strange}


def test_a_business_status(frames: FrameSocket) -> None:
    frames.send(TTHeader(sequence_id=5), golden.call_echo("biz"))
    answer = frames.next()
    assert answer is not None
    assert answer.header.string_infos == {
        StringKey.BIZ_STATUS: "1001",
        StringKey.BIZ_MESSAGE: "no money",
        StringKey.BIZ_EXTRA: '{"k":"v\\u003c1\\u003e"}',
    }
    assert answer.payload == golden.REPLY_DECLARED[:16] + b"\0"


def test_an_unknown_method_announces_the_end_of_the_connection(frames: FrameSocket) -> None:
    frames.send(TTHeader(sequence_id=5, string_infos={StringKey.SERVICE: "Echo"}), golden.CALL_UNKNOWN)
    answer = frames.next()
    assert answer is not None
    assert answer.header == TTHeader(
        sequence_id=5, string_infos={StringKey.CONNECTION_RESET: "1"}, int_infos={IntKey.MSG_TYPE: "3"}
    )
    assert b"unknown method nosuch (service Echo)" in answer.payload
    assert frames.next() is None


@pytest.mark.parametrize("protocol_id", [0x02, 0x7F])
def test_what_we_refuse_kitex_refuses(frames: FrameSocket, protocol_id: int) -> None:
    frames.send(TTHeader(sequence_id=1, protocol_id=protocol_id), golden.CALL_HELLO)
    assert frames.next() is None


@pytest.fixture(scope="module")
def checking_server(kitex: Peers) -> Iterator[KitexServer]:
    with KitexServer(kitex.server, "-crc32c") as server:
        yield server


@pytest.mark.parametrize("size", [3, 50_000], ids=["short", "long"])
def test_checksums(checking_server: KitexServer, code: Code, size: int) -> None:
    arguments = encode(code.arguments("give_binary", bytes(range(256)) * (size // 256) + b"end"))
    call = framed(b"\x80\x01\x00\x01\x00\x00\x00\x0bgive_binary\x00\x00\x00\x01" + arguments)
    frames = connect(checking_server)
    frames.send(TTHeader(sequence_id=1, string_infos={StringKey.CRC32C: payload_checksum(call)}), call)
    answer = frames.next()
    assert answer is not None
    assert answer.header.string_infos == {StringKey.CRC32C: payload_checksum(answer.payload)}
    frames.send(TTHeader(sequence_id=1, string_infos={StringKey.CRC32C: payload_checksum(call + b"x")}), call)
    assert frames.next() is None
    frames.close()


# --- a Kitex client ---------------------------------------------------------------------------------------------------


class OneAnswer:
    """A server that gives one answer to one call, and keeps the call. A context manager."""

    def __init__(self, header: TTHeader, payload: bytes) -> None:
        self._answer = Frame(header, payload)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(SECONDS)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, name="one-answer")
        self.call: Frame | None = None

    def __enter__(self) -> OneAnswer:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._thread.join(SECONDS)
        self._listener.close()

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        frames = FrameSocket(client)
        self.call = frames.next()
        assert self.call is not None
        header, payload = self._answer
        header.sequence_id = self.call.header.sequence_id
        frames.send(header, payload.replace(b"SEQ!", header.sequence_id.to_bytes(4)))
        frames.close()


REPLY = golden.REPLY_HELLO.replace(b"hello\0\0\0\x01", b"helloSEQ!")


@pytest.mark.parametrize("transport", ["ttheader", "ttheaderframed"])
def test_a_kitex_client_is_understood_and_understands(kitex_client: KitexClient, transport: Transport) -> None:
    reply = TTHeader(sequence_id=0, string_infos={"back": "again"}, int_infos={IntKey.MSG_TYPE: "2"})
    with OneAnswer(reply, framed(REPLY) if transport == "ttheaderframed" else REPLY) as server:
        answer = kitex_client.call(
            "Echo",
            "hello",
            address=server.address,
            transport=transport,
            short=True,
            args={"name": "bob"},
            persistent={"far": "1"},
            transient={"near": "2", "gdpr-token": "token"},
            timeout_milliseconds=5000,
        )
    assert server.call is not None
    header = server.call.header
    assert header.string_infos == {
        StringKey.SERVICE: "Echo",
        "RPC_PERSIST_far": "1",
        "RPC_TRANSIT_near": "2",
        StringKey.ACL_TOKEN: "token",
    }
    assert header.int_infos == {
        IntKey.TRANSPORT_TYPE: "framed" if transport == "ttheaderframed" else "unframed",
        IntKey.FROM_SERVICE: "kitex-client",
        IntKey.TO_SERVICE: "kitex-peer",
        IntKey.TO_METHOD: "hello",
        IntKey.RPC_TIMEOUT: "5000",
        IntKey.CONNECT_TIMEOUT: "5000",
        IntKey.FROM_METHOD: "",
        IntKey.MSG_TYPE: "1",
    }
    assert (header.flags, header.protocol_id) == (0, 0)
    call = golden.CALL_HELLO.replace(b"hello\0\0\0\x01", b"hello" + header.sequence_id.to_bytes(4))
    assert server.call.payload == (framed(call) if transport == "ttheaderframed" else call)
    assert answer.failure is None
    assert answer.result == {"success": "hi bob"}
    assert answer.backward == {"back": "again"}


def test_a_kitex_client_takes_a_business_status(kitex_client: KitexClient) -> None:
    status: dict[str, str] = {
        StringKey.BIZ_STATUS: "-3",
        StringKey.BIZ_MESSAGE: "no",
        StringKey.BIZ_EXTRA: '{"k":"<v>"}',
    }
    empty = REPLY[:17] + b"\0"
    with OneAnswer(TTHeader(sequence_id=0, string_infos=status), empty) as server:
        answer = kitex_client.call("Echo", "hello", address=server.address, transport="ttheader", short=True)
    assert answer.failure is not None
    assert (answer.failure.kind, answer.failure.type, answer.failure.message) == ("business", -3, "no")
    assert answer.failure.extra == {"k": "<v>"}


def test_a_kitex_client_sums_its_payload(kitex_client: KitexClient) -> None:
    reply = TTHeader(sequence_id=0)
    with OneAnswer(reply, framed(REPLY)) as server:
        kitex_client.call(
            "Echo",
            "hello",
            address=server.address,
            transport="ttheaderframed",
            short=True,
            crc32c=True,
            args={"name": "bob" * 3000},
        )
    assert server.call is not None
    assert server.call.header.string_infos[StringKey.CRC32C] == payload_checksum(server.call.payload)
