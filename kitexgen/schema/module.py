"""Module, one IDL file, and Schema, all of a run."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kitexgen.schema.annotations import Annotations, Options
from kitexgen.schema.declarations import Alias, Const, Enum, Extension, Record
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.services import Service
from kitexgen.schema.types import Ref, Type
from kitexgen.source.span import Span

Declaration = Record | Enum | Alias | Const | Extension | Service


PACKAGE: Final = "package"


@dataclass(frozen=True, slots=True)
class Namespace:
    """`namespace py a.b`: scope "py" (or "*"), name "a.b". Protobuf's `package a.b` has the scope PACKAGE."""

    scope: str
    name: str
    annotations: Annotations
    span: Span


@dataclass(frozen=True, slots=True)
class Include:
    """An include as written, and the module it found.

    What a Protobuf file imports as public, its own importers see too; of an `import option` only options make use.
    """

    path: str
    target: ModuleId
    span: Span
    is_public: bool = False
    is_weak: bool = False
    is_option: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One IDL file; declarations in source order, each after the message that it is nested in.

    `language` is "thrift" or "proto". `line_starts` are the offsets at which its lines begin, as in `SourceFile`;
    generated code says where it came from. Of Protobuf alone: `syntax` is "proto2", "proto3" or an edition ("2023"),
    `import_path` the name by which other files import this one.
    """

    id: ModuleId
    language: str
    doc: str | None
    namespaces: tuple[Namespace, ...]
    includes: tuple[Include, ...]
    declarations: tuple[Declaration, ...]
    line_starts: tuple[int, ...] = (0,)
    syntax: str | None = None
    import_path: str | None = None
    options: Options = ()

    def line(self, span: Span) -> int:
        """The line, from 1, on which `span` begins; it must lie in this module."""
        return bisect_right(self.line_starts, span.start)

    def namespace(self, *scopes: str) -> str | None:
        """The name under the first of `scopes` that the file has; the last of equal scopes counts, as in Apache."""
        found = {namespace.scope: namespace.name for namespace in self.namespaces}
        return next((found[scope] for scope in scopes if scope in found), None)


@dataclass(frozen=True)
class Schema:
    """All modules of a run, each after the ones it includes. `roots` are the files asked for."""

    modules: tuple[Module, ...]
    roots: tuple[ModuleId, ...]

    @cached_property
    def _modules(self) -> dict[ModuleId, Module]:
        return {module.id: module for module in self.modules}

    @cached_property
    def _declarations(self) -> dict[DeclId, Declaration]:
        return {declaration.id: declaration for module in self.modules for declaration in module.declarations}

    def module(self, id: ModuleId) -> Module:
        """Raises KeyError when the schema has no such module."""
        return self._modules[id]

    def full_name(self, id: DeclId) -> str:
        """Protobuf's name of a declaration: its package and its own, "pkg.Outer.Inner"."""
        package = self.module(id.module).namespace(PACKAGE)
        return f"{package}.{id.name}" if package else id.name

    def find(self, id: DeclId) -> Declaration:
        """Raises KeyError when the schema has no such declaration."""
        return self._declarations[id]

    @cached_property
    def _ends(self) -> dict[DeclId, Type]:
        """Where each alias ends, as far as it was asked: chains of aliases may be thousands long."""
        return {}

    def resolve(self, type: Type) -> Type:
        """`type` with aliases followed at its outermost level: a scalar, a container, or a Ref to a record or enum."""
        passed: list[DeclId] = []
        while isinstance(type, Ref):
            target = self.find(type.target)
            if not isinstance(target, Alias):
                break
            if target.id in self._ends:
                type = self._ends[target.id]
                break
            passed.append(target.id)
            type = target.type
        self._ends.update(dict.fromkeys(passed, type))
        return type

    def services(self) -> Iterator[Service]:
        """Every service, modules in order, services in source order."""
        for module in self.modules:
            for declaration in module.declarations:
                if isinstance(declaration, Service):
                    yield declaration
