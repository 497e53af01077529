"""EnumPlan: all that is printed of one enum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kitexgen.codegen.plan.annotations import annotation_rows
from kitexgen.codegen.plan.docstrings import comment, docstring
from kitexgen.codegen.plan.fitting import Expression, assigned, laid_out, tuple_of
from kitexgen.codegen.plan.literals import string_literal
from kitexgen.codegen.plan.notes import notes
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.settling import class_head, settled
from kitexgen.schema.declarations import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumPlan:
    """The texts are whole lines, indented as in the class, whose first line is `head`. `members` may be empty."""

    head: str
    docstring: str
    schema: str
    members: str


def enum_plan(scope: Scope, enum: Enum, *, source: str) -> EnumPlan:
    members: list[str] = []
    spelled = scope.symbols.members(enum)
    latest: dict[int, str] = {}
    for member in enum.members:
        members += comment(member.doc, indent=4, annotations=notes(member))
        # A second name of a number is written as an alias, which is what Python makes of it, and not as a slip.
        value = str(latest.get(member.number, member.number))
        members += assigned(f"{spelled[member.name]} = ", value, indent=4)
        latest[member.number] = spelled[member.name]
    return EnumPlan(
        head=class_head(scope.symbols.ref(enum.id).name, scope.imports.use("kitexgen.runtime.contract.model", "Enum")),
        docstring="\n".join(
            docstring(enum.doc, f"Declared in {source}.", indent=4, annotations=notes(enum)),
        ),
        schema="\n".join(
            settled(
                laid_out(
                    _schema(scope.schema.full_name(enum.id), enum, source, spelled), before="__schema__ = ", indent=4
                ),
                indent=4,
            )
        ),
        members="\n".join(members),
    )


def _schema(name: str, enum: Enum, source: str, spelled: Mapping[str, str]) -> Expression:
    """A member stands in it if there is something to say: (IDL name, annotations[, Python name if that is another])."""
    items: list[Expression] = [string_literal(name), string_literal(source), annotation_rows(notes(enum))]
    rows: list[Expression] = []
    for member in enum.members:
        row: list[Expression] = [string_literal(member.name), annotation_rows(notes(member))]
        if spelled[member.name] != member.name:
            row.append(string_literal(spelled[member.name]))
        elif not notes(member):
            continue
        rows.append(tuple_of(row))
    if rows:
        items.append(tuple_of(rows))
    return tuple_of(items)
