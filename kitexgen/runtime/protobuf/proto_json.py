"""to_json, from_json, to_dict, from_dict: messages as ProtoJSON and back.

The form is that of protobuf.dev/programming-guides/json; the options are those of Go's protojson, by the same names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.model.extension import ExtensionInfo
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.protobuf.json_read import JsonReader
from kitexgen.runtime.protobuf.json_table import json_message
from kitexgen.runtime.protobuf.json_write import JsonWriter
from kitexgen.runtime.wire.place import shown
from kitexgen.runtime.wire.protobuf_table import message_table

M = TypeVar("M", bound=Message)

Types = Iterable[type[Message]]
Extensions = Iterable[ExtensionInfo[Any, Any]]


def to_json(
    message: Message,
    *,
    indent: int | None = None,
    use_proto_names: bool = False,
    use_enum_numbers: bool = False,
    emit_default_values: bool = False,
    types: Types = (),
    extensions: Extensions = (),
) -> str:
    """Return `message` as ProtoJSON: one line, or indented by `indent` spaces. Options and errors are `to_dict`'s."""
    plain = to_dict(
        message,
        use_proto_names=use_proto_names,
        use_enum_numbers=use_enum_numbers,
        emit_default_values=emit_default_values,
        types=types,
        extensions=extensions,
    )
    separators = (",", ":") if indent is None else (",", ": ")
    try:
        return json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)
    except RecursionError:
        raise EncodeError("nested too deeply for this thread's stack", message_table(type(message)).name) from None


def from_json(
    cls: type[M],
    text: str | bytes | bytearray,
    *,
    discard_unknown: bool = False,
    types: Types = (),
    extensions: Extensions = (),
) -> M:
    """Read a `cls` from ProtoJSON, text or its UTF-8. Options and errors are `from_dict`'s.

    Raises DecodeError also for text that is no JSON, and for an object in which a name stands twice.
    """
    return from_dict(cls, _parse(text), discard_unknown=discard_unknown, types=types, extensions=extensions)


def to_dict(
    message: Message,
    *,
    use_proto_names: bool = False,
    use_enum_numbers: bool = False,
    emit_default_values: bool = False,
    types: Types = (),
    extensions: Extensions = (),
) -> Any:
    """Return `message` as what a JSON parser makes of ProtoJSON: a dict, but for some well-known types.

    Fields that are not set are left out, and those without presence that are zero or empty, unless
    `emit_default_values`. Names are lowerCamelCase, or the IDL's with `use_proto_names`; enums are names, or numbers
    with `use_enum_numbers`. An Any can be written when what it holds is one of `types`; of the extensions, those in
    `extensions` are written. All other fields that the message does not know are left out.

    Raises EncodeError, which names the path, for a value that does not fit its field, a required field that is not
    set, two fields of one oneof, an Any of another type, a Timestamp, Duration, FieldMask or Value that has no JSON,
    text that is not UTF-8, and more than 100 messages within each other; TypeError for what is no message.
    """
    if not isinstance(message, Message):
        raise TypeError(f"expected a message, got {type(message).__name__}")
    root = message_table(type(message)).name
    writer = JsonWriter(use_proto_names, use_enum_numbers, emit_default_values, _by_name(types), tuple(extensions))
    try:
        return writer.message(message)
    except EncodeError as error:
        error.within(root)
        raise
    except RecursionError:
        raise EncodeError("nested too deeply for this thread's stack", root) from None


def from_dict(
    cls: type[M],
    data: Any,
    *,
    discard_unknown: bool = False,
    types: Types = (),
    extensions: Extensions = (),
) -> M:
    """Read a `cls` from what a JSON parser makes of ProtoJSON; what `to_dict` gives comes back equal.

    A field goes by its lowerCamelCase name or by that of the IDL. null leaves it as it is, except where null is a
    value: in google.protobuf.Value and NullValue. With `discard_unknown`, names that are no field or extension, and
    names that an enum does not have, are passed over. An Any can be read when its `@type` is one of `types`; the
    extensions that can be read are those in `extensions`. As in `decode`, a required field may be missing.

    Raises DecodeError, which names the path in the keys of `data`, for anything else that is not a `cls`: an unknown
    name, a value of another type or out of range, a field or oneof that is there twice, more than 100 messages within
    each other. TypeError when `cls` is no message class.
    """
    _require_message_class(cls)
    root = message_table(cls).name
    reader = JsonReader(discard_unknown, _by_name(types), {extension.name: extension for extension in extensions})
    try:
        return reader.message(cls, data)
    except DecodeError as error:
        error.within(root)
        raise
    except RecursionError:
        raise DecodeError("nested too deeply for this thread's stack", root) from None


def _require_message_class(cls: object) -> None:
    if not isinstance(cls, type) or not issubclass(cls, Message):
        raise TypeError(f"expected a message class, got {cls!r}")


def _by_name(types: Types) -> dict[str, type[Message]]:
    return {json_message(cls).name: cls for cls in types}


def _parse(text: str | bytes | bytearray) -> Any:
    try:
        if not isinstance(text, str):
            text = bytes(text).decode("utf-8")
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise DecodeError(f"no JSON: {error}") from error
    except UnicodeDecodeError as error:
        raise DecodeError(f"no JSON: byte {error.start} is not UTF-8") from error
    except ValueError as error:  # a whole number of more digits than Python is willing to read
        raise DecodeError("a number of more digits than Python reads (sys.get_int_max_str_digits)") from error
    except RecursionError:
        raise DecodeError("nested too deeply for JSON") from None


def _refuse_constant(word: str) -> NoReturn:
    raise DecodeError(f"no JSON: {word} is not a number there")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise DecodeError(f"an object has the name {shown(name)} twice")
            seen.add(name)
    return found
