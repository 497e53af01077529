"""Values for generated record classes, made from their schema alone.

`records(User)` gives records that can be written: a union has one field set, a required struct is not None, numbers
fit. NaN is left out, because it does not equal itself; -0.0 and infinities are in.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from kitexgen.runtime.contract.model import FrozenMap, Struct
from kitexgen.runtime.model.describe import (
    EnumType,
    FieldDescription,
    FieldType,
    ListType,
    MapType,
    PackedType,
    RecordDescription,
    RecordType,
    ScalarType,
    SetType,
    describe_record,
)

MAX_DEPTH = 3
"""Records within records that are filled at random; further in, only what must be there is."""

_ARRAY_CODE = {"i8": "b", "i16": "h", "i32": "i", "i64": "q", "double": "d"}
_LEFT_OUT = object()
_left_out = st.just(_LEFT_OUT)


def _integers(bits: int) -> st.SearchStrategy[int]:
    limit = 1 << (bits - 1)
    edges = st.sampled_from([0, 1, -1, limit - 1, -limit])
    return edges | st.integers(-limit, limit - 1)


_utf8 = st.text(st.characters(codec="utf-8"), max_size=12)
_not_utf8 = st.binary(max_size=8).map(lambda data: data.decode("utf-8", "surrogateescape"))

_SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "i8": _integers(8),
    "i16": _integers(16),
    "i32": _integers(32),
    "i64": _integers(64),
    "double": st.floats(allow_nan=False),
    "string": _utf8 | _not_utf8,
    "binary": st.binary(max_size=12),
    "uuid": st.uuids(),
}


def records(cls: type[Struct], *, utf8_only: bool = False) -> st.SearchStrategy[Any]:
    """Records of class `cls`; with `utf8_only` for peers that know no other text.

    Raises ValueError, when drawn from, for a class of which no finite record exists (see `is_inhabited`).
    """
    scalars = _SCALARS | {"string": _utf8} if utf8_only else _SCALARS
    return _Values(scalars).records(cls, 0)


def is_inhabited(cls: type[Struct]) -> bool:
    """Whether a finite record of `cls` exists: `struct A { 1: required A a }` has none, `union A {}` neither."""
    return _is_inhabited(cls, ())


class _Values:
    """Strategies over one choice of scalars. `depth` counts the records around a value."""

    def __init__(self, scalars: Mapping[str, st.SearchStrategy[Any]]) -> None:
        self._scalars = scalars

    def records(self, cls: type[Struct], depth: int) -> st.SearchStrategy[Any]:
        # Deferred, because records may contain themselves.
        return st.deferred(lambda: self._record(cls, depth))

    def _record(self, cls: type[Struct], depth: int) -> st.SearchStrategy[Any]:
        description = describe_record(cls)
        if description.kind == "union":
            return self._union(cls, description, depth)
        fields = {field.attribute: self._field(field, depth) for field in description.fields}
        return st.fixed_dictionaries(fields).map(
            lambda values: cls(**{name: value for name, value in values.items() if value is not _LEFT_OUT})
        )

    def _field(self, field: FieldDescription, depth: int) -> st.SearchStrategy[Any]:
        if field.requirement == "required":
            return self._value(field.type, depth)
        # What is left out gets the class's own default.
        if (depth >= MAX_DEPTH and _holds_record(field.type)) or not _can_be(field.type, ()):
            return _left_out
        return _left_out | self._value(field.type, depth)

    def _union(self, cls: type[Struct], description: RecordDescription, depth: int) -> st.SearchStrategy[Any]:
        fields = [field for field in description.fields if _can_be(field.type, (cls,))]
        if depth >= MAX_DEPTH:
            fields = [field for field in fields if not _holds_record(field.type)] or fields
        if not fields:
            raise ValueError(f"no finite value of union {description.name} exists")
        return st.one_of([self._value(field.type, depth).map(_one(cls, field.attribute)) for field in fields])

    def _value(self, type_: FieldType, depth: int) -> st.SearchStrategy[Any]:
        match type_:
            case ScalarType(name):
                return self._scalars[name]
            case EnumType(enum):
                known = st.sampled_from([*enum]) if len(enum) else st.nothing()
                return known | _integers(32).map(enum)
            case RecordType(record):
                return self.records(record, depth + 1)
            case PackedType(name):
                return st.lists(_SCALARS[name], max_size=4).map(lambda items: array(_ARRAY_CODE[name], items))
            case ListType(element, is_frozen):
                lists = st.lists(self._within(element, depth), max_size=_most(element, depth))
                return lists.map(tuple) if is_frozen else lists
            case SetType(element, is_frozen):
                frozen = st.frozensets(self._within(element, depth), max_size=_most(element, depth))
                return frozen if is_frozen else frozen.map(set)
            case MapType(key, value, is_frozen):
                most = min(_most(key, depth), _most(value, depth))
                maps = st.dictionaries(self._within(key, depth), self._within(value, depth), max_size=most)
                return maps.map(FrozenMap) if is_frozen else maps

    def _within(self, element: FieldType, depth: int) -> st.SearchStrategy[Any]:
        """What a container holds: nothing where it must be empty, since its elements may hold such containers again."""
        return self._value(element, depth) if _most(element, depth) else st.nothing()


def _one(cls: type[Struct], attribute: str) -> Callable[[Any], Struct]:
    return lambda value: cls(**{attribute: value})


def _most(element: FieldType, depth: int) -> int:
    if _holds_record(element):
        return 0 if depth >= MAX_DEPTH or not _can_be(element, ()) else 2
    return 3


def _holds_record(type_: FieldType) -> bool:
    match type_:
        case RecordType():
            return True
        case ListType(element) | SetType(element):
            return _holds_record(element)
        case MapType(key, value):
            return _holds_record(key) or _holds_record(value)
    return False


def _can_be(type_: FieldType, within: tuple[type[Struct], ...]) -> bool:
    """Whether a finite value exists; an empty container always does."""
    return not isinstance(type_, RecordType) or _is_inhabited(type_.record, within)


def _is_inhabited(cls: type[Struct], within: tuple[type[Struct], ...]) -> bool:
    if cls in within:
        return False
    description = describe_record(cls)
    deeper = (*within, cls)
    if description.kind == "union":
        return any(_can_be(field.type, deeper) for field in description.fields)
    return all(_can_be(field.type, deeper) for field in description.fields if field.requirement == "required")
