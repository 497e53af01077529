"""Message: the base of generated Protobuf messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitexgen.runtime.errors import OneofError
from kitexgen.runtime.model.struct import Struct

if TYPE_CHECKING:
    from typing import Any, ClassVar


class Message(Struct):
    """A message of the IDL: a record that keeps the fields it does not know.

    `__unknown__` has those as they came, in order: number, wire type and value of each. They are written back, they
    count when two messages are compared, and pickles and copies hold them; patterns and reprs do not. Extensions lie
    there too (`kitexgen.runtime.protobuf.get_extension`). The schema:

        ("message", full IDL name, source, (row, ...), options[, extension ranges[, is MessageSet]])
        row:   (number, attribute, IDL name, requirement, type[, JSON name[, oneof[, default[, options]]]])
        range: (first number, one past the last)

    Trailing parts that say nothing are left out, earlier ones are None.
    """

    __slots__ = ()
    if TYPE_CHECKING:
        __schema__: ClassVar[tuple[Any, ...]]
        __unknown__: bytes

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {"__unknown__": self.__unknown__}


def require_oneofs(message: Message) -> None:
    """Raise OneofError when two fields of one oneof are set."""
    found: dict[str, list[str]] = {}
    for row in message.__schema__[3]:
        if len(row) > _ONEOF and row[_ONEOF] is not None and getattr(message, row[1]) is not None:
            found.setdefault(row[_ONEOF], []).append(row[2])
    for oneof, names in found.items():
        if len(names) > 1:
            raise OneofError(message.__schema__[1], oneof, tuple(names))


def which_of(message: Message, oneof: str) -> str | None:
    """The attribute of the field of `oneof`, by its IDL name, that is set; None when none is.

    Raises OneofError when several are, ValueError when the message has no such oneof, TypeError for no message.
    """
    if not isinstance(message, Message):
        raise TypeError(f"which() takes a message, got {type(message).__name__}")
    rows = [row for row in message.__schema__[3] if len(row) > _ONEOF and row[_ONEOF] == oneof]
    if not rows:
        raise ValueError(f"{message.__schema__[1]} has no oneof {oneof!r}")
    found = [row for row in rows if getattr(message, row[1]) is not None]
    if len(found) > 1:
        raise OneofError(message.__schema__[1], oneof, tuple(row[2] for row in found))
    return found[0][1] if found else None


_ONEOF = 6  # place of the oneof's name in a row of the schema
