"""Which declaration a name means, by protoc's rules."""

from __future__ import annotations

import pytest

from kitexgen.idl.proto.scopes import Miss, Scopes
from kitexgen.idl.proto.symbols import Symbol, SymbolKind, Symbols
from kitexgen.source.span import Span

FILES = {
    "main.proto": {
        "a": SymbolKind.PACKAGE,
        "a.b": SymbolKind.PACKAGE,
        "a.b.M": SymbolKind.MESSAGE,
        "a.b.M.Inner": SymbolKind.MESSAGE,
        "a.b.M.a": SymbolKind.FIELD,
        "a.b.M.Other": SymbolKind.FIELD,
        "a.b.M.VALUE": SymbolKind.ENUM_VALUE,
        "a.b.c": SymbolKind.MESSAGE,
        "a.b.S": SymbolKind.SERVICE,
    },
    "seen.proto": {
        "a": SymbolKind.PACKAGE,
        "a.Other": SymbolKind.ENUM,
        "a.x": SymbolKind.EXTENSION,
        "c": SymbolKind.PACKAGE,
        "c.T": SymbolKind.MESSAGE,
    },
    "options.proto": {"o": SymbolKind.PACKAGE, "o.T": SymbolKind.MESSAGE, "o.x": SymbolKind.EXTENSION},
    "hidden.proto": {"h": SymbolKind.PACKAGE, "h.T": SymbolKind.MESSAGE, "a.b.Far": SymbolKind.MESSAGE},
}


@pytest.fixture
def scopes() -> Scopes:
    symbols = Symbols()
    for file, names in FILES.items():
        for name, kind in names.items():
            symbols.add(Symbol(kind, name, file, Span(file, 0, 0)))
    visible = {file: frozenset({file, "main.proto", "seen.proto"}) for file in FILES}
    return Scopes(symbols, visible, {file: frozenset({"options.proto"}) for file in FILES})


@pytest.mark.parametrize(
    ("name", "full_name"),
    [
        ("Inner", "a.b.M.Inner"),
        ("M", "a.b.M"),
        ("M.Inner", "a.b.M.Inner"),
        ("b.M", "a.b.M"),
        ("a.b.M", "a.b.M"),
        (".a.b.M", "a.b.M"),
        # The fields `Other` and `a` are passed over: one is no type, the other has nothing in it.
        ("Other", "a.Other"),
        ("a.Other", "a.Other"),
        (".c.T", "c.T"),
        # Extensions of option imports are seen, and nothing else of them.
        ("o.x", "o.x"),
    ],
)
def test_found(scopes: Scopes, name: str, full_name: str) -> None:
    found = scopes.resolve(name, "main.proto", "a.b.M.field", is_type=not full_name.endswith("x"))
    assert isinstance(found, Symbol)
    assert found.full_name == full_name


@pytest.mark.parametrize(
    ("name", "resolved", "hidden", "passed"),
    [
        ("Nope", None, None, None),
        ("M.Nope", "a.b.M.Nope", None, None),
        # a.b.c is nearer than the package c.
        ("c.T", "a.b.c.T", None, None),
        ("Far", None, "a.b.Far", None),
        ("h.T", None, "h.T", None),
        ("o.T", None, "o.T", None),
        ("VALUE", None, None, "a.b.M.VALUE"),
        ("S", None, None, "a.b.S"),
    ],
)
def test_missed(scopes: Scopes, name: str, resolved: str | None, hidden: str | None, passed: str | None) -> None:
    found = scopes.resolve(name, "main.proto", "a.b.M.field", is_type=True)
    assert isinstance(found, Miss)
    assert found.full_name == resolved
    assert (found.hidden.full_name if found.hidden else None) == hidden
    assert (found.passed.full_name if found.passed else None) == passed


def test_a_name_in_the_outermost_scope_may_be_no_type(scopes: Scopes) -> None:
    found = scopes.resolve("a", "main.proto", "M.field", is_type=True)
    assert isinstance(found, Symbol)
    assert found.kind is SymbolKind.PACKAGE


def test_the_search_begins_outside_the_element(scopes: Scopes) -> None:
    assert isinstance(scopes.resolve("Inner", "main.proto", "a.b.M"), Miss)
    assert isinstance(scopes.resolve("Inner", "main.proto", "a.b.M.dummy"), Symbol)


def test_what_was_of_use(scopes: Scopes) -> None:
    assert scopes.used("main.proto") == frozenset()
    scopes.resolve(".a.Other", "main.proto", "a.b.M.field")
    assert scopes.used("main.proto") == {"seen.proto"}
    scopes.note_use("main.proto", "options.proto")
    assert scopes.used("main.proto") == {"seen.proto", "options.proto"}
