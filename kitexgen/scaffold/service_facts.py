"""What a project's own files must know of its service: the names that generated code has for things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.plan.imports import ImportSet
from kitexgen.codegen.plan.naming import settle_names
from kitexgen.codegen.plan.service_names import all_methods, service_names
from kitexgen.scaffold.example_call import ExampleCall, example_call
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """`module` is the dotted path of the service's module, `handler` its class in the handler file; the others names
    in that module. `methods` gives the Python name of each IDL method, inherited ones included. `example` is a call to
    start from. `imports` are the lines by which a caller gets what it needs, `test_imports` those of a test, which
    asks `info` too.
    """

    module: str
    protocol: str
    handler: str
    client: str
    info: str
    serve: str
    methods: Mapping[str, str]
    example: ExampleCall | None
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
    example = example_call(
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
        imports=caller,
        test_imports="\n".join(imports.lines()),
    )
