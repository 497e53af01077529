"""What a method says it throws: only exceptions, each once."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.checks.lookup import record, resolved
from kitexgen.idl.finding import error, warning
from kitexgen.schema.declarations import Field, Record, RecordKind
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Method


def check_throws(schema: Schema) -> Iterator[Diagnostic]:
    for service in schema.services():
        for method in service.methods:
            yield from _check(schema, method)


def _check(schema: Schema, method: Method) -> Iterator[Diagnostic]:
    seen: dict[DeclId, Field] = {}
    for field in method.throws:
        if resolved(schema, field.type) is None:
            continue
        thrown = record(schema, field.type)
        if not (isinstance(thrown, Record) and thrown.kind is RecordKind.EXCEPTION):
            also = (Label(thrown.name_span, "declared here"),) if thrown else ()
            hint = f"declare `{thrown.id.name}` with `exception`" if isinstance(thrown, Record) else None
            message = f"`{method.name}` throws `{field.name}`, which is no exception"
            yield error("KX0242", message, field.span, also=also, hint=hint)
            continue
        first = seen.setdefault(thrown.id, field)
        if first is not field:
            yield warning(
                "KX0243",
                f"`{method.name}` throws `{thrown.id.name}` twice",
                field.span,
                "a caller never gets it from here",
                also=(Label(first.span, "every one is sent as this"),),
            )
