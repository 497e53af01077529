"""Messages to what JSON has: dicts, lists, text, numbers, bools and None."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import copysign
from typing import Any

from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.model.enum import Enum
from kitexgen.runtime.model.extension import ExtensionInfo
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.protobuf.codec import decode
from kitexgen.runtime.protobuf.extensions import extension_field, get_extension, has_extension
from kitexgen.runtime.protobuf.json_forms import TEXT_FORMS, WRAPPERS
from kitexgen.runtime.protobuf.json_scalars import scalar_writer, write_key
from kitexgen.runtime.protobuf.json_table import JsonMessage, json_enum, json_message
from kitexgen.runtime.wire.arrays import ANY_SIGN, numbers_of
from kitexgen.runtime.wire.place import shown
from kitexgen.runtime.wire.protobuf_numbers import kind_of
from kitexgen.runtime.wire.protobuf_table import EnumTable, FieldTable, MapTable, MessageRef, ScalarTable, TypeTable
from kitexgen.runtime.wire.protobuf_types import READ_DEPTH


@dataclass(frozen=True, slots=True)
class JsonWriter:
    """How messages are written. `types` by their full names, for what lies in an Any.

    Whoever goes a step down puts that step before the path of an error coming up; `depth` is how many messages may
    still lie within each other.
    """

    use_proto_names: bool
    use_enum_numbers: bool
    emit_default_values: bool
    types: Mapping[str, type[Message]]
    extensions: tuple[ExtensionInfo[Any, Any], ...]

    def message(self, message: Message, depth: int = READ_DEPTH) -> Any:
        """Return a message in the form that JSON has for its type. Raises EncodeError with the path within it."""
        if depth < 0:
            raise EncodeError(f"more than {READ_DEPTH} messages within each other")
        names = json_message(type(message))
        name = names.name
        if not names.is_special:
            return self._object(message, names, depth)
        if name in TEXT_FORMS:
            return TEXT_FORMS[name].write(message)
        if name in WRAPPERS:
            (field,) = names.table.fields
            return self._value(field.type, getattr(message, field.attribute), depth)
        match name:
            case "google.protobuf.Any":
                return self._any(message, depth)
            case "google.protobuf.Struct":
                return self._field(names.table.fields[0], message.fields, depth)  # type: ignore[attr-defined]  # a Struct
            case "google.protobuf.ListValue":
                return self._field(names.table.fields[0], message.values, depth)  # type: ignore[attr-defined]  # a ListValue
        return self._plain_value(message, names, depth)

    def _object(self, message: Message, names: JsonMessage, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for oneof, fields in names.table.oneofs.items():
            chosen = [field.name for field in fields if getattr(message, field.attribute, None) is not None]
            if len(chosen) > 1:
                raise EncodeError(f"one field of oneof {oneof} may be set, {len(chosen)} are: {', '.join(chosen)}")
        for field in names.fields:
            table = field.table
            value = getattr(message, table.attribute, None)
            if table.array_code:
                value = self._step(_numbers, table, value, depth, table.name)
            if not value and self._is_left_out(table, value):
                continue
            name = table.name if self.use_proto_names else field.name
            try:
                found[name] = field.write(value) if field.write else self._field(table, value, depth)
            except EncodeError as error:
                error.within(table.name)
                raise
        if message.__unknown__:
            self._add_extensions(found, message, depth)
        return found

    def _is_left_out(self, field: FieldTable, value: Any) -> bool:
        """Whether a value, which is none or a zero, is nothing to write. One of the wrong type is, to be refused."""
        if value is None and field.is_explicit:
            if field.is_required:
                raise EncodeError(f"required field {field.name} is not set", field.name)
            return True
        if field.is_explicit or self.emit_default_values:
            return False
        if field.is_repeated:
            return bool(field.array_code) or isinstance(
                value, dict if isinstance(field.type, MapTable) else (list, tuple)
            )
        return type(value) is type(field.zero) and not (isinstance(value, float) and copysign(1, value) < 0)

    def _add_extensions(self, found: dict[str, Any], message: Message, depth: int) -> None:
        for extension in self.extensions:
            if isinstance(message, extension.extendee):
                name = f"[{extension.name}]"
                try:
                    if not has_extension(message, extension):
                        continue
                    value = get_extension(message, extension)
                except DecodeError as error:
                    raise EncodeError(error.reason, name) from error
                found[name] = self._step(self._field, extension_field(extension), value, depth, name)

    def _step(self, write: Callable[..., Any], what: Any, value: Any, depth: int, step: str) -> Any:
        try:
            return write(what, value, depth)
        except EncodeError as error:
            error.within(step)
            raise

    def _field(self, field: FieldTable, value: Any, depth: int) -> Any:
        type_ = field.type
        if isinstance(type_, MapTable):
            return self._map(field, value, depth)
        if not field.is_repeated:
            return self._value(type_, value, depth)
        if not (field.array_code or isinstance(value, list | tuple)):
            raise EncodeError(f"expected list, got {kind_of(value)}")
        return [self._step(self._value, type_, item, depth, f"[{index}]") for index, item in enumerate(value)]

    def _map(self, field: FieldTable, entries: Any, depth: int) -> dict[str, Any]:
        if not isinstance(entries, Mapping):
            raise EncodeError(f"expected dict, got {kind_of(entries)}")
        key_type, value_type = field.key.type, field.value.type
        assert isinstance(key_type, ScalarTable)
        found: dict[str, Any] = {}
        for key, value in entries.items():
            text = self._step(_key, key_type.kind, key, depth, f"[key {shown(key)}]")
            found[text] = self._step(self._value, value_type, value, depth, f"[{shown(key)}]")
        return found

    def _value(self, type_: TypeTable, value: Any, depth: int) -> Any:
        match type_:
            case ScalarTable(kind):
                return scalar_writer(kind)(value)
            case EnumTable():
                return self._enum(type_, value)
            case MessageRef(cls):
                if not isinstance(value, cls):
                    raise EncodeError(f"expected {cls.__name__}, got {kind_of(value)}")
                return self.message(value, depth - 1)
        raise AssertionError(type_)

    def _enum(self, type_: EnumTable, value: Any) -> str | int | None:
        cls: type[Enum] = type_.cls
        if not isinstance(value, int):
            raise EncodeError(f"expected {cls.__name__}, got {kind_of(value)}")
        number: int = scalar_writer("int32")(value)
        if self.use_enum_numbers:
            return number
        names = json_enum(cls)
        if names.is_null:
            return None
        name = names.names.get(number)
        if name is None and type_.is_closed:
            raise EncodeError(f"{number} has no name in {cls.__name__}, a closed enum")
        return number if name is None else name

    def _any(self, packed: Any, depth: int) -> dict[str, Any]:
        url = scalar_writer("string")(packed.type_url)
        if not url and not packed.value:
            return {}
        cls = self.types.get(type_name(url))
        if cls is None:
            raise EncodeError(f"an Any of {shown(url)}, which is none of `types`")
        try:
            message = decode(cls, packed.value)
        except DecodeError as error:
            raise EncodeError(f"an Any of {shown(url)} holds bytes that are none: {error}") from error
        written = self.message(message, depth - 1)
        if json_message(cls).is_special:
            return {"@type": url, "value": written}
        return {"@type": url, **written}

    def _plain_value(self, value: Message, names: JsonMessage, depth: int) -> Any:
        """A google.protobuf.Value; one of which nothing is set is null, as elsewhere."""
        fields = [field for field in names.table.fields if getattr(value, field.attribute) is not None]
        if len(fields) > 1:
            raise EncodeError(f"one field of oneof kind may be set, {len(fields)} are")
        if not fields or fields[0].name == "null_value":
            return None
        written = self._value(fields[0].type, getattr(value, fields[0].attribute), depth)
        if fields[0].name == "number_value" and isinstance(written, str):
            raise EncodeError(f"{written} in a Value: JSON has no such number")
        return written


def _key(kind: str, key: Any, _: int) -> str:
    return write_key(kind, key)


def _numbers(_: FieldTable, value: Any, __: int) -> Sequence[Any]:
    """What may stand for an array may not be asked whether it is empty: NumPy's are not."""
    return numbers_of(value, ANY_SIGN)


def type_name(url: str) -> str:
    """The full name of a type in the URL of an Any: all behind the last slash, "" when nothing is before that."""
    host, _, name = url.rpartition("/")
    return name if host else ""
