"""Type of a field as it travels: aliases followed, classes named by where they are generated."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.schema.annotations import Annotations
from kitexgen.schema.types import ScalarKind

PACKABLE = frozenset((ScalarKind.I8, ScalarKind.I16, ScalarKind.I32, ScalarKind.I64, ScalarKind.DOUBLE))
"""What `array.array` has an element of the right size for."""


@dataclass(frozen=True, slots=True, order=True)
class ClassRef:
    """A generated class: `module` is its dotted path inside the output folder ("demo.user"), `name` its Python name."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class ScalarType:
    """A type without parts."""

    kind: ScalarKind


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enum, by its generated class."""

    ref: ClassRef


@dataclass(frozen=True, slots=True)
class RecordType:
    """A struct, union or exception."""

    ref: ClassRef


@dataclass(frozen=True, slots=True)
class ListType:
    """`is_frozen`: a tuple in Python instead of a list."""

    element: WireType
    is_frozen: bool


@dataclass(frozen=True, slots=True)
class PackedType:
    """A list annotated `py.packed`: an `array.array` of I8, I16, I32, I64 or DOUBLE."""

    kind: ScalarKind


@dataclass(frozen=True, slots=True)
class SetType:
    """`is_frozen`: a frozenset in Python instead of a set."""

    element: WireType
    is_frozen: bool


@dataclass(frozen=True, slots=True)
class MapType:
    """`is_frozen`: a FrozenMap in Python instead of a dict."""

    key: WireType
    value: WireType
    is_frozen: bool


WireType = ScalarType | EnumType | RecordType | ListType | PackedType | SetType | MapType


def is_packed(annotations: Annotations) -> bool:
    """Whether a list type, an alias of one, or a field asks to be an `array.array`."""
    return any(annotation.key == "py.packed" for annotation in annotations)
