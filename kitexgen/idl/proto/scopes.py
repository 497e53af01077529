"""Which declaration a name means: protoc's scoping, and who sees what through which imports.

Source: `DescriptorBuilder::LookupSymbolNoPlaceholder` and `FindSymbol` of descriptor.cc.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kitexgen.idl.proto.symbols import Symbol, Symbols


@dataclass(frozen=True, slots=True)
class Miss:
    """A name that means nothing from where it stands.

    `full_name` is what it would have to be, as far as the search got: set when an inner scope has the first part of the
    name and ended the search. `hidden` is a declaration of that name in a file that is not imported.
    """

    full_name: str | None = None
    hidden: Symbol | None = None


class Scopes:
    """Looks names up, and remembers which imports were of use.

    `visible` has, for each file, itself and the files it sees: its imports and what those import publicly.
    `for_options` has the files that only options may use.
    """

    def __init__(
        self, symbols: Symbols, visible: Mapping[str, frozenset[str]], for_options: Mapping[str, frozenset[str]]
    ) -> None:
        self.symbols = symbols
        self._visible = visible
        self._for_options = for_options
        self._used: dict[str, set[str]] = {file: set() for file in visible}

    def resolve(
        self, name: str, file: str, relative_to: str, *, is_type: bool = False, in_option: bool = False
    ) -> Symbol | Miss:
        """What `name` means in `file` for the element whose full name is `relative_to`.

        The last part of `relative_to` is dropped before the search begins: a field looks in its message, a message in
        what holds it. With `is_type` what is no message or enum is passed over on the way outwards, yet not in
        the outermost scope. With `in_option` files of `import option` are seen too.
        """
        if name.startswith("."):
            found, hidden = self._find(name[1:], file, in_option)
            return found or Miss(hidden=hidden)
        first, _, rest = name.partition(".")
        scope = relative_to
        hidden = None
        while scope:
            scope = scope.rpartition(".")[0]
            if not scope:
                break
            found, seen = self._find(f"{scope}.{first}", file, in_option)
            hidden = seen or hidden
            if found is None:
                continue
            if rest:
                if found.kind.is_aggregate:
                    full_name = f"{scope}.{name}"
                    found, seen = self._find(full_name, file, in_option)
                    return found or Miss(full_name, seen)
            elif not is_type or found.kind.is_type:
                return found
        found, seen = self._find(name, file, in_option)
        return found or Miss(hidden=seen or hidden)

    def sees(self, file: str, other: str, *, in_option: bool = False) -> bool:
        return other in self._visible[file] or (in_option and other in self._for_options[file])

    def note_use(self, file: str, symbol: Symbol) -> None:
        """`file` uses `symbol`, which was found by other means than a name in the text."""
        self._used[file].add(symbol.file)

    def used(self, file: str) -> frozenset[str]:
        """The files of which `file` used something, as far as names were looked up."""
        return frozenset(self._used[file])

    def _find(self, full_name: str, file: str, in_option: bool) -> tuple[Symbol | None, Symbol | None]:
        """The symbol if `file` may see it; else, apart, the one it may not see."""
        symbol = self.symbols.find(full_name)
        if symbol is None:
            return None, None
        if symbol.kind.is_package:
            holders = self.symbols.package_files(full_name)
            visible = any(self.sees(file, holder, in_option=in_option) for holder in holders)
            return (symbol, None) if visible else (None, symbol)
        if symbol.file != file and not self.sees(file, symbol.file, in_option=in_option):
            return None, symbol
        self._used[file].add(symbol.file)
        return symbol, None
