"""encode, decode, merge, encoded_size: messages to Protobuf's bytes and back."""

from __future__ import annotations

from typing import TypeVar

from kitexgen.runtime.model.message import Message
from kitexgen.runtime.wire.native import compiled_as
from kitexgen.runtime.wire.protobuf_pure import (
    PROTOBUF_READERS,
    PROTOBUF_WRITERS,
    decode_protobuf,
    encode_protobuf,
    merge_protobuf,
    protobuf_pieces,
)
from kitexgen.runtime.wire.protobuf_types import MOST_BYTES, READ_DEPTH

M = TypeVar("M", bound=Message)


@compiled_as("encode_message")
def encode(message: Message, *, deterministic: bool = False) -> bytes:
    """Return `message` as Protobuf: fields by their numbers, then the fields it does not know, as they came.

    With `deterministic`, equal messages give equal bytes: the entries of maps are sorted, in the order of Google's own
    implementation. Raises EncodeError, which names the path, when a value does not fit its field, a required one is
    not set, or two fields of one oneof are; TypeError for what is no message.
    """
    # This try is `encode_protobuf` once more: a call costs a tenth of writing a small message.
    if not deterministic:
        try:
            data = b"".join(PROTOBUF_WRITERS[type(message)](message))
            if len(data) <= MOST_BYTES:
                return data
        except Exception:
            pass  # the first message of its class, or one that the careful writer has something to say about
    if not isinstance(message, Message):
        raise _no_message("encode", message)
    return encode_protobuf(message, deterministic=deterministic)


@compiled_as("decode_message")
def decode(cls: type[M], data: bytes | bytearray | memoryview) -> M:
    """Read a `cls` from `data`, all of it. Fields that `cls` does not know are kept, and written back by `encode`.

    As in other languages required fields that are missing are no fault here, but are when the message is written.
    Raises DecodeError, which names the path, when the bytes are no such message; TypeError when `cls` is no message
    class.
    """
    # This try is `decode_protobuf` once more: a call costs a tenth of reading a small message.
    try:
        if type(data) is bytes:
            return PROTOBUF_READERS[cls](data, 0, len(data), READ_DEPTH)  # type: ignore[no-any-return]  # by its class
    except Exception:
        pass  # the first message of its class, or bytes that the careful reader has something to say about
    _require_message_class(cls)
    return decode_protobuf(cls, bytes(data))


def merge(into: Message, data: bytes | bytearray | memoryview) -> None:
    """Read `data` into a message: a single value is replaced, lists, maps and messages within are added to.

    Raises as `decode`; what was read before the fault is then in `into`.
    """
    if not isinstance(into, Message):
        raise _no_message("merge", into)
    merge_protobuf(into, bytes(data))


@compiled_as("message_size")
def encoded_size(message: Message) -> int:
    """Return how many bytes `encode` gives. Raises what `encode` raises."""
    if not isinstance(message, Message):
        raise _no_message("encoded_size", message)
    return sum(map(len, protobuf_pieces(message)))


def _require_message_class(cls: object) -> None:
    if not isinstance(cls, type) or not issubclass(cls, Message):
        raise TypeError(f"decode() takes a message class, got {cls!r}")


def _no_message(function: str, thing: object) -> TypeError:
    found = f"the class {thing.__qualname__}" if isinstance(thing, type) else type(thing).__name__
    return TypeError(f"{function}() takes a message, got {found}")
