"""Type of a field as it travels: aliases followed, classes named by where they are generated.

What Protobuf writes in another way than Thrift is a class of its own, derived from the one that means the same in
Python: who asks about Python values need not know both. `word` is how `__schema__` calls a type.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kitexgen.schema.annotations import Annotations
from kitexgen.schema.types import PROTO_SCALARS, ScalarKind

PACKABLE = frozenset((ScalarKind.I8, ScalarKind.I16, ScalarKind.I32, ScalarKind.I64, ScalarKind.DOUBLE))
"""What `array.array` has an element of the right size for, in Thrift."""

PACKABLE_OF_MESSAGES = frozenset(PROTO_SCALARS) - {ScalarKind.BOOL, ScalarKind.STRING, ScalarKind.BINARY}
"""The same in Protobuf: all numbers."""

PACKED = "py.packed"
"""The annotation of a list that is to be an array."""


@dataclass(frozen=True, slots=True, order=True)
class ClassRef:
    """A generated class: `module` is its dotted path inside the output folder ("demo.user"), `name` its Python name.

    The path of one that ships with the runtime is absolute (`plan.shipped`).
    """

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class ScalarType:
    """A type without parts."""

    kind: ScalarKind

    @property
    def word(self) -> str:
        return self.kind.value


@dataclass(frozen=True, slots=True)
class ProtoScalarType(ScalarType):
    """A scalar of a message. Text that is not checked may hold bytes that are no UTF-8."""

    checks_utf8: bool = True

    @property
    def word(self) -> str:
        if self.kind is ScalarKind.BINARY:
            return "bytes"
        return self.kind.value if self.checks_utf8 else "unchecked_string"


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enum, by its generated class. Any number of 32 bits is a value of it."""

    ref: ClassRef

    @property
    def word(self) -> str:
        return "enum"


@dataclass(frozen=True, slots=True)
class ClosedEnumType(EnumType):
    """An enum of Protobuf of whose numbers those without a name are unknown fields."""

    @property
    def word(self) -> str:
        return "closed_enum"


@dataclass(frozen=True, slots=True)
class RecordType:
    """A struct, union or exception."""

    ref: ClassRef

    @property
    def word(self) -> str:
        return "struct"


@dataclass(frozen=True, slots=True)
class MessageType(RecordType):
    """A message; `is_delimited`: written as a group, between two tags, without a length."""

    is_delimited: bool = False

    @property
    def word(self) -> str:
        return "group" if self.is_delimited else "message"


@dataclass(frozen=True, slots=True)
class ListType:
    """`is_frozen`: a tuple in Python instead of a list."""

    element: WireType
    is_frozen: bool

    @property
    def word(self) -> str:
        return "tuple" if self.is_frozen else "list"


@dataclass(frozen=True, slots=True)
class RepeatedType(ListType):
    """A repeated field of a message, never frozen; `is_packed`: written as one block of scalars, without their tags."""

    is_packed: bool = False

    @property
    def word(self) -> str:
        return "packed_list" if self.is_packed else "list"


@dataclass(frozen=True, slots=True)
class PackedType:
    """A list annotated `py.packed`: an `array.array` of one of PACKABLE."""

    kind: ScalarKind

    @property
    def word(self) -> str:
        return "packed"


@dataclass(frozen=True, slots=True)
class RepeatedArrayType(PackedType):
    """The same as a repeated field of a message, of any number; `is_packed`: written as `RepeatedType` says."""

    is_packed: bool = False

    @property
    def element(self) -> ProtoScalarType:
        return ProtoScalarType(self.kind)

    @property
    def word(self) -> str:
        return "packed_array" if self.is_packed else "array"


@dataclass(frozen=True, slots=True)
class SetType:
    """`is_frozen`: a frozenset in Python instead of a set."""

    element: WireType
    is_frozen: bool

    @property
    def word(self) -> str:
        return "frozenset" if self.is_frozen else "set"


@dataclass(frozen=True, slots=True)
class MapType:
    """`is_frozen`: a FrozenMap in Python instead of a dict."""

    key: WireType
    value: WireType
    is_frozen: bool

    @property
    def word(self) -> str:
        return "frozenmap" if self.is_frozen else "map"


WireType = ScalarType | EnumType | RecordType | ListType | PackedType | SetType | MapType


def records_in(type: WireType) -> Iterator[ClassRef]:
    """The structs, unions, exceptions and messages that a value of `type` may hold right inside it."""
    match type:
        case RecordType(ref):
            yield ref
        case ListType(element) | SetType(element):
            yield from records_in(element)
        case MapType(key, value):
            yield from records_in(key)
            yield from records_in(value)
        case _:
            return


def is_packed(annotations: Annotations) -> bool:
    """Whether a list type, an alias of one, or a field asks to be an `array.array`."""
    return any(annotation.key == PACKED for annotation in annotations)
