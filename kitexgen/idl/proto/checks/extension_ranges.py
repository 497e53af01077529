"""`extensions 100 to 199;`: ranges that make sense and overlap with nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.idl.proto.checks.field_numbers import number_span
from kitexgen.idl.proto.checks.reserved import shown
from kitexgen.idl.proto.descriptors import ExtensionRange, MessageDescriptor
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.ranges import MAX_FIELD_NUMBER, MAX_INT32


def check_extension_ranges(linked: Linked) -> Iterator[Diagnostic]:
    for message in linked.messages:
        if message.extension_ranges:
            greatest = MAX_INT32 - 1 if linked.is_message_set(message) else MAX_FIELD_NUMBER
            for range in message.extension_ranges:
                yield from _limits(range, greatest)
            yield from _overlaps(message)
            if linked.pool.file(message.file).edition is Edition.PROTO3:
                yield error(
                    "KX0729",
                    "a proto3 message has no extensions",
                    message.extension_ranges[0].node.span,
                    hint="use a field of type google.protobuf.Any",
                )


def _limits(range: ExtensionRange, greatest: int) -> Iterator[Diagnostic]:
    if range.end <= range.start:
        yield error("KX0724", f"this range ends before it begins: {range.start} to {range.end - 1}", range.node.span)
    elif range.start <= 0:
        yield error("KX0724", "extension numbers begin at 1", range.node.span)
    elif range.end - 1 > greatest:
        yield error(
            "KX0724", f"extension numbers end at {greatest}", range.node.span, hint="write `max` for the greatest"
        )


def _overlaps(message: MessageDescriptor) -> Iterator[Diagnostic]:
    ranges = message.extension_ranges
    for at, range in enumerate(ranges):
        text = shown(range.start, range.end - 1)
        for field in message.fields:
            if range.start <= field.number < range.end:
                yield error(
                    "KX0723",
                    f"the number {field.number} is kept for extensions of `{message.full_name}`",
                    number_span(field),
                    f"`{field.name}` takes it",
                    also=(Label(range.node.span, f"{text} is for extensions"),),
                )
        for reserved in message.reserved_ranges:
            if range.start < reserved.end and reserved.start < range.end:
                yield error(
                    "KX0723",
                    f"{text} is for extensions, and some of it is reserved",
                    range.node.span,
                    also=(Label(reserved.node.span, "reserved here"),),
                )
        for other in ranges[:at]:
            if range.start < other.end and other.start < range.end:
                yield error(
                    "KX0723",
                    f"{text} is for extensions already",
                    range.node.span,
                    also=(Label(other.node.span, "by this range"),),
                )
