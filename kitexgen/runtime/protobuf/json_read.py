"""Messages of what JSON has: dicts, lists, text, numbers, bools and None."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.model.extension import ExtensionInfo
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.protobuf.codec import encode
from kitexgen.runtime.protobuf.extensions import extension_field, set_extension
from kitexgen.runtime.protobuf.json_forms import TEXT_FORMS, WRAPPERS, read_text
from kitexgen.runtime.protobuf.json_scalars import expected, read_integer, read_key, require_text, scalar_reader
from kitexgen.runtime.protobuf.json_table import JsonMessage, json_enum, json_message
from kitexgen.runtime.protobuf.json_write import type_name
from kitexgen.runtime.wire.place import shown
from kitexgen.runtime.wire.protobuf_table import EnumTable, FieldTable, MapTable, MessageRef, ScalarTable, TypeTable
from kitexgen.runtime.wire.protobuf_types import READ_DEPTH

M = TypeVar("M", bound=Message)

_DISCARDED: Final = object()
"""A name that its enum does not have, where unknown things are discarded."""


@dataclass(frozen=True, slots=True)
class JsonReader:
    """How messages are read. `types` by their full names, for what lies in an Any; `extensions` by theirs.

    Whoever goes a step down puts that step before the path of an error coming up; `depth` is how many messages may
    still lie within each other.
    """

    discard_unknown: bool
    types: Mapping[str, type[Message]]
    extensions: Mapping[str, ExtensionInfo[Any, Any]]

    def message(self, cls: type[M], value: Any, depth: int = READ_DEPTH) -> M:
        """Return the `cls` that a value of JSON stands for. Raises DecodeError with the path within it."""
        if depth < 0:
            raise DecodeError(f"more than {READ_DEPTH} messages within each other")
        names = json_message(cls)
        name = names.name
        message: M = names.table.blank()
        if not names.is_special:
            self._object(message, names, _members(value), depth)
        elif name in TEXT_FORMS:
            for attribute, part in read_text(TEXT_FORMS[name], value).items():
                setattr(message, attribute, part)
        elif name in WRAPPERS or name in ("google.protobuf.Struct", "google.protobuf.ListValue"):
            (field,) = names.table.fields
            setattr(message, field.attribute, self._field(field, value, depth))
        elif name == "google.protobuf.Any":
            self._any(message, _members(value), depth)
        else:
            field, value = _kind_of_value(names, value)
            setattr(message, field.attribute, self._field(field, value, depth))
        return message

    def _object(self, message: Message, names: JsonMessage, members: Mapping[Any, Any], depth: int) -> None:
        """Set the fields of a message. A name stands for a field, or in brackets for an extension."""
        seen: dict[int | str, str] = {}
        for key, value in members.items():
            known = names.by_name.get(key)
            if known is None:
                self._extension(message, key, value, depth, seen)
                continue
            field = known.table
            _once(seen, field.number, key)
            if value is None and not _takes_null(field):
                continue
            if field.oneof:
                _once(seen, field.oneof, key)
            try:
                read = known.read(value) if known.read else self._field(field, value, depth)
            except DecodeError as error:
                error.within(key)
                raise
            if read is not _DISCARDED:
                setattr(message, field.attribute, read)

    def _extension(self, message: Message, key: Any, value: Any, depth: int, seen: dict[int | str, str]) -> None:
        """Set the extension that is called `[key]`, when it is one of this message."""
        is_name = isinstance(key, str) and key.startswith("[") and key.endswith("]")
        extension = self.extensions.get(key[1:-1]) if is_name else None
        if extension is None or not isinstance(message, extension.extendee):
            if self.discard_unknown:
                return
            raise DecodeError(f"no such field: {shown(key)}")
        field = extension_field(extension)
        _once(seen, field.number, key)
        if value is None and not _takes_null(field):
            return
        read = self._step(self._field, field, value, depth, key)
        if read is not _DISCARDED:
            _set_extension(message, extension, read, key)

    def _step(self, read: Callable[..., Any], what: Any, value: Any, depth: int, step: str) -> Any:
        try:
            return read(what, value, depth)
        except DecodeError as error:
            error.within(step)
            raise

    def _field(self, field: FieldTable, value: Any, depth: int) -> Any:
        type_ = field.type
        if isinstance(type_, MapTable):
            return self._map(field, _members(value), depth)
        if not field.is_repeated:
            return self._value(type_, value, depth)
        if not isinstance(value, list | tuple):
            raise expected("an array", value)
        items = [self._step(self._value, type_, item, depth, f"[{index}]") for index, item in enumerate(value)]
        if field.array_code:
            return array(field.array_code, items)
        return [item for item in items if item is not _DISCARDED] if isinstance(type_, EnumTable) else items

    def _map(self, field: FieldTable, members: Mapping[Any, Any], depth: int) -> dict[Any, Any]:
        key_type, value_type = field.key.type, field.value.type
        assert isinstance(key_type, ScalarTable)
        found: dict[Any, Any] = {}
        for text, value in members.items():
            step = f"[{shown(text)}]"
            key = self._step(_key, key_type.kind, text, depth, step)
            read = self._step(self._value, value_type, value, depth, step)
            if key in found:
                raise DecodeError("another spelling of this key stands there too", step)
            if read is not _DISCARDED:
                found[key] = read
        return found

    def _value(self, type_: TypeTable, value: Any, depth: int) -> Any:
        match type_:
            case ScalarTable(kind):
                return scalar_reader(kind)(value)
            case EnumTable():
                return self._enum(type_, value)
            case MessageRef(cls):
                return self.message(cls, value, depth - 1)
        raise AssertionError(type_)

    def _enum(self, type_: EnumTable, value: Any) -> Any:
        names = json_enum(type_.cls)
        if value is None and names.is_null:
            return type_.cls(0)
        if isinstance(value, str) and not value.removeprefix("-").isdecimal():
            if value in names.numbers:
                return type_.cls(names.numbers[value])
            if self.discard_unknown:
                return _DISCARDED
            raise expected(f"a name or number of {type_.cls.__name__}", value)
        number = read_integer("int32", value)
        if type_.is_closed and number not in names.names:
            raise DecodeError(f"{number} has no name in {type_.cls.__name__}, a closed enum")
        return type_.cls(number)

    def _any(self, packed: Any, members: Mapping[Any, Any], depth: int) -> None:
        if not members:
            return
        url = members.get("@type")
        if not isinstance(url, str):
            raise DecodeError("an Any needs @type, the URL of its type" if url is None else "@type is text")
        cls = self.types.get(type_name(require_text(url)))
        if cls is None:
            raise DecodeError(f"an Any of {shown(url)}, which is none of `types`")
        fields = {key: value for key, value in members.items() if key != "@type"}
        if json_message(cls).is_special:
            if "value" not in fields:
                raise DecodeError(f"an Any of {shown(url)} has its value in `value`")
            message = self._step(self.message, cls, fields.pop("value"), depth - 1, "value")
            if fields and not self.discard_unknown:
                raise DecodeError(f"an Any of {shown(url)} has only its value, and no {shown(next(iter(fields)))}")
        else:
            message = self.message(cls, _of_empty(cls, fields), depth - 1)
        packed.type_url = url
        try:
            packed.value = encode(message)
        except EncodeError as error:
            raise DecodeError(f"what is in the Any cannot be written: {error}") from error


def _members(value: Any) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise expected("an object", value)
    return value


def _once(seen: dict[int | str, str], what: int | str, key: str) -> None:
    """Refuse a second name for one field, or a second field of one oneof."""
    if what in seen:
        reason = "are the same field" if isinstance(what, int) else f"are both of oneof {what}"
        raise DecodeError(f"{shown(seen[what])} and {shown(key)} {reason}")
    seen[what] = key


def _takes_null(field: FieldTable) -> bool:
    """Whether null is a value of the field; of all others, it says that they are not set."""
    if field.is_repeated:
        return False
    if isinstance(field.type, EnumTable):
        return json_enum(field.type.cls).is_null
    return isinstance(field.type, MessageRef) and json_message(field.type.cls).name == "google.protobuf.Value"


def _kind_of_value(names: JsonMessage, value: Any) -> tuple[FieldTable, Any]:
    """The field of google.protobuf.Value for a value of JSON, and what to read it from."""
    match value:
        case None:
            name = "null_value"
        case bool():
            name = "bool_value"
        case str():
            name = "string_value"
        case int() | float():
            name = "number_value"
        case list() | tuple():
            name = "list_value"
        case Mapping():
            name = "struct_value"
        case _:
            raise expected("a value of JSON", value)
    return names.by_name[name].table, value


def _of_empty(cls: type[Message], fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a message in an Any. Go puts an Empty into `value`, others write nothing for it."""
    is_empty = json_message(cls).name == "google.protobuf.Empty"
    return {} if is_empty and fields == {"value": {}} else fields


def _set_extension(message: Message, extension: ExtensionInfo[Any, Any], value: Any, key: str) -> None:
    try:
        set_extension(message, extension, value)
    except EncodeError as error:
        raise DecodeError(f"cannot be written: {error.reason}", key) from error


def _key(kind: str, text: Any, _: int) -> Any:
    return read_key(kind, text)
