"""Values for generated message classes, made from their schema alone.

`messages(User)` gives messages that can be written, of which Google's own implementation says the same. NaN is left
out, because it does not equal itself; -0.0 and infinities are in, and of floats only those of 32 bits.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from hypothesis import strategies as st

from kitexgen.runtime.contract.model import Message
from kitexgen.runtime.wellknown import Any as AnyMessage
from kitexgen.runtime.wellknown import Int64Value, Timestamp, anys
from kitexgen.runtime.wire.protobuf_table import (
    EnumTable,
    FieldTable,
    MapTable,
    MessageRef,
    ScalarTable,
    TypeTable,
    message_table,
)
from kitexgen.runtime.wire.protobuf_types import RANGES

MAX_DEPTH = 2
"""Messages within messages that are filled at random; further in, only what must be there is."""

PACKED: tuple[type[Message], ...] = (AnyMessage, Int64Value, Timestamp)
"""The classes of what lies in an Any."""

_utf8 = st.text(st.characters(codec="utf-8"), max_size=8)
_not_utf8 = st.binary(max_size=6).map(lambda data: data.decode("utf-8", "surrogateescape"))
_LEFT_OUT = st.none()


def _integers(low: int, high: int) -> st.SearchStrategy[int]:
    return st.sampled_from([0, 1, low, high, max(low, -1)]) | st.integers(low, high)


_SCALARS: dict[str, st.SearchStrategy[Any]] = {
    **{kind: _integers(*limits) for kind, limits in RANGES.items()},
    "bool": st.booleans(),
    "float": st.floats(allow_nan=False, width=32),
    "double": st.floats(allow_nan=False),
    "string": _utf8,
    "unchecked_string": _utf8 | _not_utf8,
    "bytes": st.binary(max_size=8),
}


_FOR_JSON: dict[str, st.SearchStrategy[Any]] = {
    "float": st.floats(-(2.0**127), 2.0**127, width=32) | st.sampled_from([float("inf"), float("-inf")]),
    "unchecked_string": _utf8,
}


def messages(cls: type[Message], *, for_json: bool = False) -> st.SearchStrategy[Any]:
    """Messages of class `cls`.

    With `for_json`, such as ProtoJSON can spell: text is UTF-8, closed enums have names, an Any holds one of `PACKED`,
    and Timestamp, Duration, FieldMask and Value are what they should be. What json_format writes and cannot read is
    left out: lists and maps of NullValue, the largest floats of 32 bits.
    """
    return _Values(for_json).messages(cls, 0)


def is_inhabited(cls: type[Message]) -> bool:
    """Whether a finite message of `cls` exists: one that requires itself has none."""
    return _is_inhabited(cls, ())


@dataclass(frozen=True)
class _Values:
    for_json: bool

    def messages(self, cls: type[Message], depth: int) -> st.SearchStrategy[Any]:
        return _strategy(self, cls, depth)  # type: ignore[arg-type]  # mypy takes no class for hashable

    def message(self, cls: type[Message], depth: int) -> st.SearchStrategy[Any]:
        table = message_table(cls)
        make = _SPECIAL.get(cls.__schema__[1]) if self.for_json else None
        if make is not None:
            return make(cls, depth)
        fields: dict[str, st.SearchStrategy[Any]] = {}
        for field in table.fields:
            if field.oneof is None:
                fields[field.attribute] = self._field(field, depth)
        for members in table.oneofs.values():
            fields[members[0].attribute] = self._oneof(members, depth)
        return st.fixed_dictionaries(fields).map(lambda values: _made(cls, values))

    def _oneof(self, members: tuple[FieldTable, ...], depth: int) -> st.SearchStrategy[Any]:
        """One of the fields, as a `_Chosen`, or none."""
        choices = [
            self._field(member, depth).map(_chooser(member.attribute))
            for member in members
            if self._can_be_filled(member, depth)
        ]
        return st.one_of(_LEFT_OUT, *choices)

    def _can_be_filled(self, field: FieldTable, depth: int) -> bool:
        type_ = _value_type(field)
        if isinstance(type_, EnumTable) and field.is_repeated and self.for_json:
            return not _is_null(type_.cls)
        return not (isinstance(type_, MessageRef) and depth >= MAX_DEPTH) and _can_be(type_, ())

    def _field(self, field: FieldTable, depth: int) -> st.SearchStrategy[Any]:
        if field.is_required:
            return self._value(field.type, depth)
        if not self._can_be_filled(field, depth):
            return _LEFT_OUT
        type_ = field.type
        if isinstance(type_, MapTable):
            keys = self._value(field.key.type, depth)
            return st.dictionaries(keys, self._value(field.value.type, depth), max_size=3)
        if field.is_repeated:
            lists = st.lists(self._value(type_, depth), max_size=3)
            return lists.map(partial(array, field.array_code)) if field.array_code else lists
        return _LEFT_OUT | self._value(type_, depth)

    def _value(self, type_: TypeTable, depth: int) -> st.SearchStrategy[Any]:
        match type_:
            case ScalarTable(kind) if self.for_json and kind in _FOR_JSON:
                return _FOR_JSON[kind]
            case ScalarTable(kind):
                return _SCALARS[kind]
            case EnumTable(enum, is_closed):
                return _enum(enum, only_known=is_closed or _is_null(enum))
            case MessageRef(cls):
                return self.messages(cls, depth + 1)
        raise AssertionError(type_)


@cache
def _strategy(values: _Values, cls: type[Message], depth: int) -> st.SearchStrategy[Any]:
    # Deferred, because messages may contain themselves.
    return st.deferred(lambda: values.message(cls, depth))


@dataclass(frozen=True, slots=True)
class _Chosen:
    attribute: str
    value: Any


def _chooser(attribute: str) -> Callable[[Any], _Chosen | None]:
    return lambda value: None if value is None else _Chosen(attribute, value)


def _made(cls: type[Message], values: dict[str, Any]) -> Message:
    """What is left out gets the class's own default."""
    given: dict[str, Any] = {}
    for attribute, value in values.items():
        if isinstance(value, _Chosen):
            given[value.attribute] = value.value
        elif value is not None:
            given[attribute] = value
    return cls(**given)


def _enum(enum: Any, *, only_known: bool) -> st.SearchStrategy[Any]:
    known = st.sampled_from([*enum]) if len(enum) else st.nothing()
    return known if only_known else known | _integers(-(2**31), 2**31 - 1).map(enum)


def _is_null(enum: Any) -> bool:
    return bool(enum.__schema__[0] == "google.protobuf.NullValue")


def _value_type(field: FieldTable) -> TypeTable:
    return field.value.type if isinstance(field.type, MapTable) else field.type


def _can_be(type_: TypeTable, around: tuple[type[Message], ...]) -> bool:
    return not isinstance(type_, MessageRef) or _is_inhabited(type_.cls, around)


def _is_inhabited(cls: type[Message], around: tuple[type[Message], ...]) -> bool:
    if cls in around:
        return False
    required = [field.type for field in message_table(cls).fields if field.is_required]
    return all(_can_be(type_, (*around, cls)) for type_ in required)


# --- the well-known types that ProtoJSON has its own forms for --------------------------------------------------------


def _timestamps(cls: Any, _: int) -> st.SearchStrategy[Any]:
    seconds = _integers(-62135596800, 253402300799)
    return st.builds(cls, seconds=seconds, nanos=_nanos())


def _durations(cls: Any, _: int) -> st.SearchStrategy[Any]:
    parts = st.tuples(_integers(0, 315576000000), _nanos(), st.sampled_from([1, -1]))
    return parts.map(lambda part: cls(seconds=part[0] * part[2], nanos=part[1] * part[2]))


def _nanos() -> st.SearchStrategy[int]:
    return st.sampled_from([0, 1, 1000, 1_000_000, 123_000_000, 999_999_999]) | st.integers(0, 999_999_999)


def _field_masks(cls: Any, _: int) -> st.SearchStrategy[Any]:
    paths = st.from_regex(r"[a-z][a-z0-9]{0,4}(_[a-z]{1,3}){0,2}(\.[a-z]{1,4})?", fullmatch=True)
    return st.builds(cls, paths=st.lists(paths, max_size=3))


def _values(cls: Any, depth: int) -> st.SearchStrategy[Any]:
    fields = {field.attribute: field.type for field in message_table(cls).fields}
    choices = [
        st.just(cls(null_value=fields["null_value"].cls(0))),  # type: ignore[union-attr]
        st.builds(cls, number_value=st.floats(allow_nan=False, allow_infinity=False)),
        st.builds(cls, string_value=_utf8),
        st.builds(cls, bool_value=st.booleans()),
    ]
    if depth < MAX_DEPTH:
        values = _Values(for_json=True)
        choices += [
            st.builds(cls, struct_value=values.messages(fields["struct_value"].cls, depth + 1)),  # type: ignore[union-attr]
            st.builds(cls, list_value=values.messages(fields["list_value"].cls, depth + 1)),  # type: ignore[union-attr]
        ]
    return st.one_of(choices)


def _anys(cls: Any, depth: int) -> st.SearchStrategy[Any]:
    choices = [st.just(cls()), _timestamps(Timestamp, depth).map(anys.pack), st.builds(Int64Value).map(anys.pack)]
    if depth < MAX_DEPTH:
        choices.append(_anys(cls, depth + 1).map(anys.pack))
    return st.one_of(choices)


_SPECIAL: dict[str, Callable[[Any, int], st.SearchStrategy[Any]]] = {
    "google.protobuf.Any": _anys,
    "google.protobuf.Duration": _durations,
    "google.protobuf.FieldMask": _field_masks,
    "google.protobuf.Timestamp": _timestamps,
    "google.protobuf.Value": _values,
}
