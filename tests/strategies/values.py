"""Values for generated record classes, made from their schema alone.

`records(User)` gives records that can be written: a union has one field set, a required struct is not None, numbers
fit. NaN is left out, because it does not equal itself; -0.0 and infinities are in.
"""

from __future__ import annotations

from array import array
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


def _integers(bits: int) -> st.SearchStrategy[int]:
    limit = 1 << (bits - 1)
    edges = st.sampled_from([0, 1, -1, limit - 1, -limit])
    return edges | st.integers(-limit, limit - 1)


_not_utf8 = st.binary(max_size=8).map(lambda data: data.decode("utf-8", "surrogateescape"))
_TEXT = st.text(st.characters(codec="utf-8"), max_size=12) | _not_utf8

_SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "i8": _integers(8),
    "i16": _integers(16),
    "i32": _integers(32),
    "i64": _integers(64),
    "double": st.floats(allow_nan=False),
    "string": _TEXT,
    "binary": st.binary(max_size=12),
    "uuid": st.uuids(),
}


def records(cls: type[Struct], depth: int = 0) -> st.SearchStrategy[Any]:
    """Records of class `cls`. Raises ValueError for one that needs an endless chain of records."""
    return st.deferred(lambda: _records(cls, depth))


def is_inhabited(cls: type[Struct]) -> bool:
    """Whether a finite record of `cls` exists: `struct A { 1: required A a }` has none."""
    return _is_inhabited(cls, ())


def _records(cls: type[Struct], depth: int) -> st.SearchStrategy[Any]:
    description = describe_record(cls)
    if description.kind == "union":
        return _unions(cls, description, depth)
    # An element of the dict that is None leaves the argument to the class's own default.
    fields = {field.attribute: _field(field, depth) for field in description.fields}
    return st.fixed_dictionaries(fields).map(lambda values: cls(**{k: v for k, v in values.items() if v is not _LEFT}))


_LEFT = object()
_left_out = st.just(_LEFT)


def _field(field: FieldDescription, depth: int) -> st.SearchStrategy[Any]:
    must_be = field.requirement == "required"
    if not must_be and ((depth >= MAX_DEPTH and _holds_record(field.type)) or not _can_be(field.type, ())):
        return _left_out
    value = _value(field.type, depth)
    return value if must_be else _left_out | value


def _unions(cls: type[Struct], description: RecordDescription, depth: int) -> st.SearchStrategy[Any]:
    fields = [field for field in description.fields if _can_be(field.type, (cls,))]
    if depth >= MAX_DEPTH:
        fields = [field for field in fields if not _holds_record(field.type)] or fields
    if not fields:
        raise ValueError(f"no finite value of union {description.name} exists")
    return st.one_of([_value(field.type, depth).map(_one(cls, field.attribute)) for field in fields])


def _one(cls: type[Struct], attribute: str) -> Any:
    return lambda value: cls(**{attribute: value})


def _value(type_: FieldType, depth: int) -> st.SearchStrategy[Any]:
    match type_:
        case ScalarType(name):
            return _SCALARS[name]
        case EnumType(enum):
            known = st.sampled_from([*enum]) if len(enum) else st.nothing()
            return known | _integers(32).map(enum)
        case RecordType(record):
            return records(record, depth + 1)
        case PackedType(name):
            return st.lists(_SCALARS[name], max_size=4).map(lambda items: array(_ARRAY_CODE[name], items))
        case ListType(element, is_frozen):
            lists = st.lists(_value(element, depth), max_size=_most(element, depth))
            return lists.map(tuple) if is_frozen else lists
        case SetType(element, is_frozen):
            frozen = st.frozensets(_value(element, depth), max_size=_most(element, depth))
            return frozen if is_frozen else frozen.map(set)
        case MapType(key, value, is_frozen):
            most = min(_most(key, depth), _most(value, depth))
            maps = st.dictionaries(_value(key, depth), _value(value, depth), max_size=most)
            return maps.map(FrozenMap) if is_frozen else maps


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
