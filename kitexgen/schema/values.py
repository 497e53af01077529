"""Constant values after evaluation: every reference followed, every number fitted to its type."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kitexgen.schema.ids import DeclId


@dataclass(frozen=True, slots=True)
class EnumValue:
    """A member of an enum; `name` is None for a number that no member has."""

    enum: DeclId
    number: int
    name: str | None


@dataclass(frozen=True, slots=True)
class ListValue:
    """Elements in source order."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class SetValue:
    """Elements in source order, each once."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class MapValue:
    """Entries in source order, each key once: the last of equal keys wins."""

    entries: tuple[tuple[Value, Value], ...]


@dataclass(frozen=True, slots=True)
class RecordValue:
    """The fields given, by IDL name, in source order; the others keep their defaults."""

    record: DeclId
    fields: tuple[tuple[str, Value], ...]


# A bool, int, float, str (string), bytes (binary) or UUID stands for itself.
Value = bool | int | float | str | bytes | UUID | EnumValue | ListValue | SetValue | MapValue | RecordValue
