"""What a method's result record means: a value, nothing, or one of the declared exceptions.

Source: Kitex `tool/internal_pkg/tpl/service*.go`; reference/wire.md 10.
"""

from __future__ import annotations

import uuid
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from kitexgen.runtime.errors import EncodeError
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.wire.table import (
    EnumTable,
    ListTable,
    MapTable,
    PackedTable,
    RecordRef,
    ScalarTable,
    SetTable,
    TypeTable,
    table_of,
)

AnyStruct = TypeVar("AnyStruct", bound=Struct)

_VALUE_ID = 0
_SCALAR_ZEROS: dict[str, Callable[[], Any]] = {
    "bool": bool,
    "i8": int,
    "i16": int,
    "i32": int,
    "i64": int,
    "double": float,
    "string": str,
    "binary": bytes,
    "uuid": lambda: uuid.UUID(int=0),
}
_PACKED_CODES = {"i8": "b", "i16": "h", "i32": "i", "i64": "q", "double": "d"}


@dataclass(frozen=True, slots=True)
class ResultShape:
    """The parts of one result record class.

    `value` is the attribute that holds the method's value, None for a void method; `zero` makes what stands for an
    absent value; `may_be_none` says that a handler may return None; `thrown` has the attribute and class of each
    declared exception, in IDL order. `value_class` is that of a value that is a record, None for other values.
    """

    record: type[Struct]
    value: str | None
    zero: Callable[[], Any]
    may_be_none: bool
    thrown: tuple[tuple[str, type[BaseException]], ...]
    value_class: type[Struct] | None = None

    def open(self, result: Struct) -> Any:
        """The method's value. Raises the declared exception that is set, even when a value is there too, as Kitex does.

        An absent value is the type's zero, None for a record: Kitex leaves out a nil success and puts nothing at all
        where a business error went by header, so absence is no error.
        """
        for attribute, _ in self.thrown:
            error = getattr(result, attribute)
            if error is not None:
                raise error
        if self.value is None:
            return None
        value = getattr(result, self.value)
        return self.zero() if value is None else value

    def nothing(self) -> Struct:
        """The result record of a method that has neither a value nor an exception to tell."""
        return self.record()

    def succeed(self, value: Any) -> Struct:
        """The result record for what a handler returned; what a void handler returned is dropped.

        Raises EncodeError for None where the method has a value other than a record (which Kitex sends as nil).
        """
        if self.value is None:
            return self.record()
        if value is None and not self.may_be_none:
            raise EncodeError("the handler returned None", self.record.__schema__[1])
        return self.record(**{self.value: value})

    def fail(self, error: BaseException) -> Struct | None:
        """The result record for an exception that the IDL declares for this method; None for any other."""
        for attribute, declared in self.thrown:
            if isinstance(error, declared):
                return self.record(**{attribute: error})
        return None


@dataclass(frozen=True, slots=True)
class MessageResult:
    """The result of a Protobuf method: the message itself. No exceptions are declared there."""

    message: type[Message]
    thrown: ClassVar[tuple[tuple[str, type[BaseException]], ...]] = ()

    def open(self, result: Struct) -> Struct:
        """The method's value."""
        return result

    def nothing(self) -> None:
        """No bytes: what Kitex sends with a business status, even where the message has required fields."""

    def succeed(self, value: Any) -> Struct:
        """What a handler returned. Raises EncodeError when it is another message, or none."""
        return checked(value, self.message)

    def fail(self, error: BaseException) -> None:
        """Nothing is declared, so `error` is not either."""


def checked(value: Any, expected: type[AnyStruct]) -> AnyStruct:
    """`value`, which is to be sent where the IDL has `expected`: another record could be written, and misread.

    Raises EncodeError.
    """
    if not isinstance(value, expected):
        raise EncodeError(f"expected {expected.__name__}, got {type(value).__name__}", expected.__name__)
    return value


_SHAPES: dict[type[Struct], ResultShape | MessageResult] = {}


def result_shape(record: type[Struct]) -> ResultShape | MessageResult:
    """The shape of a generated result record class, or of a Protobuf response; worked out once a class."""
    shape = _SHAPES.get(record)
    if shape is None:
        shape = _SHAPES[record] = MessageResult(record) if issubclass(record, Message) else thrift_result(record)
    return shape


def thrift_result(record: type[Struct]) -> ResultShape:
    """The shape of a result record class."""
    # `by_id` keeps the order of the IDL; `fields` is in the order of writing.
    fields = table_of(record).by_id
    thrown = tuple(
        (field.attribute, field.type.cls)
        for number, field in fields.items()
        if number != _VALUE_ID and isinstance(field.type, RecordRef)
    )
    value = fields.get(_VALUE_ID)
    if value is None:
        return ResultShape(record, None, _no_value, True, thrown)
    value_class = value.type.cls if isinstance(value.type, RecordRef) else None
    return ResultShape(record, value.attribute, _zero(value.type), value_class is not None, thrown, value_class)


def _no_value() -> None:
    return None


def _zero(type_: TypeTable) -> Callable[[], Any]:
    """What makes the zero value of a type: fresh each time, for containers can change."""
    match type_:
        case ScalarTable():
            return _SCALAR_ZEROS[type_.kind]
        case EnumTable():
            return lambda: type_.cls(0)
        case ListTable() | SetTable() | MapTable():
            zero: Callable[[], Any] = type_.python
            return zero
        case PackedTable():
            return lambda: array(_PACKED_CODES[type_.element.kind])
        case RecordRef():
            return _no_value
