"""Field numbers: in range, not among those that belong to Protobuf itself, each used once in its message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import FieldDescriptor, MessageDescriptor, messages
from kitexgen.idl.proto.linked import Linked, extensions
from kitexgen.idl.proto.ranges import MAX_FIELD_NUMBER, MAX_INT32
from kitexgen.source.span import Span

_FIRST_OF_PROTOBUF: Final = 19000
_LAST_OF_PROTOBUF: Final = 19999


def check_field_numbers(linked: Linked) -> Iterator[Diagnostic]:
    for message in linked.messages:
        for field in message.fields:
            yield from _range(field)
        yield from _repeats(message)
    for extension in linked.extensions:
        if is_zero(extension):
            yield _not_positive(extension)
    for file in linked.roots:
        # Only of the files asked for, as in protoc's command line: others were compiled elsewhere.
        for message in messages(file):
            yield from _of_protobuf(message.fields)
        yield from _of_protobuf(extensions(file))


def number_span(field: FieldDescriptor) -> Span:
    return field.node.number.span if field.node is not None else field.name_span


def is_zero(field: FieldDescriptor) -> bool:
    """Whether 0 is written: a word that is no number, which is reported, counts as 0 too."""
    return field.number == 0 and field.node is not None and not field.node.number.text.strip("0xX")


def next_free(message: MessageDescriptor) -> str:
    """What to say of the lowest number that no field, extension or reserved range of `message` has."""
    taken = [(field.number, field.number) for field in message.fields]
    taken += [(range.start, range.end - 1) for range in message.extension_ranges]
    taken += [(range.start, range.end - 1) for range in message.reserved_ranges]
    number = 1
    for first, last in sorted(taken):
        if first <= number <= last:
            number = last + 1
    return f"{number} is free" if number <= MAX_FIELD_NUMBER else "there is no free number left"


def _range(field: FieldDescriptor) -> Iterator[Diagnostic]:
    if is_zero(field):
        yield _not_positive(field)
    elif MAX_FIELD_NUMBER < field.number <= MAX_INT32:  # beyond it the parser has complained
        yield error("KX0720", f"field numbers end at {MAX_FIELD_NUMBER}", number_span(field))


def _not_positive(field: FieldDescriptor) -> Diagnostic:
    return error("KX0720", "field numbers begin at 1", number_span(field))


def _of_protobuf(fields: Iterable[FieldDescriptor]) -> Iterator[Diagnostic]:
    for field in fields:
        if _FIRST_OF_PROTOBUF <= field.number <= _LAST_OF_PROTOBUF:
            yield error(
                "KX0720",
                f"the numbers from {_FIRST_OF_PROTOBUF} to {_LAST_OF_PROTOBUF} belong to Protobuf itself",
                number_span(field),
            )


def _repeats(message: MessageDescriptor) -> Iterator[Diagnostic]:
    seen: dict[int, FieldDescriptor] = {}
    for field in message.fields:
        first = seen.setdefault(field.number, field)
        if first is not field:
            yield error(
                "KX0721",
                f"field number {field.number} is used twice in `{message.full_name}`",
                number_span(field),
                f"`{field.name}` takes it again",
                also=(Label(number_span(first), f"`{first.name}` has it"),),
                hint=f"{next_free(message)}; never reuse a number that has been on the wire",
            )
