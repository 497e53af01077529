"""`reserved`: ranges that make sense and do not overlap, names said once, and no field or value that uses one."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.idl.proto.checks.field_numbers import next_free, number_span
from kitexgen.idl.proto.descriptors import (
    EnumDescriptor,
    EnumValueDescriptor,
    FieldDescriptor,
    MessageDescriptor,
    ReservedName,
    ReservedRange,
)
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.ranges import MAX_INT32
from kitexgen.source.span import Span


def check_reserved(linked: Linked) -> Iterator[Diagnostic]:
    for message in linked.messages:
        if message.reserved_ranges or message.reserved_names:
            yield from _ranges(message)
            yield from _names(message.reserved_names)
            for field in message.fields:
                yield from _use(message, field, field.number, number_span(field))
    for enum in linked.enums:
        if enum.reserved_ranges or enum.reserved_names:
            yield from _ranges(enum)
            yield from _names(enum.reserved_names)
            for value in enum.values:
                yield from _use(enum, value, value.number, value.node.number.span)


def last_number(range: ReservedRange, owner: MessageDescriptor | EnumDescriptor) -> int:
    """The end of `range`, which it includes."""
    return range.end if isinstance(owner, EnumDescriptor) else range.end - 1


def shown(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first} to {last}"


def _ranges(owner: MessageDescriptor | EnumDescriptor) -> Iterator[Diagnostic]:
    ranges = owner.reserved_ranges
    is_message = isinstance(owner, MessageDescriptor)
    for range in ranges:
        last = last_number(range, owner)
        if last < range.start:
            yield error("KX0724", f"this range ends before it begins: {range.start} to {last}", range.node.span)
        elif is_message and last == MAX_INT32:
            # Exclusive ends have 32 bits in descriptor.proto.
            yield error(
                "KX0724", f"no field has the number {last}", range.node.span, hint="write `max` for the greatest"
            )
        elif is_message and range.start <= 0:
            yield error("KX0724", "field numbers begin at 1", range.node.span)
    if len(ranges) < 2:
        return
    in_order = sorted(ranges, key=lambda range: range.start)
    widest = in_order[0]
    for range in in_order[1:]:
        if range.start <= last_number(widest, owner):
            first, second = sorted((widest, range), key=lambda each: each.node.span.start)
            yield error(
                "KX0723",
                f"{shown(second.start, last_number(second, owner))} is reserved already",
                second.node.span,
                also=(Label(first.node.span, "by this range"),),
                hint="delete one of them",
            )
        if last_number(range, owner) > last_number(widest, owner):
            widest = range


def _names(names: tuple[ReservedName, ...]) -> Iterator[Diagnostic]:
    seen: dict[str, ReservedName] = {}
    for name in names:
        first = seen.setdefault(name.name, name)
        if first is not name:
            yield error(
                "KX0723",
                f"`{name.name}` is reserved twice",
                name.span,
                also=(Label(first.span, "first here"),),
                hint="delete one of them",
            )


def _use(
    owner: MessageDescriptor | EnumDescriptor, one: FieldDescriptor | EnumValueDescriptor, number: int, at: Span
) -> Iterator[Diagnostic]:
    hint = f"{next_free(owner)}" if isinstance(owner, MessageDescriptor) else None
    for range in owner.reserved_ranges:
        if range.start <= number <= last_number(range, owner):
            yield error(
                "KX0722",
                f"the number {number} is reserved in `{owner.full_name}`",
                at,
                f"`{one.name}` takes it",
                also=(Label(range.node.span, "reserved here"),),
                hint=hint,
            )
    for name in owner.reserved_names:
        if name.name == one.name:
            yield error(
                "KX0722",
                f"the name `{one.name}` is reserved in `{owner.full_name}`",
                one.name_span,
                also=(Label(name.span, "reserved here"),),
            )
