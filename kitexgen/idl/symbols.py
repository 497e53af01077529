"""Symbols: every declared name of an include graph, and which file sees which.

Knows no syntax tree; what a dotted name means is the business of each language's `scopes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from enum import Enum

from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.source.span import Span


class SymbolKind(Enum):
    """The values are the words people use for it."""

    STRUCT = "struct"
    UNION = "union"
    EXCEPTION = "exception"
    ENUM = "enum"
    ALIAS = "typedef"
    CONST = "constant"
    SERVICE = "service"


TYPES = frozenset({SymbolKind.STRUCT, SymbolKind.UNION, SymbolKind.EXCEPTION, SymbolKind.ENUM, SymbolKind.ALIAS})
SERVICES = frozenset({SymbolKind.SERVICE})
CONSTANTS = frozenset({SymbolKind.CONST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A declared name; `order` counts the declarations of its file from 0."""

    id: DeclId
    kind: SymbolKind
    name_span: Span
    order: int


@dataclass(slots=True)
class _File:
    """What is known of the names of one file."""

    own: dict[str, Symbol] = field(default_factory=dict)
    includes: dict[str, list[ModuleId]] = field(default_factory=dict)


class Symbols:
    def __init__(self) -> None:
        self._files: dict[ModuleId, _File] = {}

    def add_file(self, module: ModuleId, includes: Iterable[tuple[str, ModuleId]]) -> None:
        """Make `module` known; `includes` are the prefixes it sees other files under, in source order."""
        file = self._files[module] = _File()
        for prefix, target in includes:
            targets = file.includes.setdefault(prefix, [])
            if target not in targets:
                targets.append(target)

    def declare(self, symbol: Symbol) -> Symbol | None:
        """Enter `symbol`; when its file has the name already, change nothing and return the one that has it."""
        own = self._files[symbol.id.module].own
        if symbol.id.name in own:
            return own[symbol.id.name]
        own[symbol.id.name] = symbol
        return None

    def own(self, module: ModuleId, name: str) -> Symbol | None:
        """What `module` itself declares under `name`."""
        return self._files[module].own.get(name)

    def of(self, module: ModuleId) -> Iterator[Symbol]:
        """The symbols of one file, in source order."""
        return iter(self._files[module].own.values())

    def included(self, module: ModuleId, prefix: str) -> tuple[ModuleId, ...]:
        """The files that `module` includes under `prefix`, in source order, each once."""
        return tuple(self._files[module].includes.get(prefix, ()))

    def prefixes(self, module: ModuleId) -> tuple[str, ...]:
        return tuple(self._files[module].includes)

    def modules(self) -> tuple[ModuleId, ...]:
        return tuple(self._files)

    def visible(self, module: ModuleId, kinds: Set[SymbolKind]) -> Iterator[str]:
        """Every name of one of `kinds` that `module` may write, prefixed where it must be."""
        for symbol in self.of(module):
            if symbol.kind in kinds:
                yield symbol.id.name
        for prefix, targets in self._files[module].includes.items():
            for target in targets:
                for symbol in self.of(target):
                    if symbol.kind in kinds:
                        yield f"{prefix}.{symbol.id.name}"
