"""Record to RecordPlan."""

from __future__ import annotations

from collections.abc import Sequence

from kitexgen.codegen.plan.annotations import annotation_rows
from kitexgen.codegen.plan.docstrings import docstring
from kitexgen.codegen.plan.fitting import Expression, laid_out, signature, tuple_of
from kitexgen.codegen.plan.flavours import FLAVOURS, MODEL, Flavour
from kitexgen.codegen.plan.literals import string_literal
from kitexgen.codegen.plan.notes import notes
from kitexgen.codegen.plan.record_fields import PrintedField, printed_field
from kitexgen.codegen.plan.records import RecordPlan
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.settling import class_head, settled
from kitexgen.codegen.plan.wire_types import ClassRef
from kitexgen.schema.annotations import Annotations
from kitexgen.schema.declarations import Field, Record, RecordKind
from kitexgen.schema.ids import ModuleId


def declared_record(scope: Scope, record: Record, *, source: str, keeps_unknown: bool) -> RecordPlan:
    """The plan of a record of the IDL."""
    flavour = FLAVOURS[record.kind]
    keeps_unknown = keeps_unknown or flavour.keeps_unknown
    return record_plan(
        scope,
        ref=scope.symbols.ref(record.id),
        kind=record.kind,
        idl_name=scope.schema.full_name(record.id),
        fields=record.fields,
        attributes=list(scope.symbols.attributes(record).values()),
        home=record.id.module,
        source=source,
        doc=record.doc,
        annotations=notes(record),
        is_frozen=record.id in scope.symbols.frozen,
        keeps_unknown=keeps_unknown,
        facts=flavour.facts(record, keeps_unknown),
    )


def record_plan(
    scope: Scope,
    *,
    ref: ClassRef,
    kind: RecordKind,
    idl_name: str,
    fields: tuple[Field, ...],
    attributes: Sequence[str],
    home: ModuleId,
    source: str,
    doc: str | None,
    annotations: Annotations,
    is_frozen: bool = False,
    keeps_unknown: bool = False,
    facts: Sequence[Expression] = (),
) -> RecordPlan:
    """`attributes` are the Python names of `fields`; `home` is the IDL file, `source` the place in it. `facts` end the
    schema.
    """
    flavour = FLAVOURS[kind]
    printed = [
        printed_field(scope, flavour, field, attribute, home=home, is_frozen=is_frozen)
        for field, attribute in zip(fields, attributes, strict=True)
    ]
    slots = flavour.slots([each.plan.attribute for each in printed], keeps_unknown)
    declarations = [line for each in printed for line in each.declaration] + flavour.declarations(keeps_unknown)
    schema = tuple_of(
        [
            f'"{kind.value}"',
            string_literal(idl_name),
            string_literal(source),
            tuple_of(each.row for each in printed),
            annotation_rows(annotations),
            *facts,
        ]
    )
    origin = f"Declared in {source}."
    base = flavour.frozen_base if is_frozen else flavour.base
    return RecordPlan(
        ref=ref,
        kind=kind,
        idl_name=idl_name,
        source=source,
        fields=tuple(each.plan for each in printed),
        is_frozen=is_frozen,
        keeps_unknown=keeps_unknown,
        head=class_head(ref.name, scope.imports.use(MODEL, base)),
        docstring="\n".join(docstring(doc, origin, indent=4, annotations=annotations)),
        slots="\n".join(settled(slots, indent=4)),
        schema="\n".join(settled(laid_out(schema, before="__schema__ = ", indent=4), indent=4)),
        attributes="\n".join(settled(declarations, indent=4, code=_code(declarations))),
        initializer="\n".join(_initializer(scope, flavour, fields, printed, keeps_unknown)),
    )


def _code(declarations: list[str]) -> list[str]:
    return [line for line in declarations if not line.startswith("    #")]


def _initializer(
    scope: Scope, flavour: Flavour, fields: Sequence[Field], printed: list[PrintedField], keeps_unknown: bool
) -> list[str]:
    body = [line for each in printed for line in each.assignment]
    if keeps_unknown:
        body.append('        self.__unknown__ = b""')
    body += flavour.last_words(scope, fields, body)
    if not body:
        return []
    parameters = ["self", *(["*"] if printed else []), *(each.plan.parameter for each in printed)]
    return settled([*signature("def __init__(", parameters, ") -> None:", indent=4), *body], indent=4)
