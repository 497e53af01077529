"""Message: the base of generated Protobuf messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitexgen.runtime.errors import OneofError
from kitexgen.runtime.model.struct import Struct

if TYPE_CHECKING:
    from typing import Any, ClassVar, Self


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

    def __replace__(self, /, **changes: Any) -> Self:
        """A new message with some fields changed, by attribute; of a oneof, setting one field unsets the others.

        Raises TypeError for an attribute that the message has not, OneofError for two fields of one oneof.
        """
        rows = self.__schema__[3]
        chosen = {_oneof(row) for row in rows if changes.get(row[1]) is not None} - {None}
        unset = {row[1]: None for row in rows if _oneof(row) in chosen}
        return super().__replace__(**unset | changes)

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {"__unknown__": self.__unknown__}


def require_oneofs(message: Message) -> None:
    """Raise OneofError when two fields of one oneof are set."""
    found: dict[str, list[str]] = {}
    for row in message.__schema__[3]:
        if (oneof := _oneof(row)) is not None and getattr(message, row[1]) is not None:
            found.setdefault(oneof, []).append(row[2])
    for oneof, names in found.items():
        if len(names) > 1:
            raise OneofError(message.__schema__[1], oneof, tuple(names))


def which_of(message: Message, oneof: str) -> str | None:
    """The attribute of the field of `oneof`, by its IDL name, that is set; None when none is.

    Raises OneofError when several are, ValueError when the message has no such oneof, TypeError for no message.
    """
    if not isinstance(message, Message):
        raise TypeError(f"which() takes a message, got {type(message).__name__}")
    rows = [row for row in message.__schema__[3] if _oneof(row) == oneof]
    if not rows:
        raise ValueError(f"{message.__schema__[1]} has no oneof {oneof!r}")
    found = [row for row in rows if getattr(message, row[1]) is not None]
    if len(found) > 1:
        raise OneofError(message.__schema__[1], oneof, tuple(row[2] for row in found))
    return found[0][1] if found else None


def _oneof(row: tuple[Any, ...]) -> str | None:
    """The oneof of a row of the schema."""
    return row[6] if len(row) > 6 else None
