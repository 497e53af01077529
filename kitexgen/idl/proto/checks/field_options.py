"""Options that fit only some fields: packed, lazy, jstype, ctype. Source: `ValidateOptions(FieldDescriptor)`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldType
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.features import is_delimited, is_packable
from kitexgen.idl.proto.linked import Linked

_LONG: Final = frozenset({FieldType.UINT64, FieldType.INT64, FieldType.SINT64, FieldType.FIXED64, FieldType.SFIXED64})
_JS_NORMAL: Final = 0


def check_field_options(linked: Linked) -> Iterator[Diagnostic]:
    for field in linked.fields_with_options:
        if field.type is FieldType.UNKNOWN or linked.is_map_part(field):
            continue
        options = linked.options.of(field)
        packed = options.find("packed")
        if packed is not None:
            if linked.pool.file(field.file).edition.is_editions:
                hint = "say `features.repeated_field_encoding = EXPANDED` or nothing: packed is what editions do"
                yield error("KX0741", "editions have no `packed`", packed.span, hint=hint)
            elif packed.value is True and not is_packable(field):
                yield error(
                    "KX0741", "only repeated numbers, bools and enums are packed", packed.span, hint="delete the option"
                )
        ctype = options.find("ctype")
        if ctype is not None and linked.pool.file(field.file).edition >= Edition.E2024:
            hint = "use the feature `(pb.cpp).string_type`"
            yield error("KX0741", "edition 2024 has no `ctype`", ctype.span, hint=hint)
        yield from _lazy(field, linked)
        jstype = options.find("jstype")
        if jstype is not None and jstype.value != _JS_NORMAL and field.type not in _LONG:
            yield error("KX0741", "`jstype` is for integers of 64 bits", jstype.span, hint="delete the option")


def _lazy(field: FieldDescriptor, linked: Linked) -> Iterator[Diagnostic]:
    options = linked.options.of(field)
    for name in ("lazy", "unverified_lazy"):
        lazy = options.find(name)
        if lazy is None or lazy.value is not True:
            continue
        is_group = is_delimited(
            field, linked.features.of(field), is_map=linked.is_map(field), in_map_entry=linked.is_map_part(field)
        )
        if field.type is not FieldType.MESSAGE or is_group:
            yield error("KX0741", f"`{name}` is for fields that are messages", lazy.span, hint="delete the option")
        elif name == "unverified_lazy" and field.is_extension:
            yield error("KX0741", "an extension cannot be `unverified_lazy`", lazy.span, hint="delete the option")
