"""What each package exports, and how: at once, or on first use where packages import each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from kitexgen.codegen.plan.clashes import same_export
from kitexgen.codegen.plan.docstrings import docstring
from kitexgen.codegen.plan.fitting import Bracket, laid_out
from kitexgen.codegen.plan.imports import ImportSet, export_order
from kitexgen.codegen.plan.modules import PackagePlan
from kitexgen.codegen.plan.packages import Places, ancestors
from kitexgen.codegen.plan.sources import file_name
from kitexgen.codegen.plan.symbols import Symbols, TypeDeclaration
from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.module import Schema
from kitexgen.source.span import Span

_TOLD_FILES = 3
"""How many files of a package its docstring names."""


def export_clashes(schema: Schema, symbols: Symbols, places: Places) -> Iterator[Diagnostic]:
    """A KX0402 for each name that two files of one package declare."""
    seen: dict[tuple[str, str], tuple[ModuleId, Span]] = {}
    for module in schema.modules:
        package = places.namespaces.get(module.id)
        if package is None:
            continue
        for declaration in module.declarations:
            if isinstance(declaration, TypeDeclaration):
                name = symbols.ref(declaration.id).name
                first = seen.setdefault((package, name), (module.id, declaration.name_span))
                if first[0] != module.id:
                    yield same_export(package, name, first[1], declaration.name_span)


def package_plans(
    schema: Schema, symbols: Symbols, places: Places, imported: Mapping[str, Iterable[str]]
) -> list[PackagePlan]:
    """One plan a package, and one for the output folder. `imported` are the modules that each module imports."""
    lazy = _in_cycles(_package_imports(places, imported))
    plans = [_plan("", (), {}, False)]
    inside = _children(places)
    members: dict[str, list[ModuleId]] = {}
    for module in schema.modules:
        members.setdefault(places.namespaces.get(module.id, ""), []).append(module.id)
    for package in places.packages():
        modules = members.get(package, [])
        # A name of a module beside it would hide that module from `import`; a name of two files is neither's.
        hidden = inside.get(package, set())
        declared = [(name, module) for module in modules for name in symbols.declared_in(module)]
        times = Counter(name for name, _ in declared)
        homes = {
            name: places.modules[module].rpartition(".")[2]
            for name, module in declared
            if name not in hidden and times[name] == 1
        }
        plans.append(_plan(package, tuple(modules), homes, package in lazy))
    return plans


def _told(modules: Iterable[ModuleId]) -> str:
    """What a package holds: in the order of names, because that of the command line must not change a file."""
    files = sorted(file_name(module) for module in modules)
    if len(files) > _TOLD_FILES:
        return f"Types of {', '.join(files[: _TOLD_FILES - 1])} and {len(files) - _TOLD_FILES + 1} more files."
    return f"Types of {' and '.join(files)}." if files else "Generated packages."


def _plan(package: str, modules: tuple[ModuleId, ...], homes: dict[str, str], is_lazy: bool) -> PackagePlan:
    names = sorted(homes, key=export_order)
    imports = ImportSet(f"{package}.__init__")
    for name in names:
        imports.use_generated(f"{package}.{homes[name]}", name)
    exports = laid_out(_strings("[", names, "]"), before="__all__ = ") if names else []
    table = Bracket("{", tuple((f'"{name}": ', f'"{homes[name]}"') for name in names), "}")
    return PackagePlan(
        path=package,
        sources=modules,
        docstring="\n".join(docstring(None, _told(modules), indent=0)),
        imports="\n".join(imports.lines(indent=4 if is_lazy else 0)),
        exports="\n".join(exports),
        is_lazy=is_lazy and bool(names),
        homes="\n".join(laid_out(table, before="_MODULES = ")) if is_lazy else "",
    )


def _strings(opening: str, names: Iterable[str], closing: str) -> Bracket:
    return Bracket(opening, tuple(("", f'"{name}"') for name in names), closing)


def _children(places: Places) -> dict[str, set[str]]:
    """Names of the modules and packages right inside each package."""
    found: dict[str, set[str]] = {}
    for path in (*places.modules.values(), *places.services.values(), *places.packages()):
        parent, _, name = path.rpartition(".")
        found.setdefault(parent, set()).add(name)
    return found


def _package_imports(places: Places, imported: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Which packages are loaded when a package is: its parents, and those of all that its modules import."""
    edges: dict[str, set[str]] = {package: set(ancestors(package)) - {package} for package in places.packages()}
    for module, targets in imported.items():
        package = module.rpartition(".")[0]
        for target in targets:
            edges[package].update(set(ancestors(target.rpartition(".")[0])) - {package})
    return edges


def _in_cycles(edges: Mapping[str, set[str]]) -> set[str]:
    """The nodes from which one comes back to where one was."""
    return {node for node in edges if node in _reachable(edges, edges[node])}


def _reachable(edges: Mapping[str, set[str]], start: Iterable[str]) -> set[str]:
    found: set[str] = set()
    pending = list(start)
    while pending:
        node = pending.pop()
        if node not in found:
            found.add(node)
            pending.extend(edges[node])
    return found
