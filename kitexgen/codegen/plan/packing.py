"""Where `py.packed` is asked for in vain."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.codegen.plan.clashes import useless_packed
from kitexgen.codegen.plan.wire_types import PACKABLE, is_packed
from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.schema.declarations import Alias, Record
from kitexgen.schema.module import Schema
from kitexgen.schema.types import ListOf, Scalar, Type


def useless_packings(schema: Schema) -> Iterator[Diagnostic]:
    """A KX0405 for each field and alias annotated `py.packed` whose type is no list of numbers."""
    for module in schema.modules:
        for declaration in module.declarations:
            match declaration:
                case Record(id=id, fields=fields):
                    for field in fields:
                        if is_packed(field.annotations + field.type.annotations) and not _is_packable(
                            schema, field.type
                        ):
                            yield useless_packed(f"`{id.name}.{field.name}`", field.name_span)
                case Alias(id=id, type=type, annotations=annotations, name_span=place):
                    if is_packed(annotations + type.annotations) and not _is_packable(schema, type):
                        yield useless_packed(f"`{id.name}`", place)


def _is_packable(schema: Schema, type: Type) -> bool:
    resolved = schema.resolve(type)
    if not isinstance(resolved, ListOf):
        return False
    element = schema.resolve(resolved.element)
    return isinstance(element, Scalar) and element.kind in PACKABLE
