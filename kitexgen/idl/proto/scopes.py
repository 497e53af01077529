"""Which declaration a name means: protoc's scoping, and who sees what through which imports.

Source: `DescriptorBuilder::LookupSymbolNoPlaceholder` and `FindSymbol` of descriptor.cc.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kitexgen.idl.proto.symbols import Symbol, SymbolKind, Symbols


@dataclass(frozen=True, slots=True)
class Miss:
    """A name that means nothing from where it stands.

    `full_name` is what it would have to be: set when an inner scope has the first part of the name and so ended the
    search. `hidden` is a declaration of that name in a file that is not imported, `passed` one passed over because
    it is no type.
    """

    full_name: str | None = None
    hidden: Symbol | None = None
    passed: Symbol | None = None


class Scopes:
    """Looks names up, and remembers which files were of use to which.

    `visible` has, for each file, itself and the files it sees: its imports, and what those import publicly.
    `for_options` has those it sees through `import option`, of which only extensions count.
    """

    def __init__(
        self, symbols: Symbols, visible: Mapping[str, frozenset[str]], for_options: Mapping[str, frozenset[str]]
    ) -> None:
        self.symbols = symbols
        self._visible = visible
        self._for_options = for_options
        self._used: dict[str, set[str]] = {file: set() for file in visible}

    def resolve(self, name: str, file: str, relative_to: str, *, is_type: bool = False) -> Symbol | Miss:
        """What `name` means in `file` for the element whose full name is `relative_to`.

        The last part of `relative_to` is dropped before the search begins: a field looks in its message, a message in
        what holds it. With `is_type` what is no message or enum is passed over on the way outwards, though not in
        the outermost scope.
        """
        if name.startswith("."):
            found, hidden = self._find(name[1:], file)
            return found or Miss(hidden=hidden)
        first, _, rest = name.partition(".")
        hidden = passed = None
        scope = relative_to.rpartition(".")[0]
        while scope:
            found, seen = self._find(f"{scope}.{first}", file)
            hidden = hidden or seen
            if found is not None:
                if not rest:
                    if not is_type or found.kind.is_type:
                        return found
                    passed = passed or found
                elif found.kind.is_aggregate:
                    full_name = f"{scope}.{name}"
                    found, seen = self._find(full_name, file)
                    return found or Miss(full_name, seen)
            scope = scope.rpartition(".")[0]
        found, seen = self._find(name, file)
        return found or Miss(hidden=seen or hidden, passed=passed)

    def note_use(self, file: str, other: str) -> None:
        """`file` makes use of `other` in a way that no name in its text tells."""
        self._used[file].add(other)

    def used(self, file: str) -> frozenset[str]:
        """The files of which `file` used something, as far as names were looked up."""
        return frozenset(self._used[file])

    def _find(self, full_name: str, file: str) -> tuple[Symbol | None, Symbol | None]:
        """The symbol if `file` may see it; else, apart, the one it may not see."""
        symbol = self.symbols.find(full_name)
        if symbol is None:
            return None, None
        if symbol.kind is SymbolKind.PACKAGE:
            holders = self.symbols.package_files(full_name)
            if any(holder in self._visible[file] or holder in self._for_options[file] for holder in holders):
                return symbol, None
            return None, symbol
        if symbol.file in self._visible[file] or (
            symbol.kind is SymbolKind.EXTENSION and symbol.file in self._for_options[file]
        ):
            self._used[file].add(symbol.file)
            return symbol, None
        return None, symbol
