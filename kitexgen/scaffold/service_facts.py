"""What a project's own files must know of its service: the names that generated code has for things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.plan.imports import ImportSet
from kitexgen.codegen.plan.naming import Names, settle_names
from kitexgen.codegen.plan.service_names import all_methods, service_names
from kitexgen.codegen.plan.shipped import is_shipped
from kitexgen.codegen.plan.wire_types import ClassRef
from kitexgen.schema.declarations import Field, Record, RecordKind
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Method, Service, Streaming
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """`module` is the dotted path of the service's module, `handler` its class in the handler file; the others names
    in that module. `methods` gives the Python name of each IDL method, inherited ones included. `example` is a call
    that needs nothing but literals, or an empty message, None when every method needs more; `is_example_void` says
    whether it gives nothing. `imports` are the lines by which a caller gets what it needs, `test_imports` those of a
    test, which asks `info` too.
    """

    module: str
    protocol: str
    handler: str
    client: str
    info: str
    serve: str
    methods: Mapping[str, str]
    example: str | None
    is_example_void: bool
    imports: str
    test_imports: str


def service_facts(schema: Schema, options: GenerateOptions, service: Service, out: str) -> ServiceFacts:
    """Facts of `service` as generated into the package `out`."""
    names = settle_names(schema, options)
    called = service_names(names.symbols, service, options.naming)
    methods = {
        method.name: service_names(names.symbols, owner, options.naming).methods[method.name].attribute
        for owner, method in all_methods(schema, service)
    }
    imports = ImportSet("", root=out)
    example, is_void = _example(
        names, imports, [(method, methods[method.name]) for _, method in all_methods(schema, service)]
    )
    place = names.places.services[service.id]
    imports.use_generated(place, called.client)
    caller = "\n".join(imports.lines())
    imports.use_generated(place, called.info)
    return ServiceFacts(
        module=f"{out}.{place}",
        protocol=called.protocol,
        handler=f"{called.protocol}Handler",
        client=called.client,
        info=called.info,
        serve=called.serve,
        methods=methods,
        example=example,
        is_example_void=is_void,
        imports=caller,
        test_imports="\n".join(imports.lines()),
    )


def _example(names: Names, imports: ImportSet, methods: list[tuple[Method, str]]) -> tuple[str | None, bool]:
    """`get_user(1)`, for the first method that is called and answered once and takes what can be written down; and
    whether it gives nothing.
    """
    for method, attribute in methods:
        message = _generated_message(names, method)
        arguments = [_literal(names.schema, field) for field in method.arguments]
        if message is not None:
            arguments = [f"{imports.use_generated(message.module, message.name)}()"]
        given = [argument for argument in arguments if argument is not None]
        if method.streaming in (Streaming.NONE, Streaming.UNARY) and len(given) == len(arguments):
            return f"{attribute}({', '.join(given)})", method.result is None
    return None, False


def _generated_message(names: Names, method: Method) -> ClassRef | None:
    """What a rpc that is called and answered once takes, if it lies in the output folder."""
    if method.streaming is not Streaming.NONE or len(method.arguments) != 1:
        return None
    type = method.arguments[0].type
    declared = names.schema.find(type.target) if isinstance(type, Ref) else None
    if not isinstance(declared, Record) or declared.kind is not RecordKind.MESSAGE:
        return None
    ref = names.symbols.ref(declared.id)
    return None if is_shipped(ref.module) else ref


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
