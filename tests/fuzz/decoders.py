"""What is fuzzed: every decoder of the runtime that is given a peer's bytes, the reader of IDL, and what they may do.

A target takes any bytes. It raises what no decoder documents, and an AssertionError when a decoder breaks a promise.
Hypothesis (`test_decoders.py`) and atheris (`run_atheris.py`, for `make fuzz`) drive the same targets.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kitexgen.idl import load
from kitexgen.runtime.contract.wellknown.any import Any
from kitexgen.runtime.contract.wellknown.descriptor import (
    DescriptorProto,
    FieldDescriptorProto,
    FieldOptions,
    FileDescriptorProto,
)
from kitexgen.runtime.contract.wellknown.duration import Duration
from kitexgen.runtime.contract.wellknown.field_mask import FieldMask
from kitexgen.runtime.contract.wellknown.struct import ListValue, Value
from kitexgen.runtime.contract.wellknown.struct import Struct as JsonObject
from kitexgen.runtime.contract.wellknown.timestamp import Timestamp
from kitexgen.runtime.contract.wellknown.type import Type
from kitexgen.runtime.errors import (
    ApplicationError,
    BadVersion,
    ChecksumMismatch,
    DecodeError,
    EncodeError,
    FrameTooLarge,
    InvalidMessageType,
    KitexError,
    MalformedHeader,
    ProtocolError,
)
from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.format import (
    BUFFERED_BINARY,
    BUFFERED_COMPACT,
    FRAMED_BINARY,
    FRAMED_COMPACT,
    FRAMED_PROTOBUF,
    TTHEADER_BINARY,
    TTHEADER_FRAMED_BINARY,
    TTHEADER_FRAMED_PROTOBUF,
    Packet,
)
from kitexgen.runtime.framing.mesh_header import decode_mesh_header
from kitexgen.runtime.framing.stream_frame import FrameKind, StreamFrame, StreamFrameDecoder
from kitexgen.runtime.framing.ttheader import Flag, TTHeader, decode_header, encode_header
from kitexgen.runtime.framing.validation import guards
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.protobuf import decode, encode, from_json, to_json
from kitexgen.runtime.protocol.packing import read_body, read_exception, unpack
from kitexgen.runtime.server.answer import understand
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.service.info import MethodInfo
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.records import Choice, Containers, Kept, User
from tests.builders.services import ALL, ECHO, FAIL, NOTES, TELL, Note, NotesHandler, args, result
from tests.builders.whole import encode_frame, pack, pack_exception
from tests.builders.words import WORDS, Word, WordsHandler

MAX_MESSAGE = 1 << 20
"""Bytes of one message that the decoders under test allow: less than what a few bytes can announce."""


@dataclass(frozen=True, slots=True)
class Target:
    """`memory` is how many bytes a decoder may take at the same time for each byte of input, past `BASE`."""

    run: Callable[[bytes], None]
    memory: int


BASE = 256 * 1024
"""Bytes that any input may cost: tables made on first use, exceptions, frames of the interpreter."""


def header(data: bytes) -> None:
    """One TTHeader. What was read is written again, and read once more it is the same."""
    try:
        found, _ = decode_header(data)
    except MalformedHeader:
        return
    try:
        again, _ = decode_header(encode_header(found, 0))
    except EncodeError:
        return  # padding and repeated keys made room that ours has not
    assert again == found


def mesh(data: bytes) -> None:
    """One mesh header."""
    with suppress(MalformedHeader):
        decode_mesh_header(data)


def stream(data: bytes) -> None:
    """A stream of messages, read in pieces whose sizes the first byte decides; cuts must not matter."""
    size = data[0] + 1 if data else 1
    whole, failed_whole = _packets([data[1:]])
    cut, failed_cut = _packets([data[at : at + size] for at in range(1, len(data), size)])
    assert cut == whole
    assert failed_cut is failed_whole


def _packets(pieces: list[bytes]) -> tuple[list[Packet], type[KitexError] | None]:
    decoder = MessageDecoder(MAX_MESSAGE, guards=guards(checksum=True))
    packets: list[Packet] = []
    try:
        for piece in pieces:
            decoder.feed(piece)
            while (packet := decoder.next_message()) is not None:
                packets.append(packet)
            assert decoder.pending <= MAX_MESSAGE + 4 * 0xFFFF + len(piece) + 14
            decoder.beginning(64)
    except (BadVersion, MalformedHeader, FrameTooLarge, ChecksumMismatch, DecodeError, ProtocolError) as error:
        return packets, type(error)  # ProtocolError itself: a frame of a stream
    finally:
        decoder.close()
    return packets, None


def frames(data: bytes) -> None:
    """The frames of streams on one connection, whole and cut as in `stream`; each that was read is written again."""
    size = data[0] + 1 if data else 1
    whole, failed_whole = _frames([data[1:]])
    cut, failed_cut = _frames([data[at : at + size] for at in range(1, len(data), size)])
    assert cut == whole
    assert failed_cut is failed_whole
    for frame in whole:
        with suppress(EncodeError):  # padding and repeated keys made room that ours has not
            again = StreamFrameDecoder()
            again.feed(encode_frame(frame))
            assert again.next_frame() == frame


def _frames(pieces: list[bytes]) -> tuple[list[StreamFrame], type[KitexError] | None]:
    decoder = StreamFrameDecoder(MAX_MESSAGE)
    found: list[StreamFrame] = []
    try:
        for piece in pieces:
            decoder.feed(piece)
            while (frame := decoder.next_frame()) is not None:
                found.append(frame)
            assert decoder.pending <= MAX_MESSAGE + 4 * 0xFFFF + len(piece) + 14
    except (MalformedHeader, FrameTooLarge, ProtocolError) as error:
        return found, type(error)
    finally:
        decoder.close()
    return found, None


def message(data: bytes) -> None:
    """One message in the format that the first byte chooses: envelope, and all that could stand behind it."""
    format = _FORMATS[data[0] % len(_FORMATS)] if data else FRAMED_BINARY
    try:
        found = unpack(Packet(format, data[1:]))
    except (BadVersion, DecodeError, InvalidMessageType):
        return
    for record in _MESSAGES if format is FRAMED_PROTOBUF else _RECORDS:
        with suppress(DecodeError):
            read_body(found, record)
    with suppress(DecodeError):
        assert isinstance(read_exception(found), ApplicationError)


def protobuf(data: bytes) -> None:
    """A Protobuf message of the class that the first byte chooses. What was read is written, and read is the same."""
    cls = _MESSAGES[data[0] % len(_MESSAGES)] if data else Word
    try:
        written = encode(decode(cls, data[1:]))
    except (DecodeError, EncodeError):
        return  # EncodeError: required fields that are missing are no fault where a message is read
    assert encode(decode(cls, written)) == written


def json(data: bytes) -> None:
    """ProtoJSON of the class that the first byte chooses. What was read is written, and read is the same."""
    cls = _JSON[data[0] % len(_JSON)] if data else Word
    try:
        written = to_json(from_json(cls, data[1:], types=_JSON), types=_JSON)
    except (DecodeError, EncodeError):
        return  # EncodeError: required fields, as above
    assert to_json(from_json(cls, written, types=_JSON), types=_JSON) == written


def request(data: bytes) -> None:
    """What a server makes of a stream: a call, a refusal, or one of its documented errors."""
    packets, _ = _packets([data])
    for packet in packets:
        with suppress(BadVersion, DecodeError, InvalidMessageType, ProtocolError):
            understand(packet, _ROUTES, None)


def idl(data: bytes) -> None:
    """A Thrift file: whatever its bytes, a schema or diagnostics come out."""

    def read(path: Path) -> bytes:
        if path.name != "fuzzed.thrift":
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return data

    found = load(["fuzzed.thrift"], read=read)
    assert (found.schema is None) == found.report.has_errors


idl(b"struct A {}")  # builds the tables of the grammar, a megabyte that no input costs


def _result_of(method: MethodInfo) -> type[Struct]:
    assert method.result is not None
    return method.result


_FORMATS = (FRAMED_BINARY, FRAMED_COMPACT, FRAMED_PROTOBUF)
_RECORDS: tuple[type[Struct], ...] = (Containers, Kept, Choice, User, _result_of(ALL), FAIL.arguments)
_MESSAGES: tuple[type[Message], ...] = (Word, FileDescriptorProto, Type, JsonObject)
_JSON: tuple[type[Message], ...] = (*_MESSAGES, Any, Duration, FieldMask, ListValue, Timestamp, Value)
_ROUTES = Routes([Served(NOTES, NotesHandler()), Served(WORDS, WordsHandler())])
for _number in range(len(_MESSAGES)):
    protobuf(bytes((_number,)))  # loads the generated codec, and what no codec takes builds the careful one's tables:
    protobuf(bytes((_number, 0)))  # a megabyte that no input costs

# A record of no fields is one byte on the wire and all its defaults in memory; text is four bytes a character at most.
# Of IDL each character may be a token, and a mistake with its place and words.
TARGETS: dict[str, Target] = {
    "header": Target(header, memory=60),
    "mesh": Target(mesh, memory=60),
    "stream": Target(stream, memory=100),
    "frames": Target(frames, memory=100),
    "message": Target(message, memory=400),
    "protobuf": Target(protobuf, memory=2000),  # a message within is two bytes, and in memory all its lists
    "json": Target(json, memory=2000),
    "request": Target(request, memory=200),
    "idl": Target(idl, memory=20_000),
}


def hold(target: Target, data: bytes) -> None:
    """Run `target`, and see that it takes no more memory than it may."""
    tracemalloc.start()
    try:
        target.run(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    allowed = BASE + target.memory * len(data)
    assert peak <= allowed, f"{peak} bytes were taken for an input of {len(data)}, {allowed} are allowed"


_SAMPLES = Path(__file__).parents[2] / "idl_samples" / "thrift"


def _protobuf_seeds(header: TTHeader) -> list[bytes]:
    """Calls in Kitex Protobuf, bare messages, and messages as JSON."""
    word = Word(msg="hello", n=-1)
    found = [
        pack(format, kind, "Echo", 7, word, header=header)
        for format in (FRAMED_PROTOBUF, TTHEADER_FRAMED_PROTOBUF)
        for kind in (MessageKind.CALL, MessageKind.REPLY)
    ]
    found.append(pack_exception(FRAMED_PROTOBUF, "Echo", 9, ApplicationError(6, "biz error: x")))
    field = FieldDescriptorProto(name="f", number=7, default_value="x", options=FieldOptions(packed=True))
    nested = DescriptorProto(name="M", field=[field, field], nested_type=[DescriptorProto(name="N")])
    list_ = Value(list_value=ListValue(values=[Value(number_value=1.5), Value(bool_value=True)]))
    found.append(b"\x01" + encode(FileDescriptorProto(name="a.proto", message_type=[nested], public_dependency=[1, 2])))
    found.append(b"\x03" + encode(JsonObject(fields={"k": list_, "": Value(string_value="é")})))
    found.append(b"\x01" + to_json(FileDescriptorProto(name="a.proto", message_type=[nested])).encode())
    inner = '{"@type": "a/google.protobuf.Timestamp", "value": "1972-01-01T10:00:20.021-05:00"}'
    found.append(f'\x04{{"@type": "a/google.protobuf.Any", "value": {inner}}}'.encode())
    found.append(b"\x05" + b'"-1.5s"')
    found.append(b"\x06" + b'"user.homePage,x"')
    found.append(b"\x09" + '[1e2, null, true, {"a": [], "é": "\\ud83d\\ude00"}]'.encode())
    return found


def seeds() -> list[bytes]:
    """Messages as they should be, for fuzzers to spoil: of every format and kind, headers full and empty; and IDL."""
    full = TTHeader(
        sequence_id=7,
        flags=Flag.OUT_OF_ORDER,
        string_infos={"isn": "Notes", "RPC_PERSIST_k": "v", "crc32c": "00000000"},
        int_infos={9: "echo", 12: "200"},
    )
    note = args(ECHO, note=Note(text="hello", count=-1))
    found = [path.read_bytes() for path in sorted(_SAMPLES.rglob("*.thrift"))]
    for format in (FRAMED_BINARY, FRAMED_COMPACT, BUFFERED_BINARY, BUFFERED_COMPACT):
        found.append(pack(format, MessageKind.CALL, "echo", 7, note))
        found.append(pack(format, MessageKind.REPLY, "all", 7, result(ALL, success=[Note(text="a"), Note(text="")])))
        found.append(pack(format, MessageKind.ONEWAY, "tell", 8, args(TELL, text="é" * 20)))
        found.append(pack_exception(format, "echo", 9, ApplicationError(6, "biz error: x")))
    for format in (TTHEADER_BINARY, TTHEADER_FRAMED_BINARY):
        for guarded in (guards(checksum=False), guards(checksum=True)):
            found.append(pack(format, MessageKind.CALL, "echo", 7, note, header=full, guards=guarded))
            found.append(pack(format, MessageKind.CALL, "nobody", 7, note, guards=guarded))
    found += _protobuf_seeds(full)
    for kind in FrameKind:
        frame = StreamFrame(
            kind=kind, stream_id=3, method="talk", infos={"k": "v"}, payload=b"\x0b\x00\x01\x00\x00\x00\x00"
        )
        found.append(encode_frame(frame))
    found.append(encode_header(full, 0))
    found.append(b"\xff\xaf\x00\x0a\x00\x01\x00\x01k\x00\x01v" + found[0])
    return found
