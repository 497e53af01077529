"""dump_json and load_json: records as JSON text, in the form of Kitex's JSON generic calls.

Kitex's form (cloudwego/kitex pkg/generic/thrift/json.go): keys are IDL names, binary is base64, enums are numbers, sets
are arrays, map keys are text (`"true"`, `"42"`). Where Kitex has no form, ours: a UUID is its canonical text; a map key
that is a record or container is its own JSON text; a double that JSON cannot spell (NaN, infinity) is refused.
A string that is not UTF-8 holds lone surrogates (`surrogateescape`), written as `\\udcXX`: it comes back whole in
Python, while a Go reader puts U+FFFD there.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, Final, NoReturn, TypeVar
from uuid import UUID

from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.model.describe import EnumType, FieldType, ScalarName, ScalarType
from kitexgen.runtime.model.enum import Enum
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.thrift.build import Notation, build_record, double, whole_number
from kitexgen.runtime.thrift.json_values import json_record

R = TypeVar("R", bound=Struct)

_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_UUID: Final = re.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,19})")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def dump_json(record: Struct, *, indent: int | None = None) -> str:
    """Return `record` as JSON text: one line, or indented by `indent` spaces. Fields that are None are left out.

    The text can be encoded as UTF-8. Integers are exact whatever their size. Unknown fields that a record kept are left
    out. Raises TypeError for what is no record, EncodeError, which names the path, for a value of the wrong type or
    out of range, a required field that is None, a union with other than one field, a double that is not finite.
    """
    if not isinstance(record, Struct):
        raise TypeError(f"dump_json() takes a record, got {type(record).__name__}")
    try:
        return to_text(json_record(record), indent)
    except EncodeError as error:
        error.within(record.__schema__[1])
        raise
    except RecursionError:
        raise EncodeError("nested too deeply for JSON", record.__schema__[1]) from None


def load_json(cls: type[R], text: str | bytes | bytearray, *, refuse_unknown: bool = False) -> R:
    """Read a `cls` from JSON text, or its UTF-8 bytes; what `dump_json` writes comes back equal.

    A key that is absent, or null, leaves its field at the default. An i64 may be text, as JavaScript needs it. A key
    that is no field of the IDL is ignored unless `refuse_unknown`.

    Raises DecodeError, with the path where there is one, for text that is no JSON, a value of another type or out of
    range, a required field that is absent, a union with other than one field; TypeError when `cls` is no record class.
    """
    return build_record(cls, _parse(text), _JsonNotation(), refuse_unknown)


def to_text(value: object, indent: int | None = None) -> str:
    """JSON text of plain values, with nothing in it that UTF-8 cannot spell."""
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)
    # Only inside of strings can there be surrogates, so the escapes stand where they may.
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _parse(text: str | bytes | bytearray) -> Any:
    if not isinstance(text, str):
        text = bytes(text).decode("utf-8", "surrogateescape")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise DecodeError(f"no JSON: {error}") from error
    except ValueError as error:  # a whole number of more digits than Python is willing to read
        raise DecodeError(f"no number of ours: {error}") from error
    except RecursionError:
        raise DecodeError("nested too deeply for JSON") from None


def _refuse_constant(word: str) -> NoReturn:
    raise DecodeError(f"no JSON: {word} is not a number there")


class _JsonNotation(Notation):
    """What a JSON parser gives: dict, list, str, int, float, bool."""

    def record(self, cls: type[Struct], value: Any) -> Mapping[Any, Any]:
        if isinstance(value, dict):
            return value
        raise _expected("an object", value)

    def scalar(self, name: ScalarName, value: Any) -> Any:
        match name:
            case "bool" if isinstance(value, bool):
                return value
            case "i8" | "i16" | "i32" | "i64":
                return whole_number(name, _whole(name, value))
            case "double" if isinstance(value, int | float) and not isinstance(value, bool):
                return double(value)
            case "string" if isinstance(value, str):
                return value
            case "binary" if isinstance(value, str):
                return _binary(value)
            case "uuid" if isinstance(value, str):
                return _uuid(value)
        raise _expected(_JSON_TYPES[name], value)

    def enum(self, cls: type[Enum], value: Any) -> Enum:
        return cls(whole_number("i32", _whole("i32", value)))

    def elements(self, value: Any) -> Iterable[Any]:
        if isinstance(value, list):
            return value
        raise _expected("an array", value)

    def entries(self, value: Any) -> Iterable[tuple[Any, Any]]:
        if isinstance(value, dict):
            return value.items()
        raise _expected("an object", value)

    def key(self, type_: FieldType, spelled: str) -> Any:
        match type_:
            case ScalarType("string" | "binary" | "uuid"):
                return spelled
            case ScalarType("bool"):
                return {"true": True, "false": False}.get(spelled, spelled)
            case ScalarType("double"):
                return float(spelled) if _NUMBER.fullmatch(spelled) else spelled
            case ScalarType() | EnumType():
                return int(spelled) if _WHOLE.fullmatch(spelled) else spelled
        return _parse(spelled)


_JSON_TYPES: Final[dict[ScalarName, str]] = {
    "bool": "true or false",
    "double": "a number",
    "string": "a string",
    "binary": "base64 in a string",
    "uuid": "a UUID in a string",
}


def _whole(name: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and isfinite(value) and value.is_integer():
        return int(value)  # `1e3` and `1.0` are whole numbers in JSON
    if name == "i64" and isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    raise _expected("a whole number", value)


def _binary(value: str) -> bytes:
    try:
        return b64decode(value, validate=True)
    except (Base64Error, ValueError) as error:
        raise DecodeError("expected base64, padded") from error


def _uuid(value: str) -> UUID:
    # UUID() would also take braces, no dashes, and a few more.
    if not _UUID.fullmatch(value):
        raise DecodeError("expected a UUID as 8-4-4-4-12 hexadecimal digits")
    return UUID(value)


_WORDS: Final[dict[type, str]] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def _expected(what: str, value: object) -> DecodeError:
    found = _WORDS.get(type(value), type(value).__name__)
    return DecodeError(f"expected {what}, got {found}")
