"""build(): from schema to plan, or to the reasons why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.plan.constants import alias_lines, constant_lines, in_dependency_order
from kitexgen.codegen.plan.docstrings import docstring
from kitexgen.codegen.plan.enums import enum_plan
from kitexgen.codegen.plan.exports import export_clashes, package_plans
from kitexgen.codegen.plan.imports import ImportSet
from kitexgen.codegen.plan.modules import ModulePlan, Plan, ServiceModulePlan
from kitexgen.codegen.plan.packages import Places, places
from kitexgen.codegen.plan.record_plans import declared_record
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.service_names import method_clashes, service_names
from kitexgen.codegen.plan.service_plans import ServicePrinter
from kitexgen.codegen.plan.sources import file_name, source
from kitexgen.codegen.plan.symbols import Symbols
from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.schema.declarations import Alias, Const, Enum, Record
from kitexgen.schema.module import Module, Schema
from kitexgen.schema.services import Service

CONTRACT = 1
"""The contract with the runtime that generated code is written for; what `require` is called with."""

_CONTRACT_DOOR = "kitexgen.runtime.contract"


@dataclass(frozen=True, slots=True)
class Names:
    """Where everything goes and what it is called; `diagnostics` say what would fall on top of something else."""

    schema: Schema
    places: Places
    symbols: Symbols
    diagnostics: tuple[Diagnostic, ...]


def settle_names(schema: Schema, options: GenerateOptions) -> Names:
    """Decide all names, and find all clashes."""
    where = places(schema)
    symbols = Symbols(schema, where)
    found = chain(
        where.diagnostics,
        symbols.diagnostics,
        export_clashes(schema, symbols, where),
        method_clashes(schema, symbols, options.naming),
    )
    return Names(schema, where, symbols, tuple(found))


def build(names: Names, options: GenerateOptions) -> Plan:
    """The plan of every file. `names` must hold no error."""
    modules: list[ModulePlan] = []
    services: list[ServiceModulePlan] = []
    imported: dict[str, set[str]] = {}
    for module in names.schema.modules:
        imports = ImportSet(
            names.places.modules[module.id],
            names.symbols.declared_in(module.id),
            names.symbols.attributes_in(module.id),
        )
        modules.append(_module_plan(Scope(names.schema, names.symbols, imports), module, options))
        imported[imports.module] = imports.targets
        services += (
            _service_module_plan(names, declaration, options)
            for declaration in module.declarations
            if isinstance(declaration, Service)
        )
    packages = package_plans(names.schema, names.symbols, names.places, imported)
    return Plan(modules=tuple(modules), services=tuple(services), packages=tuple(packages))


def _module_plan(scope: Scope, module: Module, options: GenerateOptions) -> ModulePlan:
    require = _prelude(scope.imports)
    enums = [
        enum_plan(scope, each, source=source(scope.schema, module.id, each.span))
        for each in module.declarations
        if isinstance(each, Enum)
    ]
    records = [
        declared_record(
            scope,
            each,
            source=source(scope.schema, module.id, each.span),
            keeps_unknown=options.keep_unknown_fields,
        )
        for each in module.declarations
        if isinstance(each, Record)
    ]
    values = _values(scope, module)
    return ModulePlan(
        path=scope.imports.module,
        source=module.id,
        lint=tuple(sorted(scope.lint_exceptions)),
        docstring="\n".join(docstring(module.doc, f"Types of {file_name(module.id)}.", indent=0)),
        imports="\n".join(scope.imports.lines()),
        require=require,
        enums=tuple(enums),
        records=tuple(records),
        values=values,
    )


def _values(scope: Scope, module: Module) -> str:
    """Aliases, then constants; whatever has a comment, or takes several lines, stands apart."""
    aliases = in_dependency_order(each for each in module.declarations if isinstance(each, Alias))
    constants = [each for each in module.declarations if isinstance(each, Const)]
    blocks = [
        [alias_lines(scope, alias) for alias in aliases],
        [constant_lines(scope, constant) for constant in constants],
    ]
    lines: list[str] = []
    for block in blocks:
        was_apart = True
        for statement in block:
            is_apart = len(statement) > 1
            if lines and (is_apart or was_apart):
                lines.append("")
            lines += statement
            was_apart = is_apart
    return "\n".join(lines)


def _service_module_plan(names: Names, service: Service, options: GenerateOptions) -> ServiceModulePlan:
    called = service_names(names.symbols, service, options.naming)
    parameters = {field.name for method in service.methods for field in method.arguments}
    imports = ImportSet(names.places.services[service.id], called.all(), parameters)
    scope = Scope(names.schema, names.symbols, imports)
    require = _prelude(imports)
    printer = ServicePrinter(scope=scope, places=names.places, service=service, names=called, naming=options.naming)
    plan = printer.plan()
    file = file_name(service.id.module)
    return ServiceModulePlan(
        path=imports.module,
        source=service.id.module,
        lint=tuple(sorted(scope.lint_exceptions)),
        docstring="\n".join(docstring(None, f"Service {service.id.name} of {file}.", indent=0)),
        imports="\n".join(imports.lines()),
        require=require,
        service=plan,
    )


def _prelude(imports: ImportSet) -> str:
    """What every module imports; gives the name of `require`."""
    imports.use("__future__", "annotations")
    return imports.use(_CONTRACT_DOOR, "require")
