"""What a handwritten handler starts from: a class for each service, a stub for each method, inherited ones included."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.plan.imports import Import, ImportSet
from kitexgen.codegen.plan.literals import string_literal
from kitexgen.codegen.plan.method_lines import MethodText
from kitexgen.codegen.plan.names import unused
from kitexgen.codegen.plan.naming import Names, settle_names
from kitexgen.codegen.plan.parameters import plain_parameters, value_hint
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.service_names import all_methods, service_names
from kitexgen.codegen.plan.settling import class_head, settled
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Method, Service
from kitexgen.source.span import Span
from kitexgen.templating import render


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerMethod:
    """A stub: `signature` are the lines of its `def`, `body` those below, both indented by four spaces and more.

    `name` is what Python calls the method, `imports` what its signature needs, `span` its name in the IDL.
    """

    name: str
    signature: str
    body: str
    imports: tuple[Import, ...]
    span: Span

    @property
    def text(self) -> str:
        return f"{self.signature}\n{self.body}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerClass:
    """A class to fill in: its first line, and its methods."""

    head: str
    methods: tuple[HandlerMethod, ...]


def handler_skeleton(schema: Schema, options: GenerateOptions, services: Sequence[DeclId], import_root: str) -> str:
    """The text of a new `handler.py` for `services`.

    `import_root` is how that file imports the output folder: "kitex_gen", or ".kitex_gen" inside a package.
    """
    names = settle_names(schema, options)
    found = [_service(schema, id) for id in services]
    called = _class_names(names, options, found)
    imports = ImportSet("", called, root=import_root)
    imports.use("__future__", "annotations")
    classes = [
        _handler_class(names, options, service, name, imports) for service, name in zip(found, called, strict=True)
    ]
    said = ", ".join(f"`{service.id.name}`" for service in found)
    return render("python/handler.py.j2", services=said, imports="\n".join(imports.lines()), classes=classes)


def handler_methods(
    schema: Schema, options: GenerateOptions, service: DeclId, import_root: str
) -> tuple[HandlerMethod, ...]:
    """The stubs of one service, as in its skeleton: inherited methods first, each in the order of the IDL."""
    names = settle_names(schema, options)
    found = _service(schema, service)
    called = _class_names(names, options, [found])
    return _handler_class(names, options, found, called[0], ImportSet("", called, root=import_root)).methods


def _service(schema: Schema, id: DeclId) -> Service:
    found = schema.find(id)
    if not isinstance(found, Service):
        raise TypeError(f"{id.name} is no service")
    return found


def _class_names(names: Names, options: GenerateOptions, services: Sequence[Service]) -> list[str]:
    """`UserServiceHandler` for each service; a second service of that name, from another file, makes room."""
    taken: list[str] = []
    for service in services:
        protocol = service_names(names.symbols, service, options.naming).protocol
        taken.append(unused(f"{protocol}Handler", taken))
    return taken


def _handler_class(
    names: Names, options: GenerateOptions, service: Service, name: str, imports: ImportSet
) -> HandlerClass:
    called = service_names(names.symbols, service, options.naming)
    protocol = imports.use_generated(names.places.services[service.id], called.protocol)
    scope = Scope(names.schema, names.symbols, imports)
    methods = [_stub(scope, options, owner, service, method) for owner, method in all_methods(names.schema, service)]
    return HandlerClass(head=class_head(name, protocol), methods=tuple(methods))


def _stub(scope: Scope, options: GenerateOptions, owner: Service, service: Service, method: Method) -> HandlerMethod:
    called = service_names(scope.symbols, owner, options.naming)
    text = MethodText(
        scope=scope,
        home=owner.id.module,
        service=service.id.name,
        method=method,
        names=called.methods[method.name],
        parameters=plain_parameters(scope, method, hidden=called.all()),
        value=value_hint(scope, method),
    )
    signature = settled([*text.stub(), "        ..."], indent=4)[:-1]
    words = set(re.findall(r"\w+", " ".join(signature)))
    return HandlerMethod(
        name=text.names.attribute,
        signature="\n".join(signature),
        body=f"        raise NotImplementedError({string_literal(f'{service.id.name}.{method.name}')})",
        imports=tuple(item for item in scope.imports.all() if item.alias in words),
        span=method.name_span,
    )
