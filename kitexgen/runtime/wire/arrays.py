"""What may stand for an `array.array` of numbers when it is written."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from typing import Any, Final

from kitexgen.runtime.errors import EncodeError

SIGNED: Final = frozenset("bhilqfd")
"""Letters of the struct module for the numbers of Thrift."""

ANY_SIGN: Final = SIGNED | frozenset("HILQ")
"""The same for those of Protobuf; not "B", which is what bytes have."""

_BYTE_ORDERS: Final = frozenset(("", "@", "=", "<", ">", "!"))


def numbers_of(values: Any, letters: frozenset[str]) -> Sequence[Any]:
    """The numbers of an array, or of what else shows its memory as one row of `letters`, as NumPy's arrays do.

    Raises `EncodeError` for anything else.
    """
    if isinstance(values, array):
        return values
    try:
        view = memoryview(values)
    except TypeError:
        raise EncodeError(f"expected array, got {_kind(values)}") from None
    order, letter = view.format[:-1], view.format[-1:]
    if view.ndim != 1 or order not in _BYTE_ORDERS or letter not in letters:
        raise EncodeError(f"expected array, got {_kind(values)} of {view.ndim} dimensions and format {view.format!r}")
    return struct.unpack(f"{order}{len(view)}{letter}", view.tobytes())


def _kind(value: Any) -> str:
    return "None" if value is None else type(value).__name__
