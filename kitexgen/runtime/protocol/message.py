"""Message: one message, its envelope read, its body not yet."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.runtime.framing.format import Format
from kitexgen.runtime.framing.ttheader import TTHeader
from kitexgen.runtime.service.info import Payload
from kitexgen.runtime.wire.thrift_types import MessageKind


@dataclass(slots=True, eq=False)
class Message:
    """What came or is to go: `payload[body_at:]` is the body: arguments, result or exception.

    `method` is the IDL name, `sequence_id` the envelope's, which counts; that of `header` only tells the calls of one
    connection apart. `header` is None when none came: what travels beside a message (`metadata.ttheader`) is in it.
    """

    format: Format
    kind: MessageKind
    method: str
    sequence_id: int
    payload: bytes
    body_at: int
    header: TTHeader | None = None

    @property
    def written_in(self) -> Payload:
        """The language of the body."""
        return Payload.PROTOBUF if self.format.protocol == "protobuf" else Payload.THRIFT
