"""The records that carry a method's arguments and its result. Source: Kitex `tool/internal_pkg/tpl/service.go`."""

from __future__ import annotations

from dataclasses import replace

from kitexgen.codegen.plan.names import attribute_name, attribute_names
from kitexgen.codegen.plan.record_plans import record_plan
from kitexgen.codegen.plan.records import RecordPlan
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.sources import source
from kitexgen.codegen.plan.wire_types import ClassRef, RecordType
from kitexgen.schema.declarations import Field, RecordKind, Requirement
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.services import Method

SUCCESS = "success"


def arguments_record(scope: Scope, method: Method, names: list[str], *, home: ModuleId, ref: ClassRef) -> RecordPlan:
    """One field per parameter, called `names`. A record must be there, on both sides; all else has a zero value."""
    fields = tuple(replace(field, requirement=_argument_requirement(scope, field)) for field in method.arguments)
    return _record(scope, method, fields, names, part="args", home=home, ref=ref)


def result_record(scope: Scope, method: Method, *, home: ModuleId, ref: ClassRef) -> RecordPlan:
    """Field 0 is the value (none for void), each other one a declared exception; one of them is set."""
    thrown = tuple(replace(field, requirement=Requirement.OPTIONAL, default=None) for field in method.throws)
    taken = scope.symbols.class_names(thrown) | ({SUCCESS} if method.result is not None else set())
    if method.result is not None:
        taken |= scope.symbols.names_in(method.result)
    attributes = attribute_names([each.name for each in thrown], taken)
    fields = thrown
    if method.result is not None:
        fields = (_success(method), *thrown)
        attributes = [attribute_name(SUCCESS, scope.symbols.names_in(method.result)), *attributes]
    return _record(scope, method, fields, attributes, part="result", home=home, ref=ref)


def _success(method: Method) -> Field:
    assert method.result is not None
    return Field(
        id=0,
        name=SUCCESS,
        type=method.result,
        requirement=Requirement.OPTIONAL,
        default=None,
        doc=None,
        annotations=(),
        span=method.span,
        name_span=method.name_span,
    )


def _argument_requirement(scope: Scope, field: Field) -> Requirement:
    is_record = isinstance(scope.wire_type(field.type), RecordType)
    return Requirement.REQUIRED if is_record and field.default is None else Requirement.DEFAULT


def _record(
    scope: Scope,
    method: Method,
    fields: tuple[Field, ...],
    attributes: list[str],
    *,
    part: str,
    home: ModuleId,
    ref: ClassRef,
) -> RecordPlan:
    what = "What a call of" if part == "args" else "What comes back from"
    verb = " carries" if part == "args" else ""
    return record_plan(
        scope,
        ref=ref,
        kind=RecordKind.STRUCT,
        idl_name=f"{method.name}_{part}",
        fields=fields,
        attributes=attributes,
        home=home,
        source=source(scope.schema, home, method.span),
        doc=f"{what} `{method.name}`{verb}.",
        annotations=(),
    )
