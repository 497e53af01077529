"""The annotation `py.packed`, which asks for `array.array` in the place of a list."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.checks.lookup import resolved
from kitexgen.idl.finding import error
from kitexgen.schema.annotations import Annotations
from kitexgen.schema.declarations import Alias, Const, Record
from kitexgen.schema.module import Declaration, Schema
from kitexgen.schema.services import Service
from kitexgen.schema.types import ListOf, Ref, Scalar, ScalarKind, Type
from kitexgen.schema.walk import declarations, parts

KEY = "py.packed"

# What array.array holds in as many bytes as the wire does.
_PACKABLE = frozenset({ScalarKind.I8, ScalarKind.I16, ScalarKind.I32, ScalarKind.I64, ScalarKind.DOUBLE})


def check_packed(schema: Schema) -> Iterator[Diagnostic]:
    for declaration in declarations(schema):
        for type, beside in _places(declaration):
            if isinstance(type, Scalar | Ref) and not (beside or type.annotations):
                continue  # as most are
            yield from _check(schema, type, beside)
            for part in parts(type):
                yield from _check(schema, part, part.annotations)


def _places(declaration: Declaration) -> Iterator[tuple[Type, Annotations]]:
    """Types, with the annotations of the field or typedef that has them."""
    match declaration:
        case Record():
            yield from ((field.type, field.annotations) for field in declaration.fields)
        case Alias() | Const():
            yield declaration.type, declaration.annotations
        case Service():
            for method in declaration.methods:
                if method.result is not None:
                    yield method.result, ()
                yield from ((field.type, field.annotations) for field in method.arguments)


def _check(schema: Schema, type: Type, annotations: Annotations) -> Iterator[Diagnostic]:
    for annotation in annotations:
        if annotation.key == KEY and not _is_packable(schema, type):
            hint = "it goes with lists of i8, i16, i32, i64 or double"
            yield error("KX0325", f"`{KEY}` cannot be used here", annotation.span, hint=hint)


def _is_packable(schema: Schema, type: Type) -> bool:
    end = resolved(schema, type)
    if end is None:
        return True
    if not isinstance(end, ListOf):
        return False
    element = resolved(schema, end.element)
    return element is None or (isinstance(element, Scalar) and element.kind in _PACKABLE)
