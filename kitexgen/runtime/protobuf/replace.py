"""replace: a changed copy of a message."""

from __future__ import annotations

from typing import Any, TypeVar

from kitexgen.runtime.model.message import Message

M = TypeVar("M", bound=Message)


def replace(message: M, /, **changes: Any) -> M:
    """Return a new message like `message`, with the attributes in `changes` set anew; its unknown fields go along.

    Lists, maps and messages that are not changed are shared with `message`. Setting a field of a oneof unsets the
    others. Raises TypeError for an attribute the message has not, OneofError for two of one oneof.
    """
    if not isinstance(message, Message):
        raise TypeError(f"replace() takes a message, got {type(message).__name__}")
    return message.__replace__(**changes)
