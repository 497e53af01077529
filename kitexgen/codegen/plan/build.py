"""build(): from names to the plan of every file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.plan.exports import package_plans
from kitexgen.codegen.plan.module_plans import module_plan, service_module_plan
from kitexgen.codegen.plan.modules import ModulePlan, Plan, ServiceModulePlan
from kitexgen.codegen.plan.naming import Names
from kitexgen.codegen.plan.shipped import is_shipped
from kitexgen.codegen.plan.wire_types import message_in
from kitexgen.schema.services import Service

CONTRACT = 1
"""The contract with the runtime that generated code is written for; what `require` is called with."""


def build(names: Names, options: GenerateOptions) -> Plan:
    """The plan of every file. `names` must hold no error."""
    modules: list[ModulePlan] = []
    services: list[ServiceModulePlan] = []
    imported: dict[str, set[str]] = {}
    for module in names.schema.modules:
        if module.id not in names.places.namespaces:
            continue  # it ships with the runtime
        plan, imported[names.places.modules[module.id]] = module_plan(names, module, options)
        modules.append(plan)
        services += (
            service_module_plan(names, declaration, options)
            for declaration in module.declarations
            if isinstance(declaration, Service)
        )
    packages = package_plans(names.schema, names.symbols, names.places, imported)
    return Plan(
        modules=tuple(modules),
        services=tuple(services),
        packages=tuple(packages),
        shipped=tuple(_shipped(names, options, modules)),
    )


def _shipped(names: Names, options: GenerateOptions, modules: Iterable[ModulePlan]) -> Iterator[ModulePlan]:
    """Plans of the shipped modules that `modules` use, and of those that these use."""
    places = names.places.modules
    waiting = {places[module.id]: module for module in names.schema.modules if is_shipped(places[module.id])}
    pending = list(modules) if waiting else []
    while pending:
        for record in pending.pop().records:
            for field in record.fields:
                message = message_in(field.type)
                if message is not None and message.module in waiting:
                    plan, _ = module_plan(names, waiting.pop(message.module), options)
                    pending.append(plan)
                    yield plan
