"""A field of a record: its hint, what `__init__` does with it, and what a reader takes for an absent one."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.codegen.plan.docstrings import comment, comment_text
from kitexgen.codegen.plan.fitting import WIDTH, Expression, assigned, columns, flat, laid_out
from kitexgen.codegen.plan.flavours import Flavour
from kitexgen.codegen.plan.literals import Literals
from kitexgen.codegen.plan.notes import notes
from kitexgen.codegen.plan.records import FieldPlan
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.type_hints import type_hint
from kitexgen.codegen.plan.wire_types import EnumType, RecordType, ScalarType, WireType
from kitexgen.schema.declarations import Field
from kitexgen.schema.ids import ModuleId

_EMPTY_AND_IMMUTABLE = frozenset(("()", "frozenset()"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedField:
    """A field's plan and its lines: `assignment` in `__init__`, `declaration` in the class body; and its row in
    `__schema__`.
    """

    plan: FieldPlan
    assignment: list[str]
    declaration: list[str]
    row: Expression


def printed_field(
    scope: Scope, flavour: Flavour, field: Field, attribute: str, *, home: ModuleId, is_frozen: bool
) -> PrintedField:
    """`home` is the IDL file, `flavour` that of the record."""
    wire = scope.field_type(field, is_frozen=is_frozen)
    hint = type_hint(scope, field.type, wire)
    literals = Literals(scope)
    initial, default = flavour.values(literals, field, wire)
    is_shared = default is not None and _is_immutable(wire, default)
    absent = None if default is None else flat(default)
    annotation = f"{hint} | None" if absent == "None" else hint
    if is_shared and isinstance(default, str) and default.endswith(")") and default not in _EMPTY_AND_IMMUTABLE:
        # `Color(0)`, `UUID(int=0)`: calls, but of values that nobody can change.
        scope.lint_exceptions.add("B008")
    if default is None:
        parameter = f"{attribute}: {annotation}"
        assignment = assigned(f"self.{attribute} = ", attribute, indent=8)
    elif is_shared:
        parameter = f"{attribute}: {annotation} = {absent}"
        assignment = assigned(f"self.{attribute} = ", attribute, indent=8)
    else:
        parameter = f"{attribute}: {hint} | None = None"
        assignment = _fresh(attribute, default)
    said = comment_text(flavour.comment(scope, field, wire, home))
    plan = FieldPlan(
        id=field.id,
        attribute=attribute,
        idl_name=field.name,
        requirement=field.requirement,
        type=wire,
        annotation=annotation,
        parameter=parameter,
        comment=said,
        default=None if initial is None else flat(initial),
        absent=absent,
        names=tuple(literals.needs),
        oneof=field.oneof,
    )
    return PrintedField(
        plan=plan,
        assignment=assignment,
        declaration=_declaration(field, attribute, annotation, said),
        row=flavour.row(scope, field, wire, attribute),
    )


def _is_immutable(wire: WireType, default: Expression) -> bool:
    """Whether all records may share the default, so that it can stand in the signature."""
    if default == "None" or isinstance(wire, ScalarType | EnumType):
        return True
    return not isinstance(wire, RecordType) and default in _EMPTY_AND_IMMUTABLE


def _fresh(attribute: str, default: Expression) -> list[str]:
    line = f"        self.{attribute} = {flat(default)} if {attribute} is None else {attribute}"
    if columns(line) <= WIDTH:
        return [line]
    return [
        f"        if {attribute} is None:",
        *laid_out(default, before=f"{attribute} = ", indent=12),
        *assigned(f"self.{attribute} = ", attribute, indent=8),
    ]


def _declaration(field: Field, attribute: str, annotation: str, said: str) -> list[str]:
    lines = comment(field.doc, indent=4, annotations=notes(field))
    line = f"    {attribute}: {annotation}  # {field.id}: {said}"
    if columns(line) <= WIDTH:
        return [*lines, line]
    # Black would break the hint to make room for the comment.
    return [*lines, f"    # {field.id}: {said}", f"    {attribute}: {annotation}"]
