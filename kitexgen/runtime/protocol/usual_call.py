"""A client's usual call, in few steps: Thrift Binary with a length in front, and answers that tell a value alone.

Short cuts that decide nothing. A request is what `pack` would make of it. An answer that is anything else than the
reply that is due is left where it is, for the long way (`framing.decoder`, `protocol.replies`) to say what it means.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

from kitexgen.runtime.buffer.pieces import Pieces, gather
from kitexgen.runtime.errors import FrameTooLarge
from kitexgen.runtime.framing.format import Format
from kitexgen.runtime.framing.framed import HEADER_SIZE, MAX_FRAME
from kitexgen.runtime.framing.ttheader import MAGIC, MAGIC_AT, PREFIX_SIZE, SEQUENCE_ID_AT
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.protocol.packing import envelope_head
from kitexgen.runtime.protocol.results import ResultShape, result_shape
from kitexgen.runtime.service.info import MethodInfo
from kitexgen.runtime.wire.codec import append_binary, decode_binary
from kitexgen.runtime.wire.native import compiled
from kitexgen.runtime.wire.thrift_types import MessageKind

_BINARY: Final = b"\x80\x01"
_SIGNS: Final = (_BINARY, MAGIC)
_FLAGS_AT: Final = 6
_NO_FLAGS: Final = b"\0\0"
_WORDS_AT: Final = 12
_SEQUENCE_SIZE: Final = 4
_SMALL: Final = 64 * 1024

Opening: TypeAlias = tuple[bytes, type[Struct]]
"""How a method's replies are opened: the beginning of their envelope up to the sequence id, the class of the result."""

Form: TypeAlias = tuple[bytes, int, int]
"""How a method's requests are made: all that stands before the arguments, its lengths and sequence ids still 0; how
many bytes of that are TTHeader; how many bytes the whole may have. A length stands before the envelope or none does."""

NOT_USUAL: Final = NotImplemented
"""What `open_usual_answer` gives instead of a value."""


def opening_of(method: MethodInfo) -> Opening | None:
    """None for a method without an answer."""
    if method.result is None:
        return None
    return envelope_head(method.name, MessageKind.REPLY), method.result


def form_of(header: bytes, format: Format, method: MethodInfo, max_message: int) -> Form:
    """The form of requests of `method` behind `header`, a TTHeader or nothing; of `max_message` bytes at most."""
    length = bytes(HEADER_SIZE) if format.has_length else b""
    head = header + length + envelope_head(method.name, MessageKind.CALL) + bytes(_SEQUENCE_SIZE)
    return head, len(header), min(max_message, MAX_FRAME)


@compiled
def write_usual_call(form: Form, sequence_id: int, arguments: Struct) -> Pieces:
    """The whole request, ready to be sent; strings and blobs of `LARGE` bytes and more are not copied.

    Raises EncodeError when `arguments` cannot be written, FrameTooLarge for a request that may not be so large.
    """
    head, header_size, limit = form
    parts = [head]
    append_binary(arguments, parts)
    size = sum(map(len, parts))
    if size > limit:
        raise FrameTooLarge(size, limit)
    begin = bytearray(head)
    number = sequence_id.to_bytes(_SEQUENCE_SIZE, "big", signed=True)
    if header_size:
        begin[:MAGIC_AT] = (size - MAGIC_AT).to_bytes(MAGIC_AT, "big")
        begin[SEQUENCE_ID_AT : SEQUENCE_ID_AT + _SEQUENCE_SIZE] = number
    if begin[header_size : header_size + 2] != _BINARY:
        length = size - header_size - HEADER_SIZE
        begin[header_size : header_size + HEADER_SIZE] = length.to_bytes(HEADER_SIZE, "big")
    begin[-_SEQUENCE_SIZE:] = number
    parts[0] = bytes(begin)
    return gather(parts)


@compiled
def take_usual_answers(data: bytes, waiting: dict[int, Any], plain: bytes, limit: int) -> int:
    """Give the answers that `data` begins with to those who wait; return where the first is that is not usual, or ends
    beyond `data`.

    `waiting` has a pair of a future and an `Opening` by the sequence id of each usual call, whatever else for others;
    those who get their answer are taken out. Answers stand behind a TTHeader whose info area is `plain`, and have
    `limit` bytes at most.
    """
    at = 0
    while (frame := _behind_header(data, at, plain, limit)) is not None:
        waiter = waiting.get(frame.sequence_id)
        if type(waiter) is not tuple:
            break
        future, opening = waiter
        value = _value(data, frame, opening, frame.sequence_id)
        if value is NOT_USUAL:
            break
        del waiting[frame.sequence_id]
        at = frame.end
        if not future.done():  # else it was cancelled meanwhile
            future.set_result(value)
    return at


@compiled
def open_usual_answer(data: bytes, sequence_id: int, opening: Opening, plain: bytes, limit: int) -> Any:
    """The value of the answer that `data` is, whole and alone; NOT_USUAL for all else. `plain` and `limit` as above."""
    frame = _framed(data, limit) or _behind_header(data, 0, plain, limit)
    if frame is None or frame.end != len(data):
        return NOT_USUAL
    return _value(data, frame, opening, sequence_id)


def info_area(data: bytes, at: int) -> bytes:
    """The info area of the TTHeader at `at`; empty when no whole one is there."""
    start = at + PREFIX_SIZE
    if len(data) < start or data[at + MAGIC_AT : at + MAGIC_AT + 2] != MAGIC:
        return b""
    end = start + 4 * int.from_bytes(data[at + _WORDS_AT : start], "big")
    return data[start:end] if end <= len(data) else b""


def missing(data: bytes) -> int:
    """How many bytes are still to come of the message that `data` begins, if it is one that says so; else 0."""
    if len(data) < MAGIC_AT + 2 or data[MAGIC_AT : MAGIC_AT + 2] not in _SIGNS:
        return 0
    return max(0, MAGIC_AT + int.from_bytes(data[:MAGIC_AT], "big") - len(data))


def is_start_of_small(data: bytes) -> bool:
    """Whether `data` begins a message behind a TTHeader that is not all there, and small: one to be joined with what
    comes next. Of fewer bytes than tell it, it is taken for one."""
    if len(data) < MAGIC_AT + len(MAGIC):
        return True
    size = MAGIC_AT + int.from_bytes(data[:MAGIC_AT], "big")
    return len(data) < size <= _SMALL and data.startswith(MAGIC, MAGIC_AT)


class _Frame(NamedTuple):
    """A message from `at` to `end`."""

    at: int
    end: int
    sequence_id: int


def _framed(data: bytes, limit: int) -> _Frame | None:
    end = HEADER_SIZE + int.from_bytes(data[:HEADER_SIZE], "big")
    if data[HEADER_SIZE : HEADER_SIZE + 2] != _BINARY or end > len(data) or end - HEADER_SIZE > limit:
        return None
    return _Frame(HEADER_SIZE, end, 0)


def _behind_header(data: bytes, at: int, plain: bytes, limit: int) -> _Frame | None:
    end = at + MAGIC_AT + int.from_bytes(data[at : at + MAGIC_AT], "big")
    start = at + PREFIX_SIZE + len(plain)
    if end > len(data) or start + 6 > end or not plain or info_area(data, at) != plain:
        return None
    if data[at + _FLAGS_AT : at + _FLAGS_AT + 2] != _NO_FLAGS:
        return None
    if data[start : start + 2] != _BINARY:
        start += HEADER_SIZE
        length = int.from_bytes(data[start - HEADER_SIZE : start], "big")
        if data[start : start + 2] != _BINARY or length != end - start:
            return None
    if end - start > limit:
        return None
    sequence_id = data[at + SEQUENCE_ID_AT : at + SEQUENCE_ID_AT + _SEQUENCE_SIZE]
    return _Frame(start, end, int.from_bytes(sequence_id, "big", signed=True))


def _value(data: bytes, frame: _Frame, opening: Opening, sequence_id: int) -> Any:
    head, result = opening
    begin = head + (sequence_id & 0xFFFFFFFF).to_bytes(_SEQUENCE_SIZE, "big")
    if not data.startswith(begin, frame.at, frame.end):
        return NOT_USUAL
    try:
        record, end = decode_binary(result, data, frame.at + len(begin))
    except Exception:
        return NOT_USUAL  # the long way finds out what is wrong, if anything is
    shape = result_shape(result)
    assert isinstance(shape, ResultShape)
    if end > frame.end or any(getattr(record, attribute) is not None for attribute, _ in shape.thrown):
        return NOT_USUAL
    if shape.value is None:
        return None
    value = getattr(record, shape.value)
    return NOT_USUAL if value is None else value
