"""Message sets: messages in an old format that hold nothing but extensions, each an optional message."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldLabel, FieldType
from kitexgen.idl.proto.features import is_delimited, is_required
from kitexgen.idl.proto.linked import Linked


def check_message_sets(linked: Linked) -> Iterator[Diagnostic]:
    for message in linked.messages:
        if message.options and linked.is_message_set(message):
            for field in message.fields:
                yield error("KX0743", "a message set has no fields, only extensions", field.name_span)
    for extension in linked.extensions:
        extendee = linked.pool.message(extension.extendee or "")
        if extendee is not None and linked.is_message_set(extendee) and not _fits(extension, linked):
            yield error(
                "KX0743",
                "an extension of a message set is an optional message",
                extension.name_span,
                also=(Label(extendee.name_span, "this is a message set"),),
            )


def _fits(extension: FieldDescriptor, linked: Linked) -> bool:
    features = linked.features.of(extension)
    return (
        extension.label is FieldLabel.OPTIONAL
        and not is_required(extension, features)
        and extension.type in {FieldType.MESSAGE, FieldType.UNKNOWN}
        and not is_delimited(extension, features, is_map=False, in_map_entry=False)
    )
