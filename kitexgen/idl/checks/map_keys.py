"""Keys and set elements that Python treats specially."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.checks.lookup import record, resolved
from kitexgen.idl.finding import warning
from kitexgen.schema.declarations import Alias, Const, Enum, Record
from kitexgen.schema.module import Declaration, Schema
from kitexgen.schema.services import Service
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type
from kitexgen.schema.walk import declarations, parts
from kitexgen.source.span import Span


def check_map_keys(schema: Schema) -> Iterator[Diagnostic]:
    for declaration in declarations(schema):
        for type, span in _types(declaration):
            if isinstance(type, Scalar | Ref):
                continue  # as most are
            yield from _check(schema, type, span)


def _types(declaration: Declaration) -> Iterator[tuple[Type, Span]]:
    match declaration:
        case Record():
            yield from ((field.type, field.name_span) for field in declaration.fields)
        case Alias() | Const():
            yield declaration.type, declaration.name_span
        case Service():
            for method in declaration.methods:
                if method.result is not None:
                    yield method.result, method.name_span
                yield from ((field.type, field.name_span) for field in (*method.arguments, *method.throws))
        case Enum():
            return


def _check(schema: Schema, type: Type, span: Span) -> Iterator[Diagnostic]:
    for part in parts(type):
        if isinstance(part, MapOf):
            yield from _check_key(schema, part.key, "a map key", span)
        elif isinstance(part, SetOf):
            yield from _check_key(schema, part.element, "a set element", span)


def _check_key(schema: Schema, key: Type, what: str, span: Span) -> Iterator[Diagnostic]:
    end = resolved(schema, key)
    if isinstance(end, Scalar) and end.kind is ScalarKind.DOUBLE:
        hint = "two doubles that print alike may differ, and NaN equals nothing, itself included"
        yield warning("KX0322", f"a double as {what} is fragile", span, hint=hint)
    elif isinstance(end, ListOf | SetOf | MapOf):
        hint = "in Python it becomes a tuple, frozenset or FrozenMap, which can be hashed and not changed"
        yield warning("KX0322", f"a container as {what} has to be frozen", span, hint=hint)
    else:
        found = record(schema, end)
        if isinstance(found, Record):
            hint = f"the class `{found.id.name}` becomes frozen: it can be hashed, and its fields cannot be changed"
            yield warning("KX0322", f"a {found.kind.value} as {what} has to be frozen", span, hint=hint)
