"""The compiled codec: whether there is one, and the tables it works from. Nobody else imports `_native`.

`_native` is built where a C compiler is found, and may be missing; `KITEXGEN_PURE=1` leaves it alone. It does what the
Python functions do whose place it takes, and calls these for all that it leaves alone: what is wrong, and what is rare.
So they alone say what an error is.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from types import ModuleType
from typing import Any, Final, TypeVar
from uuid import UUID, SafeUUID

from kitexgen.runtime.wire.frozen_map import FrozenMap
from kitexgen.runtime.wire.table import (
    EnumTable,
    FieldTable,
    ListTable,
    MapTable,
    PackedTable,
    Presence,
    RecordRef,
    RecordTable,
    ScalarTable,
    SetTable,
    TypeTable,
    home_of,
    table_of,
)

F = TypeVar("F", bound=Callable[..., Any])

_LOG: Final = logging.getLogger("kitexgen.wire")
_WORDS: Final = {
    list: "list",
    tuple: "tuple",
    set: "set",
    frozenset: "frozenset",
    dict: "map",
    FrozenMap: "frozenmap",
}
_PRESENCES: Final = {
    Presence.ALWAYS: "always",
    Presence.UNLESS_NONE: "unless none",
    Presence.UNLESS_DEFAULT: "unless default",
}
# Defaults that every record may have in common, since nobody can change them.
_UNCHANGEABLE: Final = (type(None), bool, int, float, str, bytes, UUID, Enum, tuple, frozenset, FrozenMap)


def compiled(function: F) -> F:
    """Return the compiled function of the same name, with `function` behind it; `function` when there is none."""
    return compiled_as(function.__name__)(function)


def compiled_as(name: str) -> Callable[[F], F]:
    """As `compiled`, for a function whose compiled twin has another name: a module of C has each name once."""

    def choose(function: F) -> F:
        if _native is None:
            return function
        found: F = _native.install(name, function)
        return found

    return choose


@contextmanager
def pure_only() -> Iterator[None]:
    """Leave everything to Python within this block, in all threads: for tests, and to see what is compiled's fault."""
    before = _native.pause(True) if _native is not None else True
    try:
        yield
    finally:
        if _native is not None:
            _native.pause(before)


def is_compiled() -> bool:
    """Whether records go through the compiled codec."""
    if _native is None:
        return False
    is_paused = _native.pause(False)
    _native.pause(is_paused)
    return not is_paused


def fallbacks() -> int:
    """How many calls the compiled codec has left to Python so far: one that grows fast tells of values that are rare
    types, or of a peer that sends nonsense.
    """
    return _native.fallbacks() if _native is not None else 0


def know_begin(cls: type) -> None:
    """Tell the compiled `read_message_begin` which class it returns."""
    if _native is not None:
        _native.know_begin(cls)


def calls_type() -> Any:
    """The compiled runner of usual calls, which a server is the only one to use; None when there is none."""
    return None if _native is None else _native.Calls


def driver_type() -> Any:
    """The compiled twin of the driver of `server.stepping`; None when there is none."""
    return None if _native is None else _native.Driver


def _load() -> ModuleType | None:
    if os.environ.get("KITEXGEN_PURE", "") not in ("", "0"):
        _LOG.debug("the pure Python codec is used, as KITEXGEN_PURE says")
        return None
    try:
        from kitexgen.runtime.wire import _native as found  # noqa: PLC0415 - may not be built
    except ImportError as error:
        _LOG.debug("the pure Python codec is used: %s", error)
        return None
    from array import array  # noqa: PLC0415 - the pure codec imports it where it needs it

    found.know(_add, _add_message, UUID, SafeUUID.unknown, FrozenMap, array)
    return found


def _add(cls: Any) -> None:
    """Give the compiled codec its table of a record class. Raises TypeError when it is none."""
    assert _native is not None
    table = table_of(cls)
    blanks = {field.attribute: None for field in table.fields if field.is_required}
    blank = _blank(table, blanks)
    rows = tuple([_row(table, field, blank) for field in table.fields])
    _native.add(cls, rows, blank is not None, table.is_union, table.keeps_unknown, blanks)


def _add_message(cls: Any) -> None:
    """The same for a message class. Raises TypeError when it is none, ValueError when it is left to Python."""
    from kitexgen.runtime.wire.message_plans import message_plan  # noqa: PLC0415 - Thrift goes without

    assert _native is not None
    _native.add_message(cls, *message_plan(cls))


def _blank(table: RecordTable, blanks: dict[str, None]) -> Any:
    """A record with nothing but defaults, to look at these. None when records are not to be made without `__init__`.

    That is so for classes derived by hand from generated ones.
    """
    if home_of(table.cls) is not table.cls:
        return None
    if table.is_union:
        return table.cls.__new__(table.cls)
    try:
        return table.cls(**blanks)
    except Exception:
        return None  # no generated `__init__`: it alone knows what it needs


def _row(table: RecordTable, field: FieldTable, blank: Any) -> tuple[Any, ...]:
    absence, missing = _absence(table, field, blank)
    type_ = _spelled(field.type)
    return field.id, field.attribute, type_, _PRESENCES[field.presence], absence, missing


def _absence(table: RecordTable, field: FieldTable, blank: Any) -> tuple[str, Any]:
    """Where the value of an absent field comes from: what they share, a container made anew, or `__init__`."""
    if field.is_required:
        return "required", None
    if table.is_union or blank is None:
        return "shared", field.default
    value = getattr(blank, field.attribute)
    if isinstance(value, _UNCHANGEABLE):
        return "shared", value
    if type(value) in (list, dict, set) and not value:
        return type(value).__name__, None
    return "init", None


def _spelled(type_: TypeTable) -> tuple[Any, ...]:
    match type_:
        case ScalarTable(kind):
            return (kind,)
        case EnumTable(cls):
            return "enum", cls, {int(member): member for member in cls.__members__.values()}
        case RecordRef(cls):
            return "struct", cls
        case PackedTable(element):
            return "packed", _spelled(element)
        case ListTable(python, element) | SetTable(python, element):
            return _WORDS[python], _spelled(element)
        case MapTable(python, key, value):
            return _WORDS[python], _spelled(key), _spelled(value)


_native: Final = _load()
