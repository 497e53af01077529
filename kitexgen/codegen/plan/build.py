"""build(): from names to the plan of every file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.plan.exports import package_plans
from kitexgen.codegen.plan.module_plans import module_plan, service_module_plan
from kitexgen.codegen.plan.modules import ModulePlan, Plan, ServiceModulePlan
from kitexgen.codegen.plan.naming import Names
from kitexgen.codegen.plan.wire_types import records_in
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.services import Service

CONTRACT = 1
"""The contract with the runtime that generated code is written for; what `require` is called with."""

NOTHING_KEPT: Mapping[ModuleId, AbstractSet[str]] = {}


def build(
    names: Names, options: GenerateOptions, kept: Mapping[ModuleId, AbstractSet[str]] = NOTHING_KEPT
) -> tuple[Plan, dict[ModuleId, frozenset[str]]]:
    """The plan of every file but those of the IDL files `kept`, and the generated modules that each IDL file imports.

    `names` must hold no error. `kept` gives what files import whose output is there already.
    """
    modules: list[ModulePlan] = []
    services: list[ServiceModulePlan] = []
    imported: dict[ModuleId, frozenset[str]] = {}
    for module in names.schema.modules:
        if module.id not in names.places.namespaces:
            continue  # it ships with the runtime
        if module.id in kept:
            imported[module.id] = frozenset(kept[module.id])
            continue
        plan, targets = module_plan(names, module, options)
        imported[module.id] = frozenset(targets)
        modules.append(plan)
        services += (
            service_module_plan(names, declaration, options)
            for declaration in module.declarations
            if isinstance(declaration, Service)
        )
    by_place = {names.places.modules[id]: targets for id, targets in imported.items()}
    whole = Plan(
        modules=tuple(modules),
        services=tuple(services),
        packages=tuple(package_plans(names.schema, names.symbols, names.places, by_place)),
        around=tuple(_around(names, options, [*modules, *services])),
    )
    return whole, imported


def _around(
    names: Names, options: GenerateOptions, printed: Iterable[ModulePlan | ServiceModulePlan]
) -> Iterator[ModulePlan]:
    """Plans of modules that are not `printed` themselves and whose records are fields of these, or of each other."""
    pending: list[ModulePlan | ServiceModulePlan] = list(printed)
    known = {module.path for module in pending}
    waiting = {
        place: module for module in names.schema.modules if (place := names.places.modules[module.id]) not in known
    }
    while pending and waiting:
        for record in pending.pop().records:
            for field in record.fields:
                for ref in records_in(field.type):
                    if ref.module in waiting:
                        plan, _ = module_plan(names, waiting.pop(ref.module), options)
                        pending.append(plan)
                        yield plan
