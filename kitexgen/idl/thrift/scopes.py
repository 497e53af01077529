"""What a name in a Thrift file means: own names, and those of direct includes behind their prefix.

Order of declarations never matters. A dotted name is split at its last dot into prefix and name; a constant may also
be `Enum.MEMBER` or `prefix.Enum.MEMBER`. Source: thriftgo, semantic/split.go and semantic/semantic.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.diagnostics.report import Report
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.finding import error, warning
from kitexgen.idl.symbols import CONSTANTS, SERVICES, TYPES, Symbol, SymbolKind, Symbols
from kitexgen.idl.thrift.keywords import BASE_TYPES
from kitexgen.idl.uses import Uses, whole_file
from kitexgen.schema.ids import ModuleId
from kitexgen.source.span import Span

# Words of other languages and of old Thrift, and what Thrift calls them.
_FOREIGN_TYPES = {
    "any": "Thrift has no type for any value; use a union, or `binary` with the value encoded",
    "bytes": "Thrift's word is `binary`",
    "char": "Thrift's word for one byte is `i8`",
    "float": "Thrift has only `double`",
    "float32": "Thrift has only `double`",
    "float64": "Thrift's word is `double`",
    "i128": "the widest integer is `i64`",
    "int": "say how wide: `i8`, `i16`, `i32` or `i64`",
    "int8": "Thrift's word is `i8`",
    "int16": "Thrift's word is `i16`",
    "int32": "Thrift's word is `i32`",
    "int64": "Thrift's word is `i64`",
    "long": "Thrift's word is `i64`",
    "short": "Thrift's word is `i16`",
    "slist": "`slist` was removed from Thrift; use `string`",
    "str": "Thrift's word is `string`",
    "u8": "Thrift's integers are signed; use `i16` or wider",
    "u16": "Thrift's integers are signed; use `i32` or wider",
    "u32": "Thrift's integers are signed; use `i64`",
    "u64": "Thrift's integers are signed; `i64` holds the same bits",
    "void": "`void` stands only for the result of a method",
}


@dataclass(frozen=True, slots=True)
class EnumName:
    """`symbol`, an enum or an alias that may be one, named before the member `member`."""

    symbol: Symbol
    member: str


class Scopes:
    """Looks names up and reports those that mean nothing; remembers which includes were of use."""

    def __init__(
        self,
        symbols: Symbols,
        missing_includes: Mapping[ModuleId, Mapping[str, Span]],
        report: Report,
        uses: Uses | None = None,
    ) -> None:
        """`missing_includes` are the prefixes of includes that were not read, by file: absent ones, or in a circle.

        `uses`, where given, is told what every name means.
        """
        self.symbols = symbols
        self.uses = uses
        self._missing = missing_includes
        self._report = report
        self._used: set[tuple[ModuleId, ModuleId]] = set()

    def is_used(self, module: ModuleId, target: ModuleId) -> bool:
        """Whether anything `module` wrote so far led into `target`."""
        return (module, target) in self._used

    def find(self, module: ModuleId, text: str) -> tuple[Symbol, ...]:
        """Every declaration that `text` may mean: at most one without a dot, else one for each include it fits."""
        prefix, _, name = text.rpartition(".")
        if not prefix:
            own = self.symbols.own(module, name)
            return (own,) if own else ()
        found = (self.symbols.own(target, name) for target in self.symbols.included(module, prefix))
        return tuple(symbol for symbol in found if symbol is not None)

    def type(self, module: ModuleId, name: str, span: Span) -> Symbol | None:
        return self._one(module, name, span, TYPES)

    def service(self, module: ModuleId, name: str, span: Span) -> Symbol | None:
        return self._one(module, name, span, SERVICES)

    def constants(self, module: ModuleId, text: str) -> tuple[Symbol, ...]:
        """The constants `text` may mean."""
        return self._use(module, tuple(symbol for symbol in self.find(module, text) if symbol.kind in CONSTANTS))

    def enum_names(self, module: ModuleId, text: str) -> tuple[EnumName, ...]:
        """The enums and aliases that `text` may name a member of."""
        before, _, member = text.rpartition(".")
        if not before:
            return ()
        kinds = (SymbolKind.ENUM, SymbolKind.ALIAS)
        found = tuple(symbol for symbol in self.find(module, before) if symbol.kind in kinds)
        return tuple(EnumName(symbol, member) for symbol in self._use(module, found))

    def _use(self, module: ModuleId, found: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
        self._used.update((module, symbol.id.module) for symbol in found)
        return found

    def _one(self, module: ModuleId, name: str, span: Span, kinds: Set[SymbolKind]) -> Symbol | None:
        found = self.find(module, name)
        fitting = self._use(module, tuple(symbol for symbol in found if symbol.kind in kinds))
        if not fitting:
            self._report.add(self._unknown(module, name, span, kinds, found))
            return None
        if len(fitting) > 1:
            self._report.add(_declared_in_two(name, span, fitting))
        self.note_use(name, span, fitting[0])
        return fitting[0]

    def note_use(self, name: str, span: Span, symbol: Symbol) -> None:
        """`name`, with which `span` begins, means `symbol`; what stands before its last dot is an include."""
        if self.uses is None:
            return
        prefix, _, last = name.rpartition(".")
        end = span.start + len(name)
        self.uses.note(Span(span.path, end - len(last), end), symbol.name_span)
        if prefix:
            self.uses.note(Span(span.path, span.start, span.start + len(prefix)), whole_file(symbol.id.module.path))

    def _unknown(
        self, module: ModuleId, name: str, span: Span, kinds: Set[SymbolKind], found: tuple[Symbol, ...]
    ) -> Diagnostic:
        wanted = "service" if kinds is SERVICES else "type"
        if found:
            return _other_kind(name, span, wanted, self._use(module, found)[0])
        prefix, _, last = name.rpartition(".")
        if prefix and not self.symbols.included(module, prefix):
            return self.unknown_prefix(module, name, prefix, span)
        hint = _FOREIGN_TYPES.get(name) if kinds is TYPES else None
        if hint is None:
            candidates = [*self.symbols.visible(module, kinds), *(BASE_TYPES if kinds is TYPES else ())]
            hint = did_you_mean(name, candidates) or _behind_prefix(last, candidates)
        code = "KX0210" if kinds is TYPES else "KX0232"
        return error(code, f"there is no {wanted} called `{name}`", span, hint=hint)

    def unknown_prefix(self, module: ModuleId, name: str, prefix: str, span: Span) -> Diagnostic:
        """`name` begins with a prefix that no include of `module` gives."""
        missing = self._missing.get(module, {}).get(prefix)
        if missing is not None:
            also = (Label(missing, "this include was not read"),)
            return error("KX0212", f"`{name}` comes from a file that was not read", span, also=also)
        hint = did_you_mean(prefix, self.symbols.prefixes(module))
        if hint is None and any(other.stem == prefix for other in self.symbols.modules()):
            hint = f"only direct includes can be seen: include the file of `{prefix}` here too"
        return error("KX0212", f"no include of this file is called `{prefix}`", span, hint=hint)


def did_you_mean(name: str, candidates: tuple[str, ...] | list[str]) -> str | None:
    near = nearest(name, candidates)
    return f"did you mean `{near}`?" if near else None


def _behind_prefix(name: str, candidates: list[str]) -> str | None:
    """A hint when an include has exactly `name`, or the file has it without the prefix."""
    near = next((candidate for candidate in candidates if candidate.rpartition(".")[2] == name), None)
    return f"did you mean `{near}`?" if near else None


def _other_kind(name: str, span: Span, wanted: str, found: Symbol) -> Diagnostic:
    kind = found.kind.value
    article = "an" if kind[0] in "aeiou" else "a"
    return error(
        "KX0211" if wanted == "type" else "KX0233",
        f"`{name}` is {article} {kind}, not a {wanted}",
        span,
        also=(Label(found.name_span, "declared here"),),
    )


def _declared_in_two(name: str, span: Span, found: tuple[Symbol, ...]) -> Diagnostic:
    return warning(
        "KX0213",
        f"`{name}` is declared by two includes with one prefix; the first one counts",
        span,
        also=tuple(Label(symbol.name_span, f"declared in {symbol.id.module.path}") for symbol in found),
        hint="rename one of the two files: Apache Thrift takes the last one",
    )
