"""What proto3 has no longer: required fields, groups, closed enums, message sets. Source: `ValidateProto3Field`."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldLabel, FieldType, messages
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.features import EnumType
from kitexgen.idl.proto.linked import Linked, extensions
from kitexgen.idl.proto.tree import GroupNode


def check_proto3(linked: Linked) -> Iterator[Diagnostic]:
    for file in linked.files:
        if file.edition is not Edition.PROTO3:
            continue
        for message in messages(file):
            for field in message.fields:
                yield from _field(field, linked)
            if linked.is_message_set(message):
                yield error("KX0743", "proto3 has no message sets", message.name_span, hint="delete the option")
        for extension in extensions(file):
            yield from _field(extension, linked)


def _field(field: FieldDescriptor, linked: Linked) -> Iterator[Diagnostic]:
    if field.label is FieldLabel.REQUIRED and not field.is_extension:
        label = field.node.label if field.node is not None else None
        yield error(
            "KX0728",
            "proto3 has no required fields",
            label.span if label is not None else field.name_span,
            hint="delete `required`; check the value where it is used",
        )
    if isinstance(field.node, GroupNode):
        yield error("KX0729", "proto3 has no groups", field.name_span, hint="declare a message and a field of its type")
    enum = linked.pool.enum(field.type_name) if field.type is FieldType.ENUM else None
    if enum is not None and linked.features.of(enum).enum_type is EnumType.CLOSED:
        yield error(
            "KX0740",
            f"`{enum.full_name}` is a closed enum, which proto3 cannot use",
            field.name_span,
            also=(Label(enum.name_span, f"declared in `{enum.file}`"),),
            hint="declare the enum in a proto3 file, or one of an edition",
        )
