"""value_or_default: what a field stands for that is not set."""

from __future__ import annotations

from typing import Any

from kitexgen.runtime.model.message import Message
from kitexgen.runtime.wire.protobuf_table import FieldTable, MessageRef, message_table, zero_of


def value_or_default(message: Message, attribute: str) -> Any:
    """Return the value of a field; when it is None, the IDL's default or the zero of its type.

    For a message within, that is a new, empty one, which `message` does not hold. Raises AttributeError when the
    message has no such field, TypeError for what is no message.
    """
    if not isinstance(message, Message):
        raise TypeError(f"value_or_default() takes a message, got {type(message).__name__}")
    table = message_table(type(message))
    field = next((field for field in table.fields if field.attribute == attribute), None)
    if field is None:
        raise AttributeError(f"{table.name} has no field {attribute!r}")
    value = getattr(message, attribute)
    return default_of(field) if value is None else value


def default_of(field: FieldTable) -> Any:
    """What a field is that is not set; a message is a new one."""
    if field.default is not None:
        return field.default
    if isinstance(field.type, MessageRef):
        return message_table(field.type.cls).blank()
    return zero_of(field.type)
