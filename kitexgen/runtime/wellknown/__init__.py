"""Google's well-known types, and the way between them and what Python has for the same.

    from kitexgen.runtime.wellknown import Timestamp, timestamps

    event.at = timestamps.from_datetime(datetime.now(UTC))
    timestamps.to_datetime(event.at)

A file that imports `google/protobuf/timestamp.proto` gets this very `Timestamp`. Names are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitexgen.runtime.contract.wellknown.any import Any
    from kitexgen.runtime.contract.wellknown.duration import Duration
    from kitexgen.runtime.contract.wellknown.empty import Empty
    from kitexgen.runtime.contract.wellknown.field_mask import FieldMask
    from kitexgen.runtime.contract.wellknown.struct import ListValue, NullValue, Struct, Value
    from kitexgen.runtime.contract.wellknown.timestamp import Timestamp
    from kitexgen.runtime.contract.wellknown.wrappers import (
        BoolValue,
        BytesValue,
        DoubleValue,
        FloatValue,
        Int32Value,
        Int64Value,
        StringValue,
        UInt32Value,
        UInt64Value,
    )
    from kitexgen.runtime.wellknown import anys, durations, field_masks, structs, timestamps, wrappers

__all__ = [
    "Any",
    "BoolValue",
    "BytesValue",
    "DoubleValue",
    "Duration",
    "Empty",
    "FieldMask",
    "FloatValue",
    "Int32Value",
    "Int64Value",
    "ListValue",
    "NullValue",
    "StringValue",
    "Struct",
    "Timestamp",
    "UInt32Value",
    "UInt64Value",
    "Value",
    "anys",
    "durations",
    "field_masks",
    "structs",
    "timestamps",
    "wrappers",
]

_FILES = {
    "Any": "any",
    "Duration": "duration",
    "Empty": "empty",
    "FieldMask": "field_mask",
    "ListValue": "struct",
    "NullValue": "struct",
    "Struct": "struct",
    "Timestamp": "timestamp",
    "Value": "struct",
}
"""Where a type is declared; all others are wrappers."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name.islower():
        return import_module(f"{__name__}.{name}")
    value: object = getattr(import_module(f"kitexgen.runtime.contract.wellknown.{_FILES.get(name, 'wrappers')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
