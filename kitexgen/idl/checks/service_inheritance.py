"""`extends` that goes round in circles, and methods a base service has already."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import APACHE, error, warning
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Schema
from kitexgen.schema.order import components, is_cycle
from kitexgen.schema.services import Method, Service


def check_service_inheritance(schema: Schema) -> Iterator[Diagnostic]:
    services = {service.id: service for service in schema.services()}

    def bases(id: DeclId) -> Iterator[DeclId]:
        base = services[id].base
        return iter((base,) if base in services else ())

    # All methods a service has, its own winning; a base comes before the services that extend it.
    known: dict[DeclId, dict[str, tuple[Service, Method]]] = {}
    for group in components(services, bases):
        if is_cycle(group, bases):
            yield _cycle([services[id] for id in group])
            known.update((id, {}) for id in group)
            continue
        service = services[group[0]]
        inherited = known.get(service.base, {}) if service.base else {}
        for method in service.methods:
            if method.name in inherited:
                yield _overrides(service, method, *inherited[method.name])
        known[service.id] = inherited | {method.name: (service, method) for method in service.methods}


def _cycle(services: list[Service]) -> Diagnostic:
    first, *others = services
    if not others:
        return error("KX0234", f"service `{first.id.name}` extends itself", first.name_span)
    return error(
        "KX0234",
        f"the services {', '.join(f'`{service.id.name}`' for service in services)} extend each other",
        first.name_span,
        also=tuple(Label(service.name_span, "part of the circle") for service in others),
    )


def _overrides(service: Service, method: Method, base: Service, first: Method) -> Diagnostic:
    return warning(
        "KX0231",
        f"`{service.id.name}.{method.name}` replaces a method of `{base.id.name}`",
        method.name_span,
        also=(Label(first.name_span, f"`{base.id.name}` declares it here"),),
        hint="Apache Thrift refuses a method that the base service has",
        refused_by=APACHE,
    )
