"""What a service's module binds: names of its classes and constants, and of its methods; the same for whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kitexgen.codegen.plan.clashes import same_name
from kitexgen.codegen.plan.names import (
    CLIENT_ATTRIBUTES,
    PROTOCOL_ATTRIBUTES,
    declared_name,
    method_name,
    pascal_case,
    snake_case,
    unused,
)
from kitexgen.codegen.plan.packages import makes_room
from kitexgen.codegen.plan.symbols import Symbols
from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Method, Service
from kitexgen.source.span import Span

_HINTS = {
    "python": 'rename one of them, or keep the spelling of the IDL with `naming = "idl"`',
    "idl": "rename one of them",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodNames:
    """`arguments` and `result` are the classes of records made for the method: "" where there are none, as in Protobuf,
    or no result, as of oneway. `constant` is the MethodInfo.
    """

    attribute: str
    arguments: str
    result: str
    constant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNames:
    """`protocol` is the IDL's name; the others make room for it and for each other. `methods` by IDL name."""

    protocol: str
    client: str
    blocking: str
    info: str
    serve: str
    methods: dict[str, MethodNames]

    def all(self) -> set[str]:
        """Every name at the top of the module."""
        names = {self.protocol, self.client, self.blocking, self.info, self.serve}
        for method in self.methods.values():
            names |= {method.arguments, method.result, method.constant}
        return names - {""}


def service_names(symbols: Symbols, service: Service, naming: str) -> ServiceNames:
    protocol = declared_name(service.id.name)
    shown = _names_in_signatures(symbols, service)
    taken = {protocol} | shown

    def claim(name: str) -> str:
        found = unused(name, taken)
        taken.add(found)
        return found

    client = claim(f"{protocol}Client")
    blocking = claim(f"{protocol}BlockingClient")
    info = claim("SERVICE")
    serve = claim("serve")
    wrapped = wraps_calls(symbols.schema, service)
    methods = {
        method.name: MethodNames(
            attribute=attribute,
            arguments=claim(f"{pascal_case(method.name)}Args") if wrapped else "",
            result=claim(f"{pascal_case(method.name)}Result") if wrapped and not method.is_oneway else "",
            constant=claim(snake_case(method.name).upper()),
        )
        for method, attribute in zip(service.methods, _attributes(symbols, service, naming, shown), strict=True)
    }
    return ServiceNames(protocol=protocol, client=client, blocking=blocking, info=info, serve=serve, methods=methods)


def wraps_calls(schema: Schema, service: Service) -> bool:
    """Whether a call carries records made for it, one of its arguments, one of its result. In Thrift it does; the rpc
    of a Protobuf file takes and gives one message, which goes as it is.
    """
    return schema.module(service.id.module).language == "thrift"


def _attributes(symbols: Symbols, service: Service, naming: str, shown: set[str]) -> list[str]:
    """What handlers and clients call the methods; `shown` are names that signatures need."""
    hidden = PROTOCOL_ATTRIBUTES | CLIENT_ATTRIBUTES | shown
    return symbols.spelled(
        service.id.module,
        [method.name for method in service.methods],
        lambda name: method_name(name, naming=naming, taken=hidden),
        hidden,
    )


def _names_in_signatures(symbols: Symbols, service: Service) -> set[str]:
    """Names of the IDL that the module uses: a method of such a name would be taken for the type, and what the module
    adds to them makes room.
    """
    names: set[str] = set()
    for method in service.methods:
        names |= symbols.class_names((*method.arguments, *method.throws))
        if method.result is not None:
            names |= symbols.names_in(method.result)
    return names


def lineage(schema: Schema, service: Service) -> list[Service]:
    """The service and all it extends, itself first."""
    chain = [service]
    seen = {service.id}
    while (base := chain[-1].base) is not None and base not in seen:
        found = schema.find(base)
        assert isinstance(found, Service)
        seen.add(base)
        chain.append(found)
    return chain


def all_methods(schema: Schema, service: Service) -> list[tuple[Service, Method]]:
    """Own and inherited methods with the service that declares them: the furthest base first, each IDL name once, the
    nearest declaration counting.
    """
    found: dict[str, tuple[Service, Method]] = {}
    for owner in reversed(lineage(schema, service)):
        found.update((method.name, (owner, method)) for method in owner.methods)
    return list(found.values())


def method_clashes(schema: Schema, symbols: Symbols, naming: str) -> Iterator[Diagnostic]:
    """A KX0403 for each method whose Python name another one of the service, own or inherited, has."""
    names: dict[DeclId, ServiceNames] = {}
    for service in schema.services():
        if makes_room(schema.module(service.id.module)):
            continue
        seen: dict[str, tuple[str, Span]] = {}
        for owner, method in all_methods(schema, service):
            known = names.get(owner.id) or names.setdefault(owner.id, service_names(symbols, owner, naming))
            attribute = known.methods[method.name].attribute
            first = seen.setdefault(attribute, (method.name, method.name_span))
            if first[0] != method.name and service.id in (owner.id, _owner(schema, service, first[0])):
                again = (method.name, method.name_span)
                yield same_name(f"service `{service.id.name}`", attribute, first, again, _HINTS[naming])


def _owner(schema: Schema, service: Service, method: str) -> DeclId:
    return next(owner.id for owner, found in all_methods(schema, service) if found.name == method)
