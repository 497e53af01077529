"""The Python names of a schema, as plugins see them."""

from __future__ import annotations

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.plan.naming import Names
from kitexgen.codegen.plan.service_names import service_names
from kitexgen.codegen.plan.symbols import TypeDeclaration
from kitexgen.plugins.api import PythonName, PythonNames
from kitexgen.schema.declarations import Enum, Record
from kitexgen.schema.ids import DeclId
from kitexgen.schema.walk import declarations


def python_names(names: Names, options: GenerateOptions) -> PythonNames:
    """`names`, as they were settled for a run with `options`."""
    schema, symbols = names.schema, names.symbols
    found: dict[DeclId, PythonName] = {}
    attributes: dict[DeclId, dict[str, str]] = {}
    for declaration in declarations(schema):
        if isinstance(declaration, TypeDeclaration):
            ref = symbols.ref(declaration.id)
            found[declaration.id] = PythonName(ref.module, ref.name)
        if isinstance(declaration, Record):
            attributes[declaration.id] = symbols.attributes(declaration)
        elif isinstance(declaration, Enum):
            attributes[declaration.id] = symbols.members(declaration)
    methods: dict[DeclId, dict[str, str]] = {}
    for service in schema.services():
        called = service_names(symbols, service, options.naming)
        found[service.id] = PythonName(names.places.services[service.id], called.protocol)
        methods[service.id] = {name: method.attribute for name, method in called.methods.items()}
    return PythonNames(
        modules=names.places.modules,
        services=names.places.services,
        declarations=found,
        attributes=attributes,
        methods=methods,
    )
