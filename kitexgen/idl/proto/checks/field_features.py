"""Features on fields where they mean something, and what implicit presence rules out.

Source: `ValidateFieldFeatures` of descriptor.cc.
"""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldType
from kitexgen.idl.proto.features import (
    EnumType,
    FieldPresence,
    RepeatedFieldEncoding,
    has_presence,
    is_packable,
)
from kitexgen.idl.proto.interpreted import OptionMessage, SetField
from kitexgen.idl.proto.linked import Linked


def check_field_features(linked: Linked) -> Iterator[Diagnostic]:
    for field in linked.fields:
        if not linked.pool.file(field.file).edition.is_editions or field.type is FieldType.UNKNOWN:
            continue
        yield from _closed_enum(field, linked)
        if field.options and not linked.is_map_part(field):
            features = linked.options.of(field).get("features")
            if isinstance(features, OptionMessage):
                yield from _presence(field, features.find("field_presence"))
                yield from _others(field, features, linked)


def _closed_enum(field: FieldDescriptor, linked: Linked) -> Iterator[Diagnostic]:
    if field.type is not FieldType.ENUM or field.is_repeated or has_presence(field, linked.features.of(field)):
        return
    enum = linked.pool.enum(field.type_name)
    if enum is not None and linked.features.of(enum).enum_type is EnumType.CLOSED:
        yield error(
            "KX0740",
            f"`{enum.full_name}` is a closed enum, which a field with implicit presence cannot have",
            field.name_span,
            also=(Label(enum.name_span, f"declared in `{enum.file}`"),),
            hint="say `features.field_presence = EXPLICIT` on the field",
        )


def _presence(field: FieldDescriptor, presence: SetField | None) -> Iterator[Diagnostic]:
    if presence is None:
        return
    if field.oneof_index is not None:
        message = "a field of a oneof always has explicit presence"
    elif field.is_repeated:
        message = "a repeated field has no presence"
    elif field.is_extension and presence.value != FieldPresence.LEGACY_REQUIRED:
        message = "an extension always has explicit presence"
    elif field.type in {FieldType.MESSAGE, FieldType.GROUP} and presence.value == FieldPresence.IMPLICIT:
        message = "a message always has explicit presence"
    else:
        return
    yield error("KX0742", message, presence.span, hint="delete the feature")


def _others(field: FieldDescriptor, features: OptionMessage, linked: Linked) -> Iterator[Diagnostic]:
    encoding = features.find("repeated_field_encoding")
    if encoding is not None:
        if not field.is_repeated:
            yield error("KX0742", f"`{field.name}` is not repeated", encoding.span, hint="delete the feature")
        elif encoding.value == RepeatedFieldEncoding.PACKED and not is_packable(field):
            yield error("KX0742", "only numbers, bools and enums are packed", encoding.span, hint="delete the feature")
    utf8 = features.find("utf8_validation")
    if utf8 is not None and field.type is not FieldType.STRING and not _has_text(field, linked):
        yield error("KX0742", f"`{field.name}` is no string", utf8.span, hint="delete the feature")
    message_encoding = features.find("message_encoding")
    if message_encoding is not None and (field.type is not FieldType.MESSAGE or linked.is_map(field)):
        yield error("KX0742", f"`{field.name}` is no message", message_encoding.span, hint="delete the feature")


def _has_text(field: FieldDescriptor, linked: Linked) -> bool:
    """Whether it is a map of or by strings."""
    entry = linked.pool.message(field.type_name) if linked.is_map(field) else None
    return entry is not None and any(part.type is FieldType.STRING for part in entry.fields)
