"""Module and service to the plans of the Python modules made of them."""

from __future__ import annotations

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.plan.constants import alias_lines, constant_lines, in_dependency_order
from kitexgen.codegen.plan.docstrings import docstring
from kitexgen.codegen.plan.enums import enum_plan
from kitexgen.codegen.plan.extensions import extension_lines
from kitexgen.codegen.plan.imports import ImportSet
from kitexgen.codegen.plan.modules import ModulePlan, ServiceModulePlan
from kitexgen.codegen.plan.names import BUILTIN_CLASSES
from kitexgen.codegen.plan.naming import Names
from kitexgen.codegen.plan.public_imports import import_public
from kitexgen.codegen.plan.record_plans import declared_record
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.service_names import service_names
from kitexgen.codegen.plan.service_plans import ServicePrinter
from kitexgen.codegen.plan.sources import file_name, source
from kitexgen.codegen.plan.symbols import Symbols
from kitexgen.schema.declarations import Alias, Const, Enum, Extension, Record
from kitexgen.schema.module import Module
from kitexgen.schema.services import Service

_CONTRACT_DOOR = "kitexgen.runtime.contract"


def module_plan(names: Names, module: Module, options: GenerateOptions) -> tuple[ModulePlan, set[str]]:
    """The plan for the types of `module`, and the dotted paths of generated modules that it imports."""
    schema, symbols = names.schema, names.symbols
    imports = ImportSet(
        names.places.modules[module.id], symbols.declared_in(module.id), symbols.attributes_in(module.id)
    )
    scope = Scope(schema, symbols, imports)
    exports = import_public(schema, symbols, names.places, module, imports)
    require = _prelude(imports)
    enums = [
        enum_plan(scope, each, source=source(schema, module.id, each.span))
        for each in module.declarations
        if isinstance(each, Enum)
    ]
    records = [
        declared_record(
            scope,
            each,
            source=source(schema, module.id, each.span),
            keeps_unknown=options.keep_unknown_fields,
        )
        for each in _in_order(symbols, module)
    ]
    values = _values(scope, module)
    plan = ModulePlan(
        path=imports.module,
        source=module.id,
        lint=tuple(sorted(scope.lint_exceptions)),
        docstring="\n".join(docstring(module.doc, f"Types of {file_name(module.id)}.", indent=0)),
        imports="\n".join(imports.lines()),
        require=require,
        exports="\n".join(exports),
        enums=tuple(enums),
        records=tuple(records),
        values=values,
    )
    return plan, imports.targets


def _in_order(symbols: Symbols, module: Module) -> list[Record]:
    """The records as declared, but those first whose names are classes of the builtins: see BUILTIN_CLASSES."""
    records = [each for each in module.declarations if isinstance(each, Record)]
    return sorted(records, key=lambda record: symbols.ref(record.id).name not in BUILTIN_CLASSES)


def _values(scope: Scope, module: Module) -> str:
    """Aliases, constants, extensions; whatever has a comment, or takes several lines, stands apart."""
    aliases = in_dependency_order(each for each in module.declarations if isinstance(each, Alias))
    constants = [each for each in module.declarations if isinstance(each, Const)]
    extensions = [each for each in module.declarations if isinstance(each, Extension)]
    blocks = [
        [alias_lines(scope, alias) for alias in aliases],
        [constant_lines(scope, constant) for constant in constants],
        [extension_lines(scope, extension) for extension in extensions],
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


def service_module_plan(names: Names, service: Service, options: GenerateOptions) -> ServiceModulePlan:
    """The plan for one service."""
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
