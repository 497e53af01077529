"""The careful writer: any record, from its table alone, in any protocol, with an exact word on what cannot be written.

Generated codecs are faster and say nothing; whatever they stumble over is done again here.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from kitexgen.runtime.errors import EncodeError
from kitexgen.runtime.wire import thrift_types as t
from kitexgen.runtime.wire.arrays import SIGNED, numbers_of
from kitexgen.runtime.wire.nesting import Steps, run
from kitexgen.runtime.wire.place import path, shown
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
    table_of,
)
from kitexgen.runtime.wire.thrift_binary import FORMAT, BinaryWriter
from kitexgen.runtime.wire.thrift_compact import CompactWriter
from kitexgen.runtime.wire.unknown import write_unknown

Writer = BinaryWriter | CompactWriter

_PYTHON_NAMES: Final = {
    "bool": "bool",
    "i8": "int",
    "i16": "int",
    "i32": "int",
    "i64": "int",
    "double": "float",
    "string": "str",
    "binary": "bytes",
    "uuid": "UUID",
}
_UNFIT: Final = (struct.error, TypeError, OverflowError, KeyError)
_SHOWN_BITS: Final = 128


def write_record(record: Any, writer: Writer) -> None:
    """Write `record`. Raises `EncodeError` with the path to the value at fault; `TypeError` for what is no record."""
    table = table_of(type(record))
    walk = _Walk(writer)
    try:
        what = "records within each other; one may contain itself"
        run(walk.record, (record, table), t.RECORD_DEPTH, EncodeError, what)
    except EncodeError as error:
        raise EncodeError(error.reason, path(table.name, walk.trail)) from error.__cause__


class _Walk:
    """`trail` is the path of an error, innermost step first; each level adds its own as the error passes."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.trail: list[str] = []

    def record(self, record: Any, table: RecordTable) -> Steps:
        if table.is_union:
            _check_union(record, table)
        self.writer.begin_record()
        for field in table.fields:
            try:
                value = getattr(record, field.attribute)
                if not _is_left_out(field, value):
                    yield from self._field(field, value)
            except EncodeError:
                self.trail.append(f".{field.name}")
                raise
            except AttributeError as error:
                self.trail.append(f".{field.name}")
                raise EncodeError("never set") from error
        if table.keeps_unknown:
            write_unknown(record.__unknown__, self.writer)
        self.writer.end_record()

    def _field(self, field: FieldTable, value: Any) -> Steps:
        type_ = field.type
        if type_.code == t.BOOL:
            try:
                self.writer.field_boolean(field.id, value)
            except _UNFIT as error:
                raise EncodeError(_refusal("bool", value)) from error
            return
        self.writer.field(type_.code, field.id)
        yield from self._value(type_, value)

    def _value(self, type_: TypeTable, value: Any) -> Steps:
        match type_:
            case ScalarTable(kind):
                self._scalar(kind, type_.code, value)
            case EnumTable(cls):
                self._enum(cls, value)
            case RecordRef(cls):
                if not isinstance(value, cls):
                    raise EncodeError(f"expected {cls.__name__}, got {_kind(value)}")
                yield value, table_of(cls)
            case ListTable():
                if not isinstance(value, list | tuple):
                    raise EncodeError(f"expected {type_.python.__name__}, got {_kind(value)}")
                yield from self._sequence(type_, value)
            case SetTable():
                if not isinstance(value, set | frozenset):
                    raise EncodeError(f"expected {type_.python.__name__}, got {_kind(value)}")
                yield from self._sequence(type_, value)
            case MapTable():
                if not isinstance(value, Mapping):
                    raise EncodeError(f"expected {type_.python.__name__}, got {_kind(value)}")
                yield from self._mapping(type_, value)
            case PackedTable(element):
                self._packed(element, value)

    def _scalar(self, kind: str, code: int, value: Any) -> None:
        writer = self.writer
        try:
            if kind == "string" and isinstance(value, str):
                writer.binary(value.encode("utf-8", "surrogateescape"))
            elif kind == "binary" and isinstance(value, bytes | bytearray):
                writer.binary(bytes(value))
            elif kind == "uuid" and isinstance(value, UUID):
                writer.uuid(value.bytes)
            elif kind == "bool":
                writer.boolean(value)
            elif code in FORMAT:
                writer.number(code, value)
            else:
                raise EncodeError(_refusal(kind, value))
        except UnicodeEncodeError as error:
            raise EncodeError(f"character {error.start} is a surrogate that stands for no byte") from error
        except _UNFIT as error:
            raise EncodeError(_refusal(kind, value)) from error

    def _enum(self, cls: Any, value: Any) -> None:
        try:
            self.writer.number(t.I32, value)
        except _UNFIT as error:
            if isinstance(value, int):
                raise EncodeError(_refusal("i32", value)) from error
            raise EncodeError(f"expected {cls.__name__}, got {_kind(value)}") from error

    def _sequence(self, type_: ListTable | SetTable, values: Any) -> Steps:
        element = type_.element
        self.writer.sequence(element.code, len(values))
        for index, value in enumerate(values):
            try:
                yield from self._value(element, value)
            except EncodeError:
                self.trail.append(f"[{index if isinstance(type_, ListTable) else shown(value)}]")
                raise

    def _mapping(self, type_: MapTable, values: Mapping[Any, Any]) -> Steps:
        self.writer.mapping(type_.key.code, type_.value.code, len(values))
        for key, value in values.items():
            try:
                yield from self._value(type_.key, key)
            except EncodeError:
                self.trail.append(f"[key {shown(key)}]")
                raise
            try:
                yield from self._value(type_.value, value)
            except EncodeError:
                self.trail.append(f"[{shown(key)}]")
                raise

    def _packed(self, element: ScalarTable, values: Any) -> None:
        values = numbers_of(values, SIGNED)
        self.writer.sequence(element.code, len(values))
        for index, value in enumerate(values):
            try:
                self._scalar(element.kind, element.code, value)
            except EncodeError:
                self.trail.append(f"[{index}]")
                raise


def _is_left_out(field: FieldTable, value: Any) -> bool:
    match field.presence:
        case Presence.ALWAYS:
            return False
        case Presence.UNLESS_NONE:
            return value is None
        case Presence.UNLESS_DEFAULT:
            return bool(value == field.default)


def _check_union(record: Any, table: RecordTable) -> None:
    found = [field.name for field in table.by_id.values() if getattr(record, field.attribute, None) is not None]
    if table.keeps_unknown and record.__unknown__ and not found:
        return  # the member that is set is one we do not know
    if len(found) != 1:
        listed = f" ({', '.join(found)})" if found else ""
        raise EncodeError(f"exactly one field of a union must be set, {len(found)} are{listed}")


def _refusal(kind: str, value: Any) -> str:
    if isinstance(value, int) and _PYTHON_NAMES[kind] in ("int", "float"):
        # Very long integers cannot be printed: sys.get_int_max_str_digits.
        number = str(value) if value.bit_length() <= _SHOWN_BITS else f"an integer of {value.bit_length()} bits"
        return f"{number} does not fit {kind}"
    return f"expected {_PYTHON_NAMES[kind]}, got {_kind(value)}"


def _kind(value: Any) -> str:
    return "None" if value is None else type(value).__name__
