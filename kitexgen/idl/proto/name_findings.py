"""Diagnostics of names: two of one name, a name of nothing, a name of the wrong thing."""

from __future__ import annotations

from collections.abc import Iterable

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.finding import error
from kitexgen.idl.proto.scopes import Miss
from kitexgen.idl.proto.symbols import Symbol, SymbolKind, Symbols
from kitexgen.source.span import Span

# How messages call each kind with its article.
_WITH_ARTICLE = {
    SymbolKind.PACKAGE: "a package",
    SymbolKind.MESSAGE: "a message",
    SymbolKind.ENUM: "an enum",
    SymbolKind.ENUM_VALUE: "an enum value",
    SymbolKind.FIELD: "a field",
    SymbolKind.EXTENSION: "an extension",
    SymbolKind.ONEOF: "a oneof",
    SymbolKind.SERVICE: "a service",
    SymbolKind.METHOD: "a method",
}


def with_article(kind: SymbolKind) -> str:
    return _WITH_ARTICLE[kind]


def declared_twice(symbol: Symbol, first: Symbol) -> Diagnostic:
    hint = None
    if SymbolKind.PACKAGE in (symbol.kind, first.kind):
        message = f"`{symbol.full_name}` is {with_article(first.kind)} and {with_article(symbol.kind)}"
        hint = "a package takes its name as a declaration does; rename one of them"
    elif SymbolKind.ENUM_VALUE in (symbol.kind, first.kind):
        message = _twice(symbol)
        hint = "the values of an enum stand beside it, not in it; a prefix such as the enum's name tells them apart"
    else:
        message = _twice(symbol)
    return error(
        "KX0714",
        message,
        symbol.span,
        f"{with_article(symbol.kind)}",
        also=(Label(first.span, f"{with_article(first.kind)} of that name"),),
        hint=hint,
    )


def _twice(symbol: Symbol) -> str:
    scope, _, name = symbol.full_name.rpartition(".")
    return f"`{name}` is declared twice in `{scope}`" if scope else f"`{name}` is declared twice"


def not_found(name: str, at: Span, miss: Miss, symbols: Symbols, kinds: Iterable[SymbolKind]) -> Diagnostic:
    """`name` means nothing from where it stands; it should name one of `kinds`."""
    if miss.passed is not None:
        return wrong_kind(name, at, miss.passed, "a type")
    if miss.full_name is not None and miss.hidden is None:
        inner = miss.full_name.removesuffix("." + name.partition(".")[2])
        return error(
            "KX0712",
            f"`{name}` means `{miss.full_name}` here, which is not defined",
            at,
            also=_at(symbols.find(inner), f"`{inner}` ends the search"),
            hint=f"the innermost `{name.partition('.')[0]}` counts; write `.{name}` to begin outside all packages",
        )
    if miss.hidden is not None:
        return error(
            "KX0711",
            f"`{miss.hidden.full_name}` is defined in `{miss.hidden.file}`, which is not imported",
            at,
            also=(Label(miss.hidden.span, "it is here"),),
            hint=f'add `import "{miss.hidden.file}";`',
        )
    meant = _meant(name, symbols, frozenset(kinds))
    return error("KX0710", f"`{name}` is not defined", at, hint=f"did you mean `{meant}`?" if meant else None)


def _at(symbol: Symbol | None, text: str) -> tuple[Label, ...]:
    return () if symbol is None else (Label(symbol.span, text),)


def _meant(name: str, symbols: Symbols, kinds: frozenset[SymbolKind]) -> str | None:
    """What is nearest by its last part; a full name when that part is spelled right."""
    last = name.rpartition(".")[2]
    candidates = {symbol.full_name.rpartition(".")[2]: symbol.full_name for symbol in symbols if symbol.kind in kinds}
    if last in candidates:
        return candidates[last]
    scalar = nearest(last, SCALAR_NAMES) if "." not in name and SymbolKind.ENUM in kinds else None
    return scalar or nearest(last, candidates)


SCALAR_NAMES = (
    "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
    "sfixed64", "bool", "string", "bytes",
)  # fmt: skip


def wrong_kind(name: str, at: Span, symbol: Symbol, wanted: str) -> Diagnostic:
    """`name` was found and is no `wanted`, such as "a message"."""
    return error(
        "KX0713",
        f"`{name}` is {with_article(symbol.kind)}, not {wanted}",
        at,
        also=(Label(symbol.span, "declared here"),),
    )
