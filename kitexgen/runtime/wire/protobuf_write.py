"""The careful writer of Protobuf: any message, from its table alone, with an exact word on what cannot be written.

Generated codecs are faster and say nothing; whatever they stumble over is done again here. Fields stand in the order of
their numbers, unknown ones behind them, as upb has them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import Any

from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.wire import protobuf_types as t
from kitexgen.runtime.wire.arrays import ANY_SIGN, numbers_of
from kitexgen.runtime.wire.nesting import Steps, run
from kitexgen.runtime.wire.place import path, shown
from kitexgen.runtime.wire.protobuf_numbers import kind_of, read_tag, write_scalar
from kitexgen.runtime.wire.protobuf_puts import put_each_of_array, put_packed_array
from kitexgen.runtime.wire.protobuf_skip import skip_value
from kitexgen.runtime.wire.protobuf_table import (
    EnumTable,
    FieldTable,
    MapTable,
    MessageRef,
    MessageTable,
    ScalarTable,
    message_table,
)


def write_message(record: Any, *, deterministic: bool = False) -> list[bytes]:
    """Return the pieces of a message. With `deterministic`, maps are sorted as upb sorts them.

    Raises `EncodeError` with the path to the value at fault; `TypeError` for what is no message.
    """
    pieces = write_fields(record, message_table(type(record)), deterministic=deterministic)
    if (size := sum(map(len, pieces))) > t.MOST_BYTES:
        raise EncodeError(f"a message of {size} bytes is over the limit of 2 GiB")
    return pieces


def write_fields(record: Any, table: MessageTable, *, deterministic: bool = False) -> list[bytes]:
    """The same by a table that need not be that of the class: of an entry of a map, say."""
    walk = _Walk(deterministic)
    try:
        what = "messages within each other; one may contain itself"
        run(walk.message, (record, table), t.WRITE_DEPTH, EncodeError, what)
    except EncodeError as error:
        raise EncodeError(error.reason, path(table.name, walk.trail)) from error.__cause__
    return walk.pieces


class _Walk:
    """`trail` is the path of an error, innermost step first; each level adds its own as the error passes.

    `sizes` has the bytes written so far of each message on the way to the current one.
    """

    def __init__(self, deterministic: bool) -> None:
        self.deterministic = deterministic
        self.pieces: list[bytes] = []
        self.sizes = [0]
        self.trail: list[str] = []

    def _add(self, piece: bytes) -> None:
        self.pieces.append(piece)
        self.sizes[-1] += len(piece)

    def message(self, record: Any, table: MessageTable) -> Steps:
        _check_oneofs(record, table)
        for field in table.fields:
            try:
                yield from self._field(field, getattr(record, field.attribute, None))
            except EncodeError:
                self.trail.append(f".{field.name}")
                raise
        self._add(_checked_unknown(record.__unknown__))

    def _field(self, field: FieldTable, value: Any) -> Steps:
        type_ = field.type
        if isinstance(type_, MapTable):
            yield from self._map(field, value)
        elif field.is_repeated:
            yield from self._list(field, value)
        elif value is None and field.is_explicit:
            if field.is_required:
                raise EncodeError(f"required field {field.name} is not set")
        elif isinstance(type_, MessageRef):
            yield from self._inner(field.number, type_, value)
        else:
            raw = _raw(type_, value)
            if field.is_explicit or (raw if type_.wire_type == t.LENGTH else raw.strip(b"\0")):
                self._tagged(field.number, type_, raw)

    def _list(self, field: FieldTable, values: Any) -> Steps:
        if field.array_code:
            values = numbers_of(values, ANY_SIGN)
            if type(values) is array and values.typecode == field.array_code:
                self._array(field, values)
                return
        elif not isinstance(values, list | tuple):
            raise EncodeError(f"expected list, got {kind_of(values)}")
        type_ = field.type
        packed: list[bytes] = []
        for position, value in enumerate(values):
            try:
                if isinstance(type_, MessageRef):
                    yield from self._inner(field.number, type_, value)
                elif isinstance(type_, ScalarTable | EnumTable):
                    raw = _raw(type_, value)
                    if field.is_packed:
                        packed.append(raw)
                    else:
                        self._tagged(field.number, type_, raw)
            except EncodeError:
                self.trail.append(f"[{position}]")
                raise
        if packed:
            block = b"".join(packed)
            self._add(t.tag(field.number, t.LENGTH) + t.varint(len(block)))
            self._add(block)

    def _array(self, field: FieldTable, values: array[Any]) -> None:
        """Numbers all of which fit."""
        assert isinstance(field.type, ScalarTable)
        put = put_packed_array if field.is_packed else put_each_of_array
        tag = t.tag(field.number, t.LENGTH if field.is_packed else field.type.wire_type)
        for piece in put(tag, field.type.kind, values):
            self._add(piece)

    def _map(self, field: FieldTable, entries: Any) -> Steps:
        if not isinstance(entries, Mapping):
            raise EncodeError(f"expected dict, got {kind_of(entries)}")
        assert isinstance(field.type, MapTable)
        key_field, value_field = field.key, field.value
        for key, value in self._ordered(entries):
            slot = self._open(field.number)
            try:
                yield from self._part(key_field, key)
            except EncodeError:
                self.trail.append(f"[key {shown(key)}]")
                raise
            try:
                yield from self._part(value_field, value)
            except EncodeError:
                self.trail.append(f"[{shown(key)}]")
                raise
            self._close(slot, field.number)

    def _part(self, field: FieldTable, value: Any) -> Steps:
        """The key or value of an entry: written also when it is zero."""
        if isinstance(field.type, MessageRef):
            yield from self._inner(field.number, field.type, value)
        elif isinstance(field.type, ScalarTable | EnumTable):
            self._tagged(field.number, field.type, _raw(field.type, value))

    def _ordered(self, entries: Mapping[Any, Any]) -> Iterable[tuple[Any, Any]]:
        if not self.deterministic:
            return entries.items()
        try:
            return sorted(entries.items(), key=lambda entry: _rank(entry[0]))
        except (TypeError, UnicodeEncodeError):
            return entries.items()  # a key at fault, as will be said when its turn comes

    def _inner(self, number: int, type_: MessageRef, value: Any) -> Steps:
        if not isinstance(value, type_.cls):
            raise EncodeError(f"expected {type_.cls.__name__}, got {kind_of(value)}")
        table = message_table(type_.cls)
        if type_.is_delimited:
            self._add(t.tag(number, t.GROUP))
            yield value, table
            self._add(t.tag(number, t.END_GROUP))
        else:
            slot = self._open(number)
            yield value, table
            self._close(slot, number)

    def _open(self, number: int) -> int:
        """Leave room for tag and length, which come last."""
        self.pieces.append(b"")
        self.sizes.append(0)
        return len(self.pieces) - 1

    def _close(self, slot: int, number: int) -> None:
        size = self.sizes.pop()
        head = t.tag(number, t.LENGTH) + t.varint(size)
        self.pieces[slot] = head
        self.sizes[-1] += len(head) + size

    def _tagged(self, number: int, type_: ScalarTable | EnumTable, raw: bytes) -> None:
        head = t.tag(number, type_.wire_type)
        if type_.wire_type == t.LENGTH:
            head += t.varint(len(raw))
        self._add(head)
        self._add(raw)


def _raw(type_: ScalarTable | EnumTable, value: Any) -> bytes:
    """A scalar or enum, without its tag and length."""
    if isinstance(type_, EnumTable):
        try:
            return write_scalar("int32", value)
        except EncodeError:
            if isinstance(value, int):
                raise
            raise EncodeError(f"expected {type_.cls.__name__}, got {kind_of(value)}") from None
    if type_.wire_type != t.LENGTH:
        return write_scalar(type_.kind, value)
    if type_.kind == "bytes":
        if not isinstance(value, bytes | bytearray):
            raise EncodeError(f"expected bytes, got {kind_of(value)}")
        return bytes(value)
    if not isinstance(value, str):
        raise EncodeError(f"expected str, got {kind_of(value)}")
    try:
        return value.encode("utf-8", "strict" if type_.kind == "string" else "surrogateescape")
    except UnicodeEncodeError as error:
        raise EncodeError(f"character {error.start} is a surrogate, which UTF-8 has no bytes for") from error


def _rank(key: Any) -> Any:
    """Where a map key stands in upb's order.

    Numbers go from high to low, as if they were unsigned; a string comes before those that it begins with.
    """
    if isinstance(key, str):
        return [*key.encode("utf-8", "surrogateescape"), 256]
    return -(key & 0xFFFFFFFFFFFFFFFF)


def _check_oneofs(record: Any, table: MessageTable) -> None:
    for oneof, fields in table.oneofs.items():
        found = [field.name for field in fields if getattr(record, field.attribute, None) is not None]
        if len(found) > 1:
            raise EncodeError(f"one field of oneof {oneof} may be set, {len(found)} are: {', '.join(found)}")


def _checked_unknown(fields: Any) -> bytes:
    """Unknown fields, when they are whole fields."""
    if not isinstance(fields, bytes):
        raise EncodeError(f"unknown fields are kept as bytes, got {type(fields).__name__}")
    at, end = 0, len(fields)
    try:
        while at < end:
            number, wire_type, at = read_tag(fields, at, end)
            at = skip_value(fields, at, end, (number, wire_type), t.READ_DEPTH)
    except DecodeError as error:
        raise EncodeError(f"unknown fields are no Protobuf: {error.reason}") from error
    return fields
