"""Names: where everything goes and what it is called, decided before anything is planned."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.plan.exports import export_clashes
from kitexgen.codegen.plan.packages import Places, places
from kitexgen.codegen.plan.packed_lists import pack_lists
from kitexgen.codegen.plan.service_names import method_clashes
from kitexgen.codegen.plan.symbols import Symbols
from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.schema.module import Schema


@dataclass(frozen=True, slots=True)
class Names:
    """Where everything goes and what it is called; `diagnostics` say what would fall on top of something else."""

    schema: Schema
    places: Places
    symbols: Symbols
    diagnostics: tuple[Diagnostic, ...]


def settle_names(schema: Schema, options: GenerateOptions) -> Names:
    """Decide all names, and find all clashes."""
    where = places(schema, options.py_package)
    schema, misnamed = pack_lists(schema, options.py_packed, where.namespaces, is_whole=options.is_whole)
    symbols = Symbols(schema, where)
    found = chain(
        where.diagnostics,
        misnamed,
        symbols.diagnostics,
        export_clashes(schema, symbols, where),
        method_clashes(schema, symbols, options.naming),
    )
    return Names(schema, where, symbols, tuple(found))
