"""What is said of values that do not fit."""

from __future__ import annotations

from collections.abc import Sequence

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.evaluate import Literal, name_literal
from kitexgen.idl.finding import THRIFTGO, error, warning
from kitexgen.idl.thrift.partial import spell
from kitexgen.idl.thrift.tree import ConstNode, IdentifierNode, LiteralNode, MapNode, ValueNode
from kitexgen.schema.declarations import Enum, EnumMember, Field, Record
from kitexgen.schema.types import Type
from kitexgen.schema.values import Value


def wrong_literal(node: ValueNode, literal: Literal, slot: Type) -> Diagnostic:
    return error("KX0301", f"{name_literal(literal)} is no `{spell(slot)}`", node.span)


def wrong_bracket(node: ValueNode, what: str, slot: Type) -> Diagnostic:
    is_map = isinstance(node, MapNode)
    wanted = spell(slot)
    hint = None
    if is_map and wanted.startswith(("list<", "set<")):
        hint = "lists and sets are written in brackets: [1, 2]"
    elif not is_map and wanted.startswith("map<"):
        hint = 'maps are written in braces: {"key": 1}'
    elif not is_map:
        hint = "only lists and sets are written in brackets"
    return error("KX0301", f"{what} is no `{wanted}`", node.span, hint=hint)


def other_empty_bracket(node: ValueNode, slot: Type) -> Diagnostic:
    """Empty brackets of the other kind mean empty to both compilers, and files in the wild have them."""
    brackets = "[]" if isinstance(node, MapNode) else "{}"
    return warning("KX0317", f"an empty `{spell(slot)}` is written `{brackets}`", node.span)


def member_does_not_fit(node: IdentifierNode, slot: Type) -> Diagnostic:
    return error("KX0301", f"`{node.text}` is a member of an enum, no `{spell(slot)}`", node.span)


def constant_does_not_fit(
    node: IdentifierNode, value: Value, type: Type, slot: Type, also: tuple[Label, ...]
) -> Diagnostic:
    shown = f", {value}," if isinstance(value, int | float) and not isinstance(value, bool) else ""
    message = f"`{node.text}`{shown} is a `{spell(type)}` that does not fit `{spell(slot)}`"
    return error("KX0301", message, node.span, also=also)


def no_member_with_number(node: ValueNode, number: int, enum: Enum) -> Diagnostic:
    numbers = ", ".join(f"{member.name} = {member.number}" for member in enum.members[:4])
    return error(
        "KX0304",
        f"no member of `{enum.id.name}` has the number {number}",
        node.span,
        also=(Label(enum.name_span, "declared here"),),
        hint=f"it has {numbers}{', …' if len(enum.members) > 4 else ''}" if numbers else "it has no members",
    )


def bool_for_enum(node: ValueNode, enum: Enum, member: EnumMember) -> Diagnostic:
    return warning(
        "KX0310",
        f"a bool stands for `{enum.id.name}.{member.name}`",
        node.span,
        hint=f"write `{enum.id.name}.{member.name}`; thriftgo refuses this",
        refused_by=THRIFTGO,
    )


def repeated(code: str, what: str, first: ValueNode, again: ValueNode) -> Diagnostic:
    hint = "the last one counts" if code == "KX0311" else "it is there once"
    return warning(code, f"{what} is given twice", again.span, "again", also=(Label(first.span, "first"),), hint=hint)


def key_is_no_name(node: ValueNode, record: Record) -> Diagnostic:
    return error(
        "KX0308",
        f"a value of `{record.id.name}` names its fields with strings",
        node.span,
        hint='write {"field": value}',
    )


def unknown_field(node: LiteralNode, record: Record) -> Diagnostic:
    near = nearest(node.value, [field.name for field in record.fields])
    return error(
        "KX0307",
        f"`{record.id.name}` has no field `{node.value}`",
        node.span,
        also=(Label(record.name_span, "declared here"),),
        hint=f"did you mean `{near}`?" if near else None,
    )


def union_of_not_one(node: MapNode, record: Record, count: int) -> Diagnostic:
    return error(
        "KX0313",
        f"a value of the union `{record.id.name}` sets exactly one field, not {count}",
        node.span,
        also=(Label(record.name_span, "declared here"),),
    )


def required_missing(node: MapNode, record: Record, missing: Sequence[Field]) -> Diagnostic:
    names = ", ".join(f"`{field.name}`" for field in missing)
    message = f"this `{record.id.name}` lacks the required field{'s' if len(missing) > 1 else ''} {names}"
    return error("KX0309", message, node.span, also=(Label(missing[0].name_span, "declared here"),))


def constant_cycle(nodes: Sequence[ConstNode]) -> Diagnostic:
    first, *others = nodes
    if not others:
        return error("KX0315", f"constant `{first.name.text}` is defined by itself", first.name.span)
    return error(
        "KX0315",
        f"the constants {', '.join(f'`{node.name.text}`' for node in nodes)} are defined by each other",
        first.name.span,
        also=tuple(Label(node.name.span, "part of the circle") for node in others),
    )
