"""What Protobuf's conformance suite asks: bytes or JSON in, bytes or JSON out, by our codec.

    python testee.py ROOT CODEC [RECORDING]

ROOT is the package generated from `protos/`, importable; CODEC is "generated" or "careful", the codec that works from
schemas alone. As a program this talks to conformance_test_runner over stdin and stdout: a length of four bytes, low
byte first, and a message, both ways (conformance.proto). The suite's own messages go through our codec too. What was
asked and answered is written to RECORDING.
"""

from __future__ import annotations

import struct
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Literal

from kitexgen.runtime import wellknown
from kitexgen.runtime.contract.model import Message
from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.model.extension import ExtensionInfo
from kitexgen.runtime.protobuf import decode, encode, from_json, to_json, which
from kitexgen.runtime.wire.protobuf_read import read_message
from kitexgen.runtime.wire.protobuf_write import write_message
from tests.conformance.recording import Exchange, save

Codec = Literal["generated", "careful"]

MODULES = (
    "proto2.test_messages_proto2",
    "proto3.test_messages_proto3",
    "editions.proto2.test_messages_proto2_editions",
    "editions.proto3.test_messages_proto3_editions",
    "editions.test_messages_edition2023",
)
NOT_OURS = "kitexgen has neither text format nor JSPB"


class Testee:
    """One codec under test. `exchanges` has all that was asked and answered, apart from what was skipped."""

    __test__ = False  # for pytest this is no class of tests

    def __init__(self, root: str, codec: Codec) -> None:
        self.codec = codec
        self.exchanges: list[Exchange] = []
        self.conformance = import_module(f"{root}.conformance.conformance")
        found = [wellknown, *(import_module(f"{root}.protobuf_test_messages.{name}") for name in MODULES)]
        values = [getattr(module, name) for module in found for name in dir(module)]
        self.extensions = [value for value in values if isinstance(value, ExtensionInfo)]
        self.types: list[type[Message]] = [
            value for value in values if isinstance(value, type) and issubclass(value, Message) and value is not Message
        ]
        self.by_name = {cls.__schema__[1]: cls for cls in self.types}

    def answer(self, data: bytes) -> bytes:
        """The bytes of a ConformanceResponse to those of a ConformanceRequest."""
        result = self._result(decode(self.conformance.ConformanceRequest, data))
        if "skipped" not in result:
            self.exchanges.append(Exchange.of(data, result))
        return encode(self.conformance.ConformanceResponse(**result))

    def result(self, data: bytes) -> Exchange:
        """The answer to a ConformanceRequest, to compare."""
        return Exchange.of(data, self._result(decode(self.conformance.ConformanceRequest, data)))

    def _result(self, request: Any) -> dict[str, Any]:
        """What to set of a ConformanceResponse."""
        if request.message_type == "conformance.FailureSet":
            return {"protobuf_payload": b""}
        formats = self.conformance.WireFormat
        is_ours = request.requested_output_format in (formats.PROTOBUF, formats.JSON)
        if not is_ours or which(request, "payload") not in ("protobuf_payload", "json_payload"):
            return {"skipped": NOT_OURS}
        try:
            message = self._read(request)
        except DecodeError as error:
            return {"parse_error": str(error)}
        try:
            if request.requested_output_format == formats.JSON:
                return {"json_payload": to_json(message, types=self.types, extensions=self.extensions)}
            return {"protobuf_payload": self._encode(message)}
        except EncodeError as error:
            return {"serialize_error": str(error)}

    def _read(self, request: Any) -> Message:
        cls = self.by_name[request.message_type]
        if request.protobuf_payload is not None:
            if self.codec == "generated":
                return decode(cls, request.protobuf_payload)
            careful: Message = read_message(cls, request.protobuf_payload)
            return careful
        discards = request.test_category == self.conformance.TestCategory.JSON_IGNORE_UNKNOWN_PARSING_TEST
        text = request.json_payload
        return from_json(cls, text, discard_unknown=discards, types=self.types, extensions=self.extensions)

    def _encode(self, message: Message) -> bytes:
        return encode(message) if self.codec == "generated" else b"".join(write_message(message))


def serve(testee: Testee, source: BinaryIO, sink: BinaryIO) -> None:
    """Answer until the runner closes its end."""
    while head := source.read(4):
        (size,) = struct.unpack("<I", head)
        answer = testee.answer(source.read(size))
        sink.write(struct.pack("<I", len(answer)) + answer)
        sink.flush()


def main(root: str, codec: Codec, recording: str | None = None) -> None:
    testee = Testee(root, codec)
    serve(testee, sys.stdin.buffer, sys.stdout.buffer)
    # The runner starts a second testee for its suite of text format, all of which is skipped.
    if recording is not None and testee.exchanges:
        save(Path(recording), testee.exchanges)


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]
