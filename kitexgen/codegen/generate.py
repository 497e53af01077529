"""generate(): from schema to files."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.codegen.emit import emit
from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.output import OutputFile
from kitexgen.codegen.plan.build import build
from kitexgen.codegen.plan.naming import settle_names
from kitexgen.diagnostics.diagnostic import Diagnostic, Severity
from kitexgen.schema.module import Schema


@dataclass(frozen=True, slots=True)
class Generated:
    """Files by path, or none and the errors that forbid them. `diagnostics` may hold warnings either way."""

    files: tuple[OutputFile, ...]
    diagnostics: tuple[Diagnostic, ...]


def generate(schema: Schema, options: GenerateOptions) -> Generated:
    """Python for every module of `schema`; same input, same bytes."""
    names = settle_names(schema, options)
    if any(found.severity is Severity.ERROR for found in names.diagnostics):
        return Generated((), names.diagnostics)
    return Generated(emit(build(names, options)), names.diagnostics)
