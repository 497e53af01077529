"""Comparison: two schemas, and which old declaration became which new one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from kitexgen.schema.declarations import Alias, Const, Enum, Extension, Field, Record
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Declaration, Module, Schema
from kitexgen.schema.services import Method, Service

_Kind = TypeVar("_Kind", Record, Enum, Alias, Const, Extension, Service)


@dataclass(frozen=True, slots=True)
class MethodPair:
    """A method before and after; the services are those that were compared, not where a base declares it."""

    old_service: Service
    service: Service
    old: Method
    new: Method


class Comparison:
    """`name_now` gives of an old module's path the one it would have in the new schema."""

    def __init__(self, old: Schema, new: Schema, name_now: Callable[[str], str]) -> None:
        self.old = old
        self.new = new
        self._name_now = name_now

    def modules(self) -> Iterator[tuple[Module, Module | None]]:
        """Every old file, and what became of it; None when it is gone."""
        known = {module.id.path: module for module in self.new.modules}
        for module in self.old.modules:
            yield module, known.get(self._name_now(module.id.path))

    def module_now(self, id: ModuleId) -> Module | None:
        return self._modules_now[id]

    def now(self, id: DeclId) -> Declaration | None:
        """What the old declaration `id` became; None when it is gone, or is of another kind."""
        return self._now[id]

    def pairs(self, kind: type[_Kind]) -> Iterator[tuple[_Kind, _Kind]]:
        """Old declarations of `kind` with the new ones, in the old order."""
        for module in self.old.modules:
            for old in module.declarations:
                new = self._now[old.id]
                if isinstance(old, kind) and isinstance(new, kind):
                    yield old, new

    def gone(self, kind: type[_Kind]) -> Iterator[_Kind]:
        """Old declarations of `kind` that have no new one, those of deleted files too."""
        for module in self.old.modules:
            for old in module.declarations:
                if isinstance(old, kind) and self._now[old.id] is None:
                    yield old

    def methods(self) -> Iterator[MethodPair]:
        """Methods of one name in services that are paired. A method that moved into a base is still there."""
        for old_service, service in self.pairs(Service):
            known: dict[str, Method] = {}
            for method in methods_of(self.new, service):
                known.setdefault(method.name, method)  # its own goes before one of a base
            for old in old_service.methods:
                if old.name in known:
                    yield MethodPair(old_service, service, old, known[old.name])

    @cached_property
    def _modules_now(self) -> dict[ModuleId, Module | None]:
        return {old.id: new for old, new in self.modules()}

    @cached_property
    def _now(self) -> dict[DeclId, Declaration | None]:
        """First by file and name, then by package and name: a declaration may have moved to another file."""
        by_place = {declaration.id: declaration for module in self.new.modules for declaration in module.declarations}
        found: dict[DeclId, Declaration | None] = {}
        taken: set[DeclId] = set()
        for old in (declaration for module in self.old.modules for declaration in module.declarations):
            new = by_place.get(DeclId(ModuleId(self._name_now(old.id.module.path)), old.id.name))
            found[old.id] = new if type(new) is type(old) else None
            if new is not None:
                taken.add(new.id)
        by_package: dict[tuple[str, str], Declaration] = {}
        for module in self.new.modules:
            for declaration in module.declarations:
                if declaration.id not in taken:
                    by_package.setdefault((package_of(module), declaration.id.name), declaration)
        for id, new in found.items():
            if new is None:
                moved = by_package.get((package_of(self.old.module(id.module)), id.name))
                found[id] = moved if type(moved) is type(self.old.find(id)) else None
        return found


def package_of(module: Module) -> str:
    """What generated code is called after."""
    return module.namespace("package", "py", "*", "go") or module.id.stem


def methods_of(schema: Schema, service: Service) -> Iterator[Method]:
    """Own methods, then those of the base services."""
    seen: set[DeclId] = set()
    current: Service | None = service
    while current is not None and current.id not in seen:
        seen.add(current.id)
        yield from current.methods
        base = schema.find(current.base) if current.base is not None else None
        current = base if isinstance(base, Service) else None


def fields_by_id(fields: tuple[Field, ...]) -> dict[int, Field]:
    return {field.id: field for field in fields}
