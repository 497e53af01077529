"""The careful reader: any record, from its table alone, in any protocol, with an exact word on what cannot be read.

Generated codecs are faster and say nothing; whatever they stumble over is done again here.
"""

from __future__ import annotations

from array import array
from collections.abc import Generator
from typing import Any
from uuid import UUID

from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.wire import thrift_types as t
from kitexgen.runtime.wire.nesting import Steps, run
from kitexgen.runtime.wire.place import path, shown
from kitexgen.runtime.wire.table import (
    EnumTable,
    ListTable,
    MapTable,
    PackedTable,
    RecordRef,
    RecordTable,
    ScalarTable,
    SetTable,
    TypeTable,
    table_of,
)
from kitexgen.runtime.wire.thrift_binary import FORMAT, BinaryReader
from kitexgen.runtime.wire.thrift_compact import CompactReader
from kitexgen.runtime.wire.unknown import read_unknown

Reader = BinaryReader | CompactReader


def read_record(cls: type, reader: Reader) -> Any:
    """Read a record of class `cls`.

    Raises `DecodeError` with the path to the value at fault; `TypeError` when `cls` is no record class.
    """
    table = table_of(cls)
    walk = _Walk(reader)
    try:
        return run(walk.record, (table,), t.RECORD_DEPTH, DecodeError, "records within each other")
    except DecodeError as error:
        raise DecodeError(error.reason, path(table.name, walk.trail)) from error.__cause__


class _Walk:
    """`trail` is the path of an error, innermost step first; each level adds its own as the error passes."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.trail: list[str] = []

    def record(self, table: RecordTable) -> Steps:
        reader = self.reader
        values: dict[str, Any] = {}
        unknown: list[bytes] = []
        reader.begin_record()
        while True:
            code, number = reader.field()
            if code == t.STOP:
                break
            field = table.by_id.get(number)
            if field is None:
                self._unknown(table, code, number, unknown)
                continue
            try:
                if field.type.code == code:
                    values[field.attribute] = yield from self._value(field.type)
                else:
                    reader.skip(code)
            except DecodeError:
                self.trail.append(f".{field.name}")
                raise
        reader.end_record()
        return _build(table, values, unknown)

    def _unknown(self, table: RecordTable, code: int, number: int, unknown: list[bytes]) -> None:
        try:
            if table.keeps_unknown:
                unknown.append(read_unknown(self.reader, code, number))
            else:
                self.reader.skip(code)
        except DecodeError:
            self.trail.append(f".<field {number}>")
            raise

    def _value(self, type_: TypeTable) -> Steps:
        match type_:
            case ScalarTable(kind, code):
                return self._scalar(kind, code)
            case EnumTable(cls):
                return cls(self.reader.number(t.I32))
            case RecordRef(cls):
                return (yield (table_of(cls),))
            case ListTable(python):
                items = yield from self._sequence(type_)
                return items if python is list else python(items)
            case SetTable(python):
                items = yield from self._sequence(type_)
                return _hashed(python, items)
            case MapTable(python):
                entries = yield from self._mapping(type_)
                return entries if python is dict else python(entries)
            case PackedTable(element):
                return self._packed(element)

    def _scalar(self, kind: str, code: int) -> Any:
        reader = self.reader
        if kind == "string":
            return reader.binary().decode("utf-8", "surrogateescape")
        if kind == "binary":
            return reader.binary()
        if kind == "bool":
            return reader.boolean()
        if kind == "uuid":
            return UUID(bytes=reader.uuid())
        return reader.number(code)

    def _sequence(self, type_: ListTable | SetTable) -> Generator[tuple[Any, ...], Any, list[Any]]:
        element = type_.element
        code, count = self.reader.sequence()
        items: list[Any] = []
        if count:
            _check_code("elements", element.code, code)
        for index in range(count):
            try:
                items.append((yield from self._value(element)))
            except DecodeError:
                self.trail.append(f"[{index}]")
                raise
        return items

    def _mapping(self, type_: MapTable) -> Generator[tuple[Any, ...], Any, dict[Any, Any]]:
        key_code, value_code, count = self.reader.mapping()
        entries: dict[Any, Any] = {}
        if count:
            _check_code("keys", type_.key.code, key_code)
            _check_code("values", type_.value.code, value_code)
        for index in range(count):
            try:
                key = yield from self._value(type_.key)
            except DecodeError:
                self.trail.append(f"[key {index}]")
                raise
            try:
                value = yield from self._value(type_.value)
            except DecodeError:
                self.trail.append(f"[{shown(key)}]")
                raise
            try:
                entries[key] = value
            except RecursionError as error:
                raise DecodeError(_UNHASHABLE) from error
        return entries

    def _packed(self, element: ScalarTable) -> array[Any]:
        code, count = self.reader.sequence()
        if count:
            _check_code("elements", element.code, code)
        return array(FORMAT[element.code], [self.reader.number(code) for _ in range(count)])


_UNHASHABLE = "nested too deeply to serve as a map key or set element"


def _hashed(python: Any, items: list[Any]) -> Any:
    try:
        return python(items)
    except RecursionError as error:
        raise DecodeError(_UNHASHABLE) from error


def _check_code(what: str, expected: int, found: int) -> None:
    if expected != found:
        raise DecodeError(f"expected {what} of type {t.code_name(expected)}, got {t.code_name(found)}")


def _build(table: RecordTable, values: dict[str, Any], unknown: list[bytes]) -> Any:
    for field in table.by_id.values():
        if field.is_required and field.attribute not in values:
            raise DecodeError(f"required field {field.name} is not set")
    record = _union(table, values) if table.is_union else table.cls(**values)
    if unknown:
        object.__setattr__(record, "__unknown__", b"".join(unknown))
    return record


def _union(table: RecordTable, values: dict[str, Any]) -> Any:
    """Build a union as received, with no member or with several, which its `__init__` would refuse.

    A newer peer may have set a member that is unknown here.
    """
    record = table.cls.__new__(table.cls)
    for field in table.by_id.values():
        object.__setattr__(record, field.attribute, values.get(field.attribute))
    if table.keeps_unknown:
        object.__setattr__(record, "__unknown__", b"")
    return record
