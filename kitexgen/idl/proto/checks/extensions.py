"""Extensions: a number that the extended message gives away, used once, and nothing that an extension cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.finding import error, warning
from kitexgen.idl.proto.checks.field_numbers import number_span
from kitexgen.idl.proto.checks.reserved import shown
from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldLabel, MessageDescriptor
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.features import FieldPresence
from kitexgen.idl.proto.linked import Linked, extensions

OPTION_MESSAGES: Final = frozenset(
    f"google.protobuf.{name}Options"
    for name in ("File", "Message", "Field", "Enum", "EnumValue", "Service", "Method", "Oneof", "ExtensionRange")
)


def check_extensions(linked: Linked) -> Iterator[Diagnostic]:
    for extension in linked.extensions:
        extendee = linked.pool.message(extension.extendee or "")
        if extendee is None:
            continue  # reported, when its name was looked up
        yield from _requirement(extension, linked)
        if linked.pool.file(extension.file).edition is Edition.PROTO3 and extendee.full_name not in OPTION_MESSAGES:
            yield error(
                "KX0729",
                "proto3 extends only the messages of options",
                extension.name_span,
                f"`{extension.name}` extends `{extendee.full_name}`",
                hint=_nearest_options(extendee),
            )
        else:
            yield from _number(extension, extendee)
    yield from _repeats(linked)


def _nearest_options(extendee: MessageDescriptor) -> str | None:
    meant = nearest(extendee.full_name, OPTION_MESSAGES)
    return f"did you mean `{meant}`?" if meant else "use a field of type google.protobuf.Any"


def _number(extension: FieldDescriptor, extendee: MessageDescriptor) -> Iterator[Diagnostic]:
    ranges = extendee.extension_ranges
    if extension.number <= 0 or any(range.start <= extension.number < range.end for range in ranges):
        return
    free = ", ".join(shown(range.start, range.end - 1) for range in ranges)
    yield error(
        "KX0725",
        f"`{extendee.full_name}` does not give the number {extension.number} to extensions",
        number_span(extension),
        also=(Label(extendee.name_span, f"it gives {free}" if free else "it gives none"),),
    )


def _requirement(extension: FieldDescriptor, linked: Linked) -> Iterator[Diagnostic]:
    is_required = extension.label is FieldLabel.REQUIRED
    presence = linked.features.of(extension).field_presence
    if is_required or (not extension.is_repeated and presence is FieldPresence.LEGACY_REQUIRED):
        yield error("KX0744", f"the extension `{extension.name}` cannot be required", extension.name_span)


def _repeats(linked: Linked) -> Iterator[Diagnostic]:
    """Two extensions with one number: an error in one file, as in protoc a warning across files."""
    seen: dict[tuple[str, int], FieldDescriptor] = {}
    for file in linked.pool.files:
        for extension in extensions(file):
            if not extension.extendee:
                continue
            first = seen.setdefault((extension.extendee, extension.number), extension)
            if first is extension:
                continue
            tell = error if first.file == extension.file else warning
            yield tell(
                "KX0726",
                f"the number {extension.number} of `{extension.extendee}` is taken by two extensions",
                number_span(extension),
                f"`{extension.full_name}` takes it again",
                also=(Label(number_span(first), f"`{first.full_name}` has it"),),
            )
