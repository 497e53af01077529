"""ImportSet: the imports of one generated module; collected, named without clashes, printed in isort's order."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from kitexgen.codegen.plan.fitting import WIDTH
from kitexgen.codegen.plan.names import unused
from kitexgen.codegen.plan.shipped import home_for_applications, is_shipped


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """`from MODULE import NAME as ALIAS`; `module` as written in the file: "uuid", ".user", "..base.base".

    `alias` equals `name` when the import binds the name itself.
    """

    module: str
    name: str
    alias: str


class ImportSet:
    """Imports of the generated module with the dotted path `module`.

    `declared` are the names that the module itself binds, `avoided` those that mean something inside its classes: an
    import never binds one of the first, an alias none of both. With `root`, a dotted path, generated modules are
    imported from there, for files that stand outside the output folder.
    """

    def __init__(
        self, module: str, declared: Collection[str] = (), avoided: Collection[str] = (), *, root: str | None = None
    ) -> None:
        self.module = module
        self._root = root
        self._declared = frozenset(declared)
        self._avoided = frozenset(avoided)
        self._bound: dict[str, tuple[str, str]] = {}
        self._imports: dict[tuple[str, str], Import] = {}
        self.targets: set[str] = set()

    def use(self, module: str, name: str) -> str:
        """Import `name` from the standard library or the runtime; gives the name it is bound to."""
        return self._bind(module, name, f"_{name}")

    def use_generated(self, target: str, name: str) -> str:
        """Import `name` from the generated module `target`; gives the name it is bound to."""
        return self.generated(target, name).alias

    def generated(self, target: str, name: str) -> Import:
        """The import by which this module, or another one of its package, gets `name` from the module `target`, which
        may ship with the runtime.
        """
        if is_shipped(target):
            return self.binding(target if self._root is None else home_for_applications(target), name)
        spelled = relative(self.module, target) if self._root is None else _below(self._root, target)
        if target == self.module:
            return Import(spelled, name, name)
        self.targets.add(target)
        self._bind(spelled, name, f"{target.rpartition('.')[2]}_{name}")
        return self._imports[spelled, name]

    def binding(self, module: str, name: str) -> Import:
        """Like `use`, and gives the import itself."""
        self.use(module, name)
        return self._imports[module, name]

    def all(self) -> tuple[Import, ...]:
        """Every import so far, sorted."""
        return tuple(sorted(self._imports.values()))

    def lines(self, *, indent: int = 0) -> list[str]:
        """All imports, a blank line between the standard library, the runtime and the rest of the output folder; as
        they stand at `indent` columns, but without these.
        """
        sections: dict[int, dict[str, list[Import]]] = {}
        for item in self._imports.values():
            sections.setdefault(self._section(item.module), {}).setdefault(item.module, []).append(item)
        lines: list[str] = []
        for _, modules in sorted(sections.items()):
            if lines:
                lines.append("")
            for module in sorted(modules, key=_module_order):
                lines += _import_lines(module, modules[module], WIDTH - indent)
        return lines

    def _section(self, module: str) -> int:
        if module.startswith(".") or (self._root and module.startswith(f"{self._root}.")):
            return 3
        top = module.partition(".")[0]
        return 0 if top == "__future__" else 1 if top in sys.stdlib_module_names else 2

    def _bind(self, module: str, name: str, alias: str) -> str:
        known = self._imports.get((module, name))
        if known is not None:
            return known.alias
        local = name
        if name in self._declared or name in self._bound:
            local = unused(alias, self._declared | self._avoided | self._bound.keys())
        self._bound[local] = (module, name)
        self._imports[module, name] = Import(module, name, local)
        return local


def relative(importer: str, target: str) -> str:
    """How a module spells another one of the same output folder: `a.b.c` finds `a.d.e` as `..d.e`.

    Both are dotted paths of modules, not packages.
    """
    here = importer.split(".")[:-1]
    there = target.split(".")
    shared = 0
    while shared < len(here) and shared < len(there) - 1 and here[shared] == there[shared]:
        shared += 1
    return "." * (len(here) - shared + 1) + ".".join(there[shared:])


def _below(root: str, target: str) -> str:
    return root + target if not root or root.endswith(".") else f"{root}.{target}"


def _import_lines(module: str, items: list[Import], width: int) -> list[str]:
    """One statement for all plain names, one for each alias, as isort and ruff split them."""
    plain = sorted((item for item in items if item.alias == item.name), key=lambda item: name_order(item.name))
    groups = [[item] for item in items if item.alias != item.name] + ([plain] if plain else [])
    groups.sort(key=lambda group: name_order(group[0].name))
    lines: list[str] = []
    for group in groups:
        names = [item.name if item.alias == item.name else f"{item.name} as {item.alias}" for item in group]
        line = f"from {module} import {', '.join(names)}"
        if len(line) <= width:
            lines.append(line)
        else:
            lines += [f"from {module} import (", *(f"    {name}," for name in names), ")"]
    return lines


def _module_order(module: str) -> tuple[object, ...]:
    """Furthest first among relative modules."""
    name = module.lstrip(".")
    return (len(name) - len(module), _natural(name.lower()), _natural(name))


def name_order(name: str) -> tuple[object, ...]:
    """How isort and ruff sort names: CONSTANTS, then Classes, then the rest."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return (kind, _natural(name.lower()), _natural(name))


def export_order(name: str) -> tuple[object, ...]:
    """How ruff sorts `__all__`: as imports, but capitals before small letters throughout."""
    kind, _, exact = name_order(name)
    return (kind, exact)


@cache
def _natural(text: str) -> tuple[tuple[int, int], ...]:
    """Key by which `a9` stands before `a10`: characters by code, runs of digits by value in the place of `0`."""
    tokens = re.findall(r"[0-9]+|.", text)
    return tuple((ord("0"), int(token)) if token.isdecimal() else (ord(token), 0) for token in tokens)
