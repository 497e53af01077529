"""Extensions: fields that other files add to a message. A message keeps them as bytes, among its unknown fields."""

from __future__ import annotations

import sys
from typing import Any, Final, TypeVar

from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.model.extension import ExtensionInfo
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.protobuf.presence import default_of
from kitexgen.runtime.wire.protobuf_message_set import add_item, take_items
from kitexgen.runtime.wire.protobuf_read import read_fields
from kitexgen.runtime.wire.protobuf_table import FieldTable, MessageTable, field_table, message_table
from kitexgen.runtime.wire.protobuf_write import write_fields

E = TypeVar("E", bound=Message)
V = TypeVar("V")


class _Holder:
    """The value of an extension; as unknown fields, all that was kept beside it."""

    __slots__ = ("__unknown__", "value")

    def __init__(self, value: Any, rest: bytes) -> None:
        self.value = value
        self.__unknown__ = rest


_FIELDS: Final[dict[ExtensionInfo[Any, Any], FieldTable]] = {}


def get_extension(message: E, extension: ExtensionInfo[E, V]) -> V:
    """Return the value of an extension; when it is not set, its default, an empty list or a new, empty message.

    What is returned is made from bytes each time: to change it, set it again. Raises DecodeError when the bytes are no
    such value, TypeError when the extension is not one of this message.
    """
    field = _field(message, extension)
    value = _taken(message, field).value
    if value is None:
        value = default_of(field)
    return value  # type: ignore[no-any-return]  # the extension says what it is


def has_extension(message: E, extension: ExtensionInfo[E, Any]) -> bool:
    """Whether an extension is set; a repeated one, whether it has elements. Raises as `get_extension`."""
    value = _taken(message, _field(message, extension)).value
    return value is not None and value != []


def set_extension(message: E, extension: ExtensionInfo[E, V], value: V) -> None:
    """Set an extension, anew if it is set. It is written behind all that the message keeps.

    Raises EncodeError when the value is not what the extension asks for, else as `get_extension`.
    """
    field = _field(message, extension)
    rest = _taken(message, field).__unknown__
    table = message_table(type(message))
    raw = b"".join(write_fields(_Holder(value, b""), _table_of(field, table.name)))
    message.__unknown__ = rest + (add_item(raw) if table.is_message_set else raw)


def clear_extension(message: E, extension: ExtensionInfo[E, Any]) -> None:
    """Unset an extension. Raises as `get_extension`."""
    message.__unknown__ = _taken(message, _field(message, extension)).__unknown__


def extension_field(extension: ExtensionInfo[Any, Any]) -> FieldTable:
    """The table of an extension, as if it were a field called `value`; None there is "not set"."""
    if extension not in _FIELDS:
        number, _, name, requirement, *more = extension.row
        names = sys.modules[extension.module].__dict__
        # None is "not set", also where the zero of a field would be.
        requirement = "optional" if requirement != "default" or not _is_repeated(extension.type) else requirement
        _FIELDS[extension] = field_table((number, "value", f"[{name}]", requirement, *more), names)
    return _FIELDS[extension]


def _field(message: Message, extension: ExtensionInfo[Any, Any]) -> FieldTable:
    if not isinstance(message, extension.extendee):
        raise TypeError(f"{extension.name} extends {extension.extendee.__name__}, got {type(message).__name__}")
    return extension_field(extension)


def _is_repeated(spelled: Any) -> bool:
    return isinstance(spelled, tuple) and spelled[0] in ("list", "packed_list")


def _taken(message: Message, field: FieldTable) -> _Holder:
    """The extension and, apart from it, the other unknown fields."""
    table = message_table(type(message))
    kept = message.__unknown__
    if not isinstance(kept, bytes):
        raise DecodeError(f"unknown fields are kept as bytes, got {type(kept).__name__}", table.name)
    holder = _Holder([] if field.is_repeated else None, b"")
    if table.is_message_set:
        kept, rest = take_items(kept, field.number)
        read_fields(holder, _table_of(field, table.name), kept)
        holder.__unknown__ = rest
    else:
        read_fields(holder, _table_of(field, table.name), kept)
    return holder


def _table_of(field: FieldTable, name: str) -> MessageTable:
    """The table of a message that has an extension for its only field."""
    return MessageTable(_Holder, name, (field,), is_message_set=False)
