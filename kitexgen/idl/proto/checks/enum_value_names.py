"""Enum values whose names are alike once the enum's own name is taken off, as generators of many languages do.

Source: `CheckEnumValueUniqueness` of descriptor.cc.
"""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error, warning
from kitexgen.idl.proto.descriptors import EnumDescriptor, EnumValueDescriptor
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.linked import Linked


def check_enum_value_names(linked: Linked) -> Iterator[Diagnostic]:
    for enum in linked.enums:
        is_old = linked.pool.file(enum.file).edition is Edition.PROTO2
        is_lenient = is_old and linked.options.of(enum).is_true("deprecated_legacy_json_field_conflicts")
        tell = warning if is_lenient else error
        for value, first in _alike(enum):
            yield tell(
                "KX0737",
                f"`{value.name}` and `{first.name}` are one name to many languages",
                value.name_span,
                also=(Label(first.name_span, "the other one"),),
                hint=f"they drop `{enum.name}` at the start, `_`, and the difference of upper and lower case",
            )


def _alike(enum: EnumDescriptor) -> Iterator[tuple[EnumValueDescriptor, EnumValueDescriptor]]:
    prefix = enum.name.replace("_", "").lower()
    seen: dict[str, EnumValueDescriptor] = {}
    for value in enum.values:
        first = seen.setdefault(_pascal_case(_without(prefix, value.name)), value)
        if first.name != value.name and first.number != value.number:
            yield value, first


def _without(prefix: str, name: str) -> str:
    """`name` without `prefix`, which is in small letters without `_`; as it is when nothing would be left."""
    matched = 0
    for at, letter in enumerate(name):
        if matched == len(prefix):
            return name[at:].lstrip("_") or name
        if letter == "_":
            continue
        if letter.lower() != prefix[matched]:
            return name
        matched += 1
    return name


def _pascal_case(name: str) -> str:
    return "".join(part[:1].upper() + part[1:].lower() for part in name.split("_"))
