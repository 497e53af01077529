"""What a file passes on to its importers: the names of files that it imports as public."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kitexgen.codegen.plan.fitting import Bracket, laid_out
from kitexgen.codegen.plan.imports import ImportSet, export_order
from kitexgen.codegen.plan.packages import Places
from kitexgen.codegen.plan.symbols import Symbols
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.module import Module, Schema


def import_public(schema: Schema, symbols: Symbols, places: Places, module: Module, imports: ImportSet) -> list[str]:
    """Import all that `module` passes on; gives the lines of its `__all__`, none when it passes nothing on.

    A name that is taken, by the module itself or by a file imported earlier, is not passed on.
    """
    own = symbols.declared_in(module.id)
    passed: dict[str, None] = {}
    for file in _public(schema, module):
        for name in sorted(symbols.declared_in(file) - own - passed.keys()):
            imports.use_generated(places.modules[file], name)
            passed[name] = None
    return _all(own | passed.keys()) if passed else []


def _public(schema: Schema, module: Module) -> Iterator[ModuleId]:
    """The files that `module` imports as public, and those that they do, each once."""
    seen = {module.id}
    pending = [module]
    while pending:
        for include in pending.pop().includes:
            if include.is_public and include.target not in seen:
                seen.add(include.target)
                pending.append(schema.module(include.target))
                yield include.target


def _all(names: Iterable[str]) -> list[str]:
    items = tuple(("", f'"{name}"') for name in sorted(names, key=export_order))
    return laid_out(Bracket("[", items, "]"), before="__all__ = ")
