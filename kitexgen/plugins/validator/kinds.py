"""Which rules there are, and for what.

Source: cloudwego/thrift-gen-validator, parser/annotation.go; `not_nil` stands there and not in its README.
"""

from __future__ import annotations

from enum import Enum as _Enum
from typing import Final

from kitexgen.schema.declarations import Enum
from kitexgen.schema.module import Schema
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type

PREFIX: Final = "vt."
# Keys that lead into a container, and what they lead to.
INNER: Final = ("elem", "key", "value")


class Kind(_Enum):
    """Types as rules see them; the value is what a diagnostic calls one."""

    INTEGER = "an integer"
    DOUBLE = "a double"
    BOOL = "a bool"
    TEXT = "a string"
    BYTES = "a binary"
    ENUM = "an enum"
    LIST = "a list"
    SET = "a set"
    MAP = "a map"
    RECORD = "a struct"
    UUID = "a uuid"


_NUMBER: Final = ("const", "lt", "le", "gt", "ge", "in", "not_in", "not_nil")
_TEXT: Final = (
    *("const", "pattern", "prefix", "suffix", "contains", "not_contains"),
    *("min_size", "max_size", "min_rune_size", "max_rune_size", "in", "not_in", "not_nil"),
)
KEYS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.INTEGER: _NUMBER,
    Kind.DOUBLE: _NUMBER,
    Kind.BOOL: ("const", "not_nil"),
    Kind.TEXT: _TEXT,
    Kind.BYTES: _TEXT,
    Kind.ENUM: ("const", "defined_only", "in", "not_in", "not_nil"),
    Kind.LIST: ("min_size", "max_size", "elem"),
    Kind.SET: ("min_size", "max_size", "elem"),
    Kind.MAP: ("min_size", "max_size", "no_sparse", "key", "value"),
    Kind.RECORD: ("skip", "not_nil"),
    Kind.UUID: (),
}
SIZES: Final = ("min_size", "max_size", "min_rune_size", "max_rune_size")
# Rules that are told to hold, or not to.
SWITCHES: Final = ("defined_only", "no_sparse", "not_nil", "skip")

_SCALARS: Final = {
    ScalarKind.BOOL: Kind.BOOL,
    ScalarKind.DOUBLE: Kind.DOUBLE,
    ScalarKind.STRING: Kind.TEXT,
    ScalarKind.BINARY: Kind.BYTES,
    ScalarKind.UUID: Kind.UUID,
}


def kind_of(type: Type, schema: Schema) -> Kind:
    """The kind of a Thrift type, aliases followed."""
    match schema.resolve(type):
        case Scalar(kind):
            return _SCALARS.get(kind, Kind.INTEGER)
        case ListOf():
            return Kind.LIST
        case SetOf():
            return Kind.SET
        case MapOf():
            return Kind.MAP
        case Ref(target):
            return Kind.ENUM if isinstance(schema.find(target), Enum) else Kind.RECORD
