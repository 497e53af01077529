"""The well-known types that are one text in JSON: Timestamp, Duration, FieldMask.

Source: the comments on JSON in google/protobuf/{timestamp,duration,field_mask}.proto.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.protobuf.json_scalars import expected, require_text, scalar_writer
from kitexgen.runtime.wire.place import shown

_EPOCH: Final = datetime(1970, 1, 1)
_SECOND: Final = 10**9  # in nanoseconds
_FIRST, _LAST = -62135596800, 253402300799  # seconds of 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z
_LONGEST: Final = 315576000000  # seconds: 10,000 years
_TIMESTAMP: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(?:\.([0-9]{1,9}))?"
    r"(?:Z|([-+])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
_DURATION: Final = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,9}))?s")
_INT32 = scalar_writer("int32")


@dataclass(frozen=True, slots=True)
class TextForm:
    """`write` makes a text of a message, `read` the attributes of one of a text.

    They raise EncodeError and DecodeError, without a path.
    """

    write: Callable[[Any], str]
    read: Callable[[str], Mapping[str, Any]]


def read_text(form: TextForm, value: Any) -> Mapping[str, Any]:
    """The attributes that a value of JSON stands for. Raises DecodeError."""
    if not isinstance(value, str):
        raise expected("text", value)
    return form.read(require_text(value))


def _write_timestamp(timestamp: Any) -> str:
    seconds, nanos = _whole_parts(timestamp)
    if not (_FIRST <= seconds <= _LAST and 0 <= nanos < _SECOND):
        raise EncodeError(f"{seconds} s and {nanos} ns are not within the years 1 to 9999, or no part of a second")
    return f"{(_EPOCH + timedelta(seconds=seconds)).isoformat()}{_fraction(nanos)}Z"


def _read_timestamp(text: str) -> Mapping[str, Any]:
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        raise DecodeError(f"expected a time like 1972-01-01T10:00:20.021Z, got {shown(text)}")
    moment, fraction, sign, hours, minutes = found.groups()
    try:
        seconds = (datetime.fromisoformat(moment) - _EPOCH) // timedelta(seconds=1)
    except ValueError as error:
        raise DecodeError(f"{shown(text)} is no time of the calendar") from error
    if sign:
        offset = int(hours) * 3600 + int(minutes) * 60
        seconds += offset if sign == "-" else -offset
    if not _FIRST <= seconds <= _LAST:
        raise DecodeError(f"{shown(text)} is not within the years 1 to 9999")
    return {"seconds": seconds, "nanos": _nanos(fraction)}


def _write_duration(duration: Any) -> str:
    seconds, nanos = _whole_parts(duration)
    if abs(seconds) > _LONGEST or abs(nanos) >= _SECOND or seconds * nanos < 0:
        raise EncodeError(f"{seconds} s and {nanos} ns are longer than 10,000 years, or have different signs")
    sign = "-" if seconds < 0 or nanos < 0 else ""
    return f"{sign}{abs(seconds)}{_fraction(abs(nanos))}s"


def _read_duration(text: str) -> Mapping[str, Any]:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise DecodeError(f"expected seconds like 1.5s, got {shown(text)}")
    sign, whole, fraction = found.groups()
    seconds, nanos = int(whole), _nanos(fraction)
    if seconds > _LONGEST:
        raise DecodeError(f"{shown(text)} is longer than 10,000 years")
    return {"seconds": -seconds, "nanos": -nanos} if sign else {"seconds": seconds, "nanos": nanos}


def _write_field_mask(mask: Any) -> str:
    return ",".join(_camel_path(path) for path in mask.paths)


def _camel_path(path: Any) -> str:
    text: str = scalar_writer("string")(path)
    camel = re.sub("_([a-z])", lambda found: found[1].upper(), text)
    if not text or "," in text or "_" in camel or _snake_path(camel) != text:
        raise EncodeError(f"the path {shown(text)} is another one when it is read back from JSON")
    return camel


def _read_field_mask(text: str) -> Mapping[str, Any]:
    paths = text.split(",") if text else []
    for path in paths:
        if not path or "_" in path:
            raise DecodeError(f"expected paths like user.homePage, got {shown(path)}")
    return {"paths": [_snake_path(path) for path in paths]}


def _snake_path(path: str) -> str:
    return re.sub("[A-Z]", lambda found: "_" + found[0].lower(), path)


def _whole_parts(message: Any) -> tuple[int, int]:
    try:
        return int(scalar_writer("int64")(message.seconds)), _INT32(message.nanos)
    except EncodeError as error:
        raise EncodeError(f"seconds or nanos: {error.reason}") from None


def _fraction(nanos: int) -> str:
    """Three, six or nine digits behind the point, or nothing."""
    if not nanos:
        return ""
    digits = f"{nanos:09}"
    return "." + digits.removesuffix("000").removesuffix("000")


def _nanos(fraction: str | None) -> int:
    return int((fraction or "").ljust(9, "0"))


TEXT_FORMS: Final = {
    "google.protobuf.Duration": TextForm(_write_duration, _read_duration),
    "google.protobuf.FieldMask": TextForm(_write_field_mask, _read_field_mask),
    "google.protobuf.Timestamp": TextForm(_write_timestamp, _read_timestamp),
}

# Messages of one field, which in JSON is all there is of them.
WRAPPERS: Final = frozenset(
    f"google.protobuf.{kind}Value"
    for kind in ("Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64")
)

_WHATEVER_JSON: Final = frozenset(f"google.protobuf.{name}" for name in ("ListValue", "Struct", "Value"))


def is_special(name: str) -> bool:
    """Whether the type of that full name has another form than the object of its fields; in an Any it is `value`."""
    return name == "google.protobuf.Any" or name in TEXT_FORMS or name in WRAPPERS or name in _WHATEVER_JSON
