"""Symbols: every full name of a run and what it stands for; packages, oneofs and enum values are names too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from kitexgen.source.span import Span


class SymbolKind(Enum):
    """`value` is what messages call it."""

    PACKAGE = "package"
    MESSAGE = "message"
    ENUM = "enum"
    ENUM_VALUE = "enum value"
    FIELD = "field"
    EXTENSION = "extension"
    ONEOF = "oneof"
    SERVICE = "service"
    METHOD = "method"

    @property
    def is_type(self) -> bool:
        return self in _TYPES

    @property
    def is_aggregate(self) -> bool:
        """Whether a dotted name may go on behind it."""
        return self in _AGGREGATES


_TYPES = frozenset({SymbolKind.MESSAGE, SymbolKind.ENUM})
_AGGREGATES = frozenset({SymbolKind.PACKAGE, SymbolKind.MESSAGE, SymbolKind.ENUM, SymbolKind.SERVICE})


@dataclass(frozen=True, slots=True)
class Symbol:
    """`span` is where the name stands in `file`; a name that is not written, such as a map entry's, has its field's."""

    kind: SymbolKind
    full_name: str
    file: str
    span: Span


class Symbols:
    def __init__(self) -> None:
        self._symbols: dict[str, Symbol] = {}
        self._package_files: dict[str, dict[str, None]] = {}

    def add(self, symbol: Symbol) -> Symbol | None:
        """Enter `symbol`, unless its name is taken: then that one is returned. A package may be declared often."""
        first = self._symbols.setdefault(symbol.full_name, symbol)
        if symbol.kind is first.kind is SymbolKind.PACKAGE:
            self._package_files.setdefault(symbol.full_name, {})[symbol.file] = None
            return None
        return None if first is symbol else first

    def find(self, full_name: str) -> Symbol | None:
        return self._symbols.get(full_name)

    def package_files(self, full_name: str) -> Iterable[str]:
        """The files that declare the package or one inside it."""
        return self._package_files.get(full_name, ())

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._symbols.values())
