"""What a project's own files must know of its service: the names that generated code has for things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.plan.naming import settle_names
from kitexgen.codegen.plan.service_names import all_methods, service_names
from kitexgen.schema.declarations import Field
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Method, Service, Streaming
from kitexgen.schema.types import ListOf, MapOf, Scalar, ScalarKind, SetOf, Type


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """`module` is the dotted path of the service's module, `handler` its class in `handler.py`; the others are names in
    that module. `methods` gives the Python name of each IDL method, inherited ones included. `example` is a call that
    needs nothing but literals, None when every method needs more.
    """

    module: str
    protocol: str
    handler: str
    client: str
    info: str
    serve: str
    methods: Mapping[str, str]
    example: str | None


def service_facts(schema: Schema, options: GenerateOptions, service: Service, out: str) -> ServiceFacts:
    """Facts of `service` as generated into the package `out`."""
    names = settle_names(schema, options)
    called = service_names(names.symbols, service, options.naming)
    methods = {
        method.name: service_names(names.symbols, owner, options.naming).methods[method.name].attribute
        for owner, method in all_methods(schema, service)
    }
    declared = [method for _, method in all_methods(schema, service)]
    examples = (_example(schema, method, methods[method.name]) for method in declared)
    return ServiceFacts(
        module=f"{out}.{names.places.services[service.id]}",
        protocol=called.protocol,
        handler=f"{called.protocol}Handler",
        client=called.client,
        info=called.info,
        serve=called.serve,
        methods=methods,
        example=next((example for example in examples if example is not None), None),
    )


def _example(schema: Schema, method: Method, attribute: str) -> str | None:
    """`get_user(1)`, for a method that is called and answered once and takes what can be written down as it is."""
    arguments = [_literal(schema, field) for field in method.arguments]
    if method.streaming not in (Streaming.NONE, Streaming.UNARY) or None in arguments:
        return None
    return f"{attribute}({', '.join(argument for argument in arguments if argument is not None)})"


_LITERALS = {
    ScalarKind.BOOL: "True",
    ScalarKind.DOUBLE: "1.0",
    ScalarKind.STRING: '"hello"',
    ScalarKind.BINARY: 'b"hello"',
}


def _literal(schema: Schema, field: Field) -> str | None:
    resolved: Type = schema.resolve(field.type)
    match resolved:
        case Scalar(kind=ScalarKind.UUID):
            return None
        case Scalar(kind=kind):
            return _LITERALS.get(kind, "1")
        case ListOf():
            return "[]"
        case SetOf():
            return "set()"
        case MapOf():
            return "{}"
        case _:
            return None
