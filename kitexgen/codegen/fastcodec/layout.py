"""Layout: a record as it lies on the wire, worked out once; writing and reading are both printed from it.

Fields stand in the order of Kitex's FastCodec. What is always written and has a fixed size is gathered into runs, with
the header and length of the string behind it, so that one `struct` call does them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kitexgen.codegen.fastcodec.thrift_binary import HEADER_SIZE, LENGTH_SIZE, WRITTEN_FIRST, fixed, is_text
from kitexgen.codegen.plan.records import FieldPlan, RecordPlan
from kitexgen.codegen.plan.wire_types import EnumType, RecordType, ScalarType
from kitexgen.schema.declarations import RecordKind, Requirement
from kitexgen.schema.types import ScalarKind

# A longer run gains nothing, and its lines get long.
_LONGEST_RUN: Final = 10

_STRING: Final = ScalarType(ScalarKind.STRING)


@dataclass(frozen=True, slots=True)
class Run:
    """Fields of fixed size that are always written, then perhaps a string or binary: all but the bytes of that one."""

    fixed: tuple[FieldPlan, ...]
    text: FieldPlan | None

    @property
    def fields(self) -> tuple[FieldPlan, ...]:
        return self.fixed if self.text is None else (*self.fixed, self.text)

    @property
    def size(self) -> int:
        """Bytes, without those of the string."""
        sizes = [HEADER_SIZE + _size(field) for field in self.fixed]
        return sum(sizes) + (HEADER_SIZE + LENGTH_SIZE if self.text else 0)


@dataclass(frozen=True, slots=True)
class Always:
    """A container, uuid or record that is always written."""

    field: FieldPlan

    @property
    def fields(self) -> tuple[FieldPlan, ...]:
        return (self.field,)


@dataclass(frozen=True, slots=True)
class Sometimes:
    """A field that may be left out: when it is None or, `by_value`, when it equals its default."""

    field: FieldPlan
    by_value: bool

    @property
    def fields(self) -> tuple[FieldPlan, ...]:
        return (self.field,)


Segment = Run | Always | Sometimes


@dataclass(frozen=True, slots=True)
class Layout:
    """All of a record, in order; STOP follows."""

    record: RecordPlan
    segments: tuple[Segment, ...]

    @property
    def fields(self) -> tuple[FieldPlan, ...]:
        return tuple(field for segment in self.segments for field in segment.fields)

    @property
    def is_one_call(self) -> bool:
        """Whether the record is numbers and then a string, so that one call writes it all, STOP included.

        A binary in place of the string may be large, and is not copied.
        """
        if len(self.segments) != 1 or self.record.keeps_unknown or self.record.kind is RecordKind.UNION:
            return False
        (run,) = self.segments
        return isinstance(run, Run) and bool(run.fixed) and run.text is not None and run.text.type == _STRING

    @property
    def is_flat(self) -> bool:
        """Whether the record is written whole whatever its values, and holds no other record and no container."""
        return all(isinstance(segment, Run) for segment in self.segments)


def layout_of(record: RecordPlan) -> Layout:
    first = [field for field in record.fields if _is_written_first(field)]
    rest = [field for field in record.fields if not _is_written_first(field)]
    return Layout(record, tuple(_segments(record, [*first, *rest])))


def _segments(record: RecordPlan, fields: list[FieldPlan]) -> Iterator[Segment]:
    pending: list[FieldPlan] = []
    for field in fields:
        optional = _sometimes(record, field)
        if optional is None and fixed(field.type) is not None:
            pending.append(field)
            if len(pending) < _LONGEST_RUN:
                continue
            yield Run(tuple(pending), None)
        elif optional is None and is_text(field.type):
            yield Run(tuple(pending), field)
        else:
            if pending:
                yield Run(tuple(pending), None)
            yield optional or Always(field)
        pending = []
    if pending:
        yield Run(tuple(pending), None)


def _sometimes(record: RecordPlan, field: FieldPlan) -> Sometimes | None:
    is_optional = field.requirement is Requirement.OPTIONAL
    if record.kind is RecordKind.UNION:
        return Sometimes(field, by_value=False)
    if is_optional and field.default is not None and isinstance(field.type, ScalarType | EnumType):
        return Sometimes(field, by_value=True)
    # A default field that is a record is left out when None: Kitex writes it empty, which its own readers refuse when
    # it has required fields.
    if is_optional or (field.requirement is Requirement.DEFAULT and isinstance(field.type, RecordType)):
        return Sometimes(field, by_value=False)
    return None


def _is_written_first(field: FieldPlan) -> bool:
    return isinstance(field.type, ScalarType) and field.type.kind in WRITTEN_FIRST


def _size(field: FieldPlan) -> int:
    letter = fixed(field.type)
    assert letter is not None
    return letter[1]
