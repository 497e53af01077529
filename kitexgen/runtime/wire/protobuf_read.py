"""The careful reader of Protobuf: any message, from its table alone, with an exact word on what cannot be read.

Generated codecs are faster and say nothing; whatever they stumble over is done again here. Verdicts, values and the
order of unknown fields are those of upb.
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass, field
from typing import Any

from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.wire import protobuf_types as t
from kitexgen.runtime.wire.place import path, shown
from kitexgen.runtime.wire.protobuf_lists import array_reader
from kitexgen.runtime.wire.protobuf_message_set import ITEM, read_item, write_item
from kitexgen.runtime.wire.protobuf_numbers import integer, read_length, read_tag, read_varint
from kitexgen.runtime.wire.protobuf_skip import skip_value
from kitexgen.runtime.wire.protobuf_table import (
    EnumTable,
    FieldTable,
    MapEntry,
    MapTable,
    MessageRef,
    MessageTable,
    ScalarTable,
    message_table,
    zero_of,
)


def read_message(cls: type, data: bytes, depth: int = t.READ_DEPTH) -> Any:
    """Read a message of class `cls` from `data`, all of it; `depth` more may lie within each other.

    Raises `DecodeError` with the path to the value at fault; `TypeError` when `cls` is no message class.
    """
    table = message_table(cls)
    record = table.blank()
    read_fields(record, table, data, depth)
    return record


def merge_message(record: Any, data: bytes) -> None:
    """Read `data` into a message that may have fields already, as if its bytes stood in front of `data`.

    Raises as `read_message`; what was read before the fault is then in `record`.
    """
    read_fields(record, message_table(type(record)), data)


def read_fields(record: Any, table: MessageTable, data: bytes, depth: int = t.READ_DEPTH) -> None:
    """The same by a table that need not be that of the class: of an extension, say."""
    walk = _Walk(data, _Level(table, record, len(data)), depth)
    try:
        if len(data) > t.MOST_BYTES:
            raise DecodeError(f"a message of {len(data)} bytes is over the limit of 2 GiB")
        walk.run()
    except DecodeError as error:
        raise DecodeError(error.reason, path(table.name, walk.trail())) from error.__cause__


@dataclass(slots=True)
class _Level:
    """A message that is being read. `group` is the number that ends it, 0 when the place `end` does.

    `source` is the field that holds it, `index` its place there if that is a list, `start` where the field begins.
    """

    table: MessageTable
    record: Any
    end: int
    group: int = 0
    source: FieldTable | None = None
    index: int | None = None
    start: int = 0
    unknown: list[bytes] = field(default_factory=list)


class _Walk:
    """One pass over the bytes; the stack is ours, so that nesting is bounded by `depth` and not by Python."""

    def __init__(self, data: bytes, root: _Level, depth: int) -> None:
        self.data = data
        self.depth = depth
        # Unknown fields by the message they belong to: one that comes in many pieces is joined once, at the end.
        self.kept: dict[int, tuple[Any, list[bytes]]] = {}
        self.stack = [root]
        self.place = ""

    def run(self) -> None:
        try:
            self._run()
        finally:
            for record, pieces in self.kept.values():
                record.__unknown__ = b"".join([record.__unknown__, *pieces])

    def _run(self) -> None:
        at = 0
        while self.stack:
            level = self.stack[-1]
            self.place = ""
            if at < level.end:
                at = self._field(level, at)
            elif level.group:
                raise DecodeError(f"group {level.group} does not end")
            else:
                self._finish()

    def trail(self) -> list[str]:
        """The steps to the field at fault, innermost first."""
        steps: list[str] = []
        is_entry = False
        for level in self.stack:
            # The value of an entry has no name of its own: the key of the entry leads to it.
            steps.append("" if is_entry else _step(level))
            is_entry = level.table.cls is MapEntry
        return ["" if is_entry else self.place, *reversed(steps)]

    def _field(self, level: _Level, start: int) -> int:
        """Read one field, or the beginning of a message; return where to go on."""
        number, wire_type, at = read_tag(self.data, start, level.end)
        if wire_type == t.END_GROUP:
            if number != level.group:
                raise DecodeError(f"group {number} ends but was not begun")
            self._finish()
            return at
        table = level.table
        if table.is_message_set and number == ITEM and wire_type == t.GROUP:
            return self._item(level, at)
        known = table.by_number.get(number)
        self.place = f".{known.name}" if known else f".<field {number}>"
        if known and wire_type == known.type.wire_type:
            return self._known(level, known, start, at)
        if (
            known
            and known.is_repeated
            and wire_type == t.LENGTH
            and isinstance(known.type, ScalarTable | EnumTable)
            and known.type.wire_type != t.LENGTH
        ):
            return self._packed(level, known, at)
        end = skip_value(self.data, at, level.end, (number, wire_type), self._depth_left())
        level.unknown.append(self.data[start:end])
        return end

    def _known(self, level: _Level, known: FieldTable, start: int, at: int) -> int:
        type_ = known.type
        if isinstance(type_, MessageRef | MapTable):
            return self._begin(level, known, type_, (start, at))
        value, end = self._value(type_, at, level.end)
        if value is None:
            level.unknown.append(self.data[start:end])
        elif known.is_repeated:
            values = _values(level, known)
            if known.array_code and type_.wire_type in t.FIXED_SIZE:
                values += _numbers(known, self.data[at:end])
            else:
                values.append(value)
        else:
            _choose(level, known)
            setattr(level.record, known.attribute, value)
        return end

    def _begin(self, level: _Level, known: FieldTable, type_: MessageRef | MapTable, places: tuple[int, int]) -> int:
        """Put a message within on the stack, a new one or one that was there before; `places` of tag and value."""
        start, at = places
        if self._depth_left() <= 0:
            raise DecodeError(f"more than {t.READ_DEPTH} messages within each other")
        group, end = known.number, level.end
        if type_.wire_type == t.LENGTH:
            group = 0
            at, end = read_length(self.data, at, end)
        index = None
        if isinstance(type_, MapTable):
            table = type_.entry
            record = table.blank()
        else:
            table = message_table(type_.cls)
            record = None if known.is_repeated else getattr(level.record, known.attribute)
            if record is None:
                record = table.blank()
            if known.is_repeated:
                index = len(getattr(level.record, known.attribute))
                getattr(level.record, known.attribute).append(record)
            else:
                _choose(level, known)
                setattr(level.record, known.attribute, record)
        _, unknown = self.kept.get(id(record), (record, []))
        self.stack.append(_Level(table, record, end, group, known, index, start, unknown))
        return at

    def _finish(self) -> None:
        level = self.stack.pop()
        if level.source and isinstance(level.source.type, MapTable):
            self._entry(self.stack[-1], level)
        elif level.unknown:
            self.kept[id(level.record)] = level.record, level.unknown

    def _entry(self, level: _Level, finished: _Level) -> None:
        """Put a finished entry into its map.

        One with unknown fields becomes an unknown field itself, kept as it came. upb does so too, but writes it anew.
        """
        entry, known = finished.record, finished.source
        assert known is not None
        if finished.unknown:
            level.unknown.append(self.data[finished.start : finished.end])
            return
        key, value = entry.key, entry.value
        if key is None:
            key = zero_of(known.key.type)
        if value is None:
            inner = known.value.type
            value = message_table(inner.cls).blank() if isinstance(inner, MessageRef) else zero_of(inner)
        getattr(level.record, known.attribute)[key] = value

    def _packed(self, level: _Level, known: FieldTable, at: int) -> int:
        type_ = known.type
        assert isinstance(type_, ScalarTable | EnumTable)
        at, end = read_length(self.data, at, level.end)
        if (size := t.FIXED_SIZE.get(type_.wire_type)) and (end - at) % size:
            raise DecodeError(f"{end - at} bytes are no whole number of {size}-byte values")
        values = _values(level, known)
        if known.array_code and size:
            values += _numbers(known, self.data[at:end])
            return end
        while at < end:
            start = at
            value, at = self._value(type_, at, end)
            if value is None:
                bits, _ = read_varint(self.data, start, end)
                level.unknown.append(t.tag(known.number, t.VARINT) + t.varint(bits))
            else:
                values.append(value)
        return end

    def _value(self, type_: ScalarTable | EnumTable, at: int, end: int) -> tuple[Any, int]:
        """Read a scalar or enum, and where it ends. A number that a closed enum does not know is None."""
        if isinstance(type_, EnumTable):
            bits, at = read_varint(self.data, at, end)
            number = integer("enum", bits)
            if type_.is_closed and number not in type_.cls._value2member_map_:
                return None, at
            return type_.cls(number), at
        if type_.wire_type == t.VARINT:
            bits, at = read_varint(self.data, at, end)
            return integer(type_.kind, bits), at
        if type_.wire_type == t.LENGTH:
            start, at = read_length(self.data, at, end)
            return _text(type_.kind, self.data[start:at]), at
        size = t.FIXED_SIZE[type_.wire_type]
        if at + size > end:
            raise DecodeError("the message ends within a number")
        (value,) = struct.unpack_from(t.FORMATS[type_.kind], self.data, at)
        return value, at + size

    def _item(self, level: _Level, at: int) -> int:
        type_id, message, at = read_item(self.data, at, level.end, self._depth_left())
        if message is not None:
            start, end = message
            level.unknown.append(write_item(type_id, self.data[start:end]))
        return at

    def _depth_left(self) -> int:
        return self.depth + 1 - len(self.stack)


def _values(level: _Level, known: FieldTable) -> Any:
    """The list or array of a repeated field. What the user has put in the place of an array becomes one here."""
    values = getattr(level.record, known.attribute)
    if known.array_code and (type(values) is not array or values.typecode != known.array_code):
        values = array(known.array_code, values)
        setattr(level.record, known.attribute, values)
    return values


def _numbers(known: FieldTable, raw: bytes) -> array[Any]:
    """Numbers of fixed size as they are: a float of Python would lose what kind of NaN it is."""
    assert isinstance(known.type, ScalarTable)
    return array_reader(known.type.kind)(raw)


def _choose(level: _Level, known: FieldTable) -> None:
    """Unset the other fields of a oneof."""
    if known.oneof:
        for other in level.table.oneofs[known.oneof]:
            if other is not known:
                setattr(level.record, other.attribute, None)


def _text(kind: str, raw: bytes) -> Any:
    if kind == "bytes":
        return raw
    if kind == "unchecked_string":
        return raw.decode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DecodeError(f"byte {error.start} of a string is not UTF-8") from error


def _step(level: _Level) -> str:
    if level.source is None:
        return ""
    if isinstance(level.source.type, MapTable):
        key = level.record.key
        return f".{level.source.name}" + ("" if key is None else f"[{shown(key)}]")
    return f".{level.source.name}" + (f"[{level.index}]" if level.index is not None else "")
