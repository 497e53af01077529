"""Record to RecordPlan."""

from __future__ import annotations

from collections.abc import Sequence

from kitexgen.codegen.plan.annotations import annotation_rows
from kitexgen.codegen.plan.docstrings import docstring
from kitexgen.codegen.plan.fitting import Bracket, Expression, laid_out, signature, tuple_of
from kitexgen.codegen.plan.literals import string_literal
from kitexgen.codegen.plan.record_fields import PrintedField, printed_field
from kitexgen.codegen.plan.records import RecordPlan
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.settling import class_head, settled
from kitexgen.codegen.plan.type_hints import schema_type
from kitexgen.codegen.plan.wire_types import ClassRef
from kitexgen.schema.annotations import Annotations
from kitexgen.schema.declarations import Field, Record, RecordKind
from kitexgen.schema.ids import ModuleId

_MODEL = "kitexgen.runtime.contract.model"
_BASES = {
    (RecordKind.STRUCT, False): "Struct",
    (RecordKind.STRUCT, True): "FrozenStruct",
    (RecordKind.UNION, False): "Union",
    (RecordKind.UNION, True): "FrozenUnion",
    (RecordKind.EXCEPTION, False): "ServiceError",
    (RecordKind.EXCEPTION, True): "FrozenServiceError",
}


def declared_record(scope: Scope, record: Record, *, source: str, keeps_unknown: bool) -> RecordPlan:
    """The plan of a struct, union or exception of the IDL."""
    return record_plan(
        scope,
        ref=scope.symbols.ref(record.id),
        kind=record.kind,
        idl_name=record.id.name,
        fields=record.fields,
        attributes=list(scope.symbols.attributes(record).values()),
        home=record.id.module,
        source=source,
        doc=record.doc,
        annotations=record.annotations,
        is_frozen=record.id in scope.symbols.frozen,
        keeps_unknown=keeps_unknown,
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
    is_frozen: bool,
    keeps_unknown: bool,
) -> RecordPlan:
    """`attributes` are the Python names of `fields`; `home` is the IDL file, `source` the place in it."""
    printed = [
        printed_field(
            scope,
            field,
            attribute,
            home=home,
            is_frozen=is_frozen,
            is_member=kind is RecordKind.UNION,
        )
        for field, attribute in zip(fields, attributes, strict=True)
    ]
    slots = [each.plan.attribute for each in printed] + ["__unknown__"] * keeps_unknown
    rows = tuple_of(_row(scope, field, each) for field, each in zip(fields, printed, strict=True))
    declarations = [line for each in printed for line in each.declaration]
    if keeps_unknown:
        declarations.append("    __unknown__: bytes  # what a peer sent and the IDL does not know")
    origin = f"Declared in {source}."
    return RecordPlan(
        ref=ref,
        kind=kind,
        idl_name=idl_name,
        source=source,
        fields=tuple(each.plan for each in printed),
        is_frozen=is_frozen,
        keeps_unknown=keeps_unknown,
        head=class_head(ref.name, scope.imports.use(_MODEL, _BASES[kind, is_frozen])),
        docstring="\n".join(docstring(doc, origin, indent=4, annotations=annotations)),
        slots="\n".join(settled(_slots(slots), indent=4)),
        schema="\n".join(_schema(_head_items(kind, idl_name, source), rows, annotations, keeps_unknown=keeps_unknown)),
        attributes="\n".join(settled(declarations, indent=4, code=_code(declarations))),
        initializer="\n".join(_initializer(scope, kind, printed, keeps_unknown)),
    )


def _head_items(kind: RecordKind, idl_name: str, source: str) -> list[Expression]:
    return [f'"{kind.value}"', string_literal(idl_name), string_literal(source)]


def _schema(head: list[Expression], rows: Bracket, annotations: Annotations, *, keeps_unknown: bool) -> list[str]:
    items = [*head, rows, annotation_rows(annotations)]
    if keeps_unknown:
        items.append("True")
    return settled(laid_out(tuple_of(items), before="__schema__ = ", indent=4), indent=4)


def _slots(names: list[str]) -> list[str]:
    # In this order: mypy checks positional patterns against a literal only, and ruff would sort a literal `__slots__`.
    literal = tuple_of(f'"{name}"' for name in names)
    return [*laid_out(literal, before="__match_args__ = ", indent=4), "    __slots__ = __match_args__"]


def _code(declarations: list[str]) -> list[str]:
    return [line for line in declarations if not line.startswith("    #")]


def _row(scope: Scope, field: Field, printed: PrintedField) -> Expression:
    plan = printed.plan
    items: list[Expression] = [
        str(plan.id),
        f'"{plan.attribute}"',
        string_literal(plan.idl_name),
        f'"{plan.requirement.value}"',
        schema_type(scope, plan.type),
    ]
    if field.annotations:
        items.append(annotation_rows(field.annotations))
    return tuple_of(items)


def _initializer(scope: Scope, kind: RecordKind, printed: list[PrintedField], keeps_unknown: bool) -> list[str]:
    body = [line for each in printed for line in each.assignment]
    if keeps_unknown:
        body.append('        self.__unknown__ = b""')
    if kind is RecordKind.UNION:
        body.append(f"        {scope.imports.use(_MODEL, 'require_one')}(self)")
    if not body:
        if kind is not RecordKind.EXCEPTION:
            return []
        # Else BaseException's own, which takes anything.
        body.append("        super().__init__()")
    parameters = ["self", *(["*"] if printed else []), *(each.plan.parameter for each in printed)]
    return settled([*signature("def __init__(", parameters, ") -> None:", indent=4), *body], indent=4)
