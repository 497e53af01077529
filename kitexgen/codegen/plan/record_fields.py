"""A field of a record: its hint, what `__init__` does with it, and what a reader takes for an absent one."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.codegen.plan.docstrings import comment, comment_text
from kitexgen.codegen.plan.fitting import WIDTH, Expression, assigned, columns, flat, laid_out
from kitexgen.codegen.plan.imports import Import
from kitexgen.codegen.plan.literals import Literals
from kitexgen.codegen.plan.records import FieldPlan
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.type_hints import idl_type, type_hint
from kitexgen.codegen.plan.wire_types import EnumType, RecordType, ScalarType, WireType, is_packed
from kitexgen.schema.declarations import Field, Requirement
from kitexgen.schema.ids import ModuleId

_LONGEST_COMMENT_DEFAULT = 24  # columns; a longer default is better read in `__init__`, which is near
_EMPTY_AND_IMMUTABLE = frozenset(("()", "frozenset()"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedField:
    """A field's plan and its lines: `assignment` in `__init__`, `declaration` in the class body."""

    plan: FieldPlan
    assignment: list[str]
    declaration: list[str]


def printed_field(
    scope: Scope, field: Field, attribute: str, *, home: ModuleId, is_frozen: bool, is_member: bool
) -> PrintedField:
    """`home` is the IDL file; `is_member` tells that the field is one of a union, of which defaults are meaningless."""
    wire = scope.wire_type(field.type, is_frozen, is_packed(field.annotations))
    hint = type_hint(scope, field.type, wire)
    initial, default, names = _initial(scope, field, wire, is_member)
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
    said = _comment(scope, field, wire, home)
    plan = FieldPlan(
        id=field.id,
        attribute=attribute,
        idl_name=field.name,
        requirement=field.requirement,
        type=wire,
        annotation=annotation,
        parameter=parameter,
        comment=said,
        default=initial,
        absent=absent,
        names=names,
    )
    return PrintedField(
        plan=plan,
        assignment=assignment,
        declaration=_declaration(field, attribute, annotation, said),
    )


def _initial(
    scope: Scope, field: Field, wire: WireType, is_member: bool
) -> tuple[str | None, Expression | None, tuple[Import, ...]]:
    """(IDL default, value when nobody gives one, the imports both need)."""
    if field.requirement is Requirement.REQUIRED:
        return None, None, ()
    if is_member:
        return None, "None", ()
    literals = Literals(scope)
    if field.default is not None:
        expression = literals.value(field.default, wire)
        return flat(expression), expression, tuple(literals.needs)
    if field.requirement is Requirement.OPTIONAL:
        return None, "None", ()
    return None, literals.zero(wire), tuple(literals.needs)


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


def _comment(scope: Scope, field: Field, wire: WireType, home: ModuleId) -> str:
    """What the IDL says: "required i64", "list<string>", "i32 = 1"."""
    words = [] if field.requirement is Requirement.DEFAULT else [field.requirement.value]
    words.append(idl_type(field.type, home))
    if field.default is not None and isinstance(wire, ScalarType):
        text = flat(Literals(scope).value(field.default, wire))
        if columns(text) <= _LONGEST_COMMENT_DEFAULT:
            words += ("=", text)
    return comment_text(" ".join(words))


def _declaration(field: Field, attribute: str, annotation: str, said: str) -> list[str]:
    lines = comment(field.doc, indent=4, annotations=field.annotations)
    line = f"    {attribute}: {annotation}  # {field.id}: {said}"
    if columns(line) <= WIDTH:
        return [*lines, line]
    # Black would break the hint to make room for the comment.
    return [*lines, f"    # {field.id}: {said}", f"    {attribute}: {annotation}"]
