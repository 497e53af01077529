"""How a record prints: IDL names, only what is set, nothing endless."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitexgen.runtime.wire.frozen_map import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MAX_DEPTH = 32
"""Levels of records and containers that are printed; what lies deeper prints as `...`. More helps nobody, and a record
as deep as a peer may send it would overflow the interpreter's stack."""


def show_record(self: Any) -> str:
    """`User(id=7, tags=['a'])`: fields in IDL order and by their IDL names, those that are None left out."""
    return _show(self, 0, [])


def show_fields(record: Any) -> str:
    """`id=7, tags=['a']`: as `show_record`, without the class."""
    return _fields(record, 0, [record])


def _fields(record: Any, depth: int, around: list[object]) -> str:
    shown = []
    for field in record.__schema__[3]:
        # A record that is still being decoded has fields that do not exist yet.
        value = getattr(record, field[1], None)
        if value is not None:
            shown.append(f"{field[2]}={_show(value, depth + 1, around)}")
    return ", ".join(shown)


def _show(value: Any, depth: int, around: list[object]) -> str:
    cls = value.__class__
    is_record = cls.__repr__ is show_record
    if not is_record and cls not in _CONTAINERS:
        return repr(value)
    if depth > _MAX_DEPTH or any(value is outer for outer in around):
        return "..."
    around.append(value)
    try:
        if is_record:
            # A class derived by hand has a name of its own; a message's IDL name has the package in front.
            own = cls.__dict__.get("__schema__")
            name = own[1] if own and own[0] != "message" else cls.__name__
            return f"{name}({_fields(value, depth, around)})"
        show_container = _CONTAINERS[cls]
        return show_container(value, depth + 1, around)
    finally:
        around.pop()


def _show_list(value: list[Any], depth: int, around: list[object]) -> str:
    return f"[{_show_items(value, depth, around)}]"


def _show_tuple(value: tuple[Any, ...], depth: int, around: list[object]) -> str:
    comma = "," if len(value) == 1 else ""
    return f"({_show_items(value, depth, around)}{comma})"


def _show_set(value: set[Any], depth: int, around: list[object]) -> str:
    return f"{{{_show_items(value, depth, around)}}}" if value else "set()"


def _show_frozenset(value: frozenset[Any], depth: int, around: list[object]) -> str:
    return f"frozenset({{{_show_items(value, depth, around)}}})" if value else "frozenset()"


def _show_dict(value: dict[Any, Any], depth: int, around: list[object]) -> str:
    entries = (f"{_show(key, depth, around)}: {_show(item, depth, around)}" for key, item in value.items())
    return f"{{{', '.join(entries)}}}"


def _show_frozen_map(value: FrozenMap[Any, Any], depth: int, around: list[object]) -> str:
    return f"FrozenMap({_show_dict(dict(value), depth, around)})"


def _show_items(values: Any, depth: int, around: list[object]) -> str:
    return ", ".join(_show(item, depth, around) for item in values)


_CONTAINERS: dict[type, Callable[[Any, int, list[object]], str]] = {
    list: _show_list,
    tuple: _show_tuple,
    set: _show_set,
    frozenset: _show_frozenset,
    dict: _show_dict,
    FrozenMap: _show_frozen_map,
}
