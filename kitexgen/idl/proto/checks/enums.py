"""Enums: at least one value, 0 first where unknown numbers are kept, and no number twice unless that is said.

That values share names with what stands beside the enum is seen earlier, when they are entered into the symbols.
"""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import EnumDescriptor, EnumValueDescriptor
from kitexgen.idl.proto.features import EnumType
from kitexgen.idl.proto.linked import Linked


def check_enums(linked: Linked) -> Iterator[Diagnostic]:
    for enum in linked.enums:
        if not enum.values:
            yield error(
                "KX0734", f"the enum `{enum.name}` has no value", enum.name_span, hint="its first value is its default"
            )
            continue
        first = enum.values[0]
        if first.number != 0 and linked.features.of(enum).enum_type is EnumType.OPEN:
            yield error(
                "KX0735",
                f"the first value of `{enum.name}` is not 0",
                first.node.number.span,
                hint=f"begin with a value such as `{_prefix(enum)}UNSPECIFIED = 0;`",
            )
        if not linked.options.of(enum).is_true("allow_alias"):
            yield from _aliases(enum)


def _prefix(enum: EnumDescriptor) -> str:
    letters = [f"_{letter}" if letter.isupper() and at else letter for at, letter in enumerate(enum.name)]
    return "".join(letters).upper() + "_"


def _aliases(enum: EnumDescriptor) -> Iterator[Diagnostic]:
    seen: dict[int, EnumValueDescriptor] = {}
    for value in enum.values:
        first = seen.setdefault(value.number, value)
        if first is value:
            continue
        free = value.number + 1
        while any(other.number == free for other in enum.values):
            free += 1
        yield error(
            "KX0736",
            f"`{value.name}` has the number of `{first.name}`",
            value.node.number.span,
            also=(Label(first.node.number.span, f"`{first.name}` has it"),),
            hint=f"{free} is free; if it shall be an alias, say `option allow_alias = true;`",
        )
