"""`default = …` where a default may stand, and of an enum a value it has. That literals fit the parser has checked."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldType
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.features import has_presence
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.tree import IdentifierNode, ValueNode


def check_defaults(linked: Linked) -> Iterator[Diagnostic]:
    for field in linked.fields:
        if field.default is not None:
            yield from _check(field, field.default, linked)


def _check(field: FieldDescriptor, value: ValueNode, linked: Linked) -> Iterator[Diagnostic]:
    edition = linked.pool.file(field.file).edition
    if field.is_repeated:
        yield error("KX0730", f"`{field.name}` is repeated, so it has no default", value.span, hint="delete it")
    elif edition is Edition.PROTO3:
        yield error(
            "KX0730",
            "a proto3 field has no default of its own",
            value.span,
            hint="its default is zero, or the first value of its enum; delete this one",
        )
    elif not isinstance(value, IdentifierNode) and field.type_name:
        pass  # what names a type may have for a default the parser knows: reported
    elif field.type is FieldType.MESSAGE:
        yield error("KX0730", "a message has no default", value.span, hint="delete it")
    elif edition.is_editions and not has_presence(field, linked.features.of(field)):
        yield error(
            "KX0730",
            f"`{field.name}` has implicit presence, so its default is zero",
            value.span,
            hint="delete the default, or say `features.field_presence = EXPLICIT`",
        )
    elif field.type is FieldType.ENUM:
        assert isinstance(value, IdentifierNode)
        yield from _of_enum(field, value, linked)


def _of_enum(field: FieldDescriptor, value: IdentifierNode, linked: Linked) -> Iterator[Diagnostic]:
    enum = linked.pool.enum(field.type_name)
    if enum is None:
        return  # two declarations have its name, which is reported
    names = [each.name for each in enum.values]
    if value.text not in names:
        meant = nearest(value.text, names)
        yield error(
            "KX0731",
            f"`{enum.full_name}` has no value `{value.text}`",
            value.span,
            also=(Label(enum.name_span, "declared here"),),
            hint=f"did you mean `{meant}`?" if meant else None,
        )
