"""generate(): from schema to files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kitexgen.codegen.emit import emit
from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.output import OutputFile
from kitexgen.codegen.plan.build import build
from kitexgen.codegen.plan.naming import Names, settle_names
from kitexgen.codegen.reuse import Kept
from kitexgen.diagnostics.diagnostic import Diagnostic, Severity
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.module import Schema


@dataclass(frozen=True, slots=True)
class Generated:
    """Files by path, or none and the errors that forbid them. `diagnostics` may hold warnings either way.

    `by_module` is what came of each IDL file; files of a package as a whole are not among them.
    """

    files: tuple[OutputFile, ...]
    diagnostics: tuple[Diagnostic, ...]
    by_module: Mapping[ModuleId, Kept] = field(default_factory=dict)


def generate(schema: Schema, options: GenerateOptions) -> Generated:
    """Python for every module of `schema`; same input, same bytes."""
    return generate_named(settle_names(schema, options), options, {})


def generate_named(names: Names, options: GenerateOptions, kept: Mapping[ModuleId, Kept]) -> Generated:
    """The same, with names that are settled; what is `kept` of earlier runs is taken as it is."""
    if any(found.severity is Severity.ERROR for found in names.diagnostics):
        return Generated((), names.diagnostics)
    plan, imported = build(names, options, {id: one.imported for id, one in kept.items()})
    fresh = emit(plan)
    own: dict[ModuleId, list[OutputFile]] = {}
    for file in fresh:
        if not file.path.endswith("__init__.py"):
            own.setdefault(file.sources[0], []).append(file)
    by_module = {
        id: kept[id] if id in kept else Kept(tuple(own.get(id, ())), targets) for id, targets in imported.items()
    }
    files = [*fresh, *(file for one in kept.values() for file in one.files)]
    return Generated(tuple(sorted(files, key=lambda file: file.path)), names.diagnostics, by_module)
