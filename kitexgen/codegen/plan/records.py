"""RecordPlan: all that is printed of one record, finished; its fields likewise."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.codegen.plan.imports import Import
from kitexgen.codegen.plan.wire_types import ClassRef, WireType
from kitexgen.schema.declarations import RecordKind, Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPlan:
    """One field.

    `default` is the IDL's default as a Python expression, None when the IDL gives none or nothing uses it. `absent` is
    the expression for the value of a field that a message leaves out, a fresh one each time it is evaluated; None when
    the field is required. Both use names of the record's module; `names` are the imports with which another module of
    the same package can evaluate them too. `annotation` is the type hint as printed, `comment` what the IDL says of
    the field ("required i64"), `parameter` its place in `__init__`: `name: str = ""`. `oneof` is the IDL name of the
    oneof that the field of a message is in.
    """

    id: int
    attribute: str
    idl_name: str
    requirement: Requirement
    type: WireType
    annotation: str
    parameter: str
    comment: str
    default: str | None
    absent: str | None
    names: tuple[Import, ...]
    oneof: str | None = None

    @property
    def may_be_none(self) -> bool:
        """Whether None is a value of the attribute, and not a mistake."""
        return self.absent == "None"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlan:
    """One struct, union, exception or message, or the arguments or result of a method; fields in source order.

    `source` is where the IDL declares it ("user.thrift:14"). `idl_name` has the package of a message in front. With
    `keeps_unknown`, as always for messages, the record has the slot `__unknown__` (bytes), written back after its
    fields. The texts are whole lines, indented as they stand in the class, whose first line is `head`; `attributes` and
    `initializer` may be empty.
    """

    ref: ClassRef
    kind: RecordKind
    idl_name: str
    source: str
    fields: tuple[FieldPlan, ...]
    is_frozen: bool
    keeps_unknown: bool
    head: str
    docstring: str
    slots: str
    schema: str
    attributes: str
    initializer: str
