"""Layout: what black would make of it, without black."""

from __future__ import annotations

import black
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.codegen.plan.fitting import (
    Bracket,
    Expression,
    assigned,
    columns,
    fits,
    flat,
    laid_out,
    signature,
    tuple_of,
)

ATOMS = st.integers(1, 60).map(lambda size: '"' + "a" * size + '"') | st.integers().map(str)
NAMES = st.integers(1, 60).map(lambda size: "n" * size)


def brackets(items: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    plain = st.lists(items.map(lambda item: ("", item)), max_size=6).map(tuple)
    entries = st.lists(st.tuples(ATOMS.map(lambda key: f"{key}: "), items), min_size=1, max_size=6).map(tuple)
    given_by_name = st.lists(st.tuples(NAMES.map(lambda name: f"{name}="), items), min_size=1, max_size=6).map(tuple)
    return st.one_of(
        plain.map(lambda inner: Bracket("(", inner, ")")),
        plain.map(lambda inner: Bracket("[", inner, "]")),
        entries.map(lambda inner: Bracket("{", inner, "}")),
        given_by_name.map(lambda inner: Bracket("Leaf(", inner, ")")),
        entries.map(lambda inner: Bracket("frozenset(", (("", Bracket("{", inner, "}")),), ")")),
    )


EXPRESSIONS = st.recursive(ATOMS, brackets, max_leaves=12)


@given(EXPRESSIONS.filter(lambda expression: not isinstance(expression, str)), st.sampled_from([0, 4]))
def test_brackets_are_blacks(expression: Expression, indent: int) -> None:
    lines = laid_out(expression, before="value = ", indent=indent)
    if fits(lines):
        source = "\n".join([*(["class A:"] if indent else []), *lines, ""])
        assert black.format_str(source, mode=black.Mode()) == source


@given(NAMES, st.integers(0, 2))
def test_assignments_are_blacks(name: str, depth: int) -> None:
    lines = assigned(f"self.{name} = ", name, indent=4)
    if fits(lines):
        source = "\n".join(["class A:", *lines, ""])
        assert black.format_str(source, mode=black.Mode()) == source


HINTS = st.one_of(NAMES, NAMES.map(lambda name: f"list[{name}]"))
PARAMETERS = st.lists(
    st.tuples(NAMES, HINTS).map(lambda pair: f"{pair[0]}: {pair[1]}")
    | st.tuples(NAMES, HINTS).map(lambda pair: f"{pair[0]}: {pair[1]} | None = None"),
    max_size=4,
)


@given(PARAMETERS, st.one_of(HINTS, HINTS.map(lambda hint: f"Awaitable[{hint}] | {hint}")))
def test_signatures_are_blacks(parameters: list[str], result: str) -> None:
    lines = signature(
        "def method(", ["self", "*", *parameters] if parameters else ["self"], f") -> {result}:", indent=4
    )
    if fits(lines):
        source = "\n".join(["class A:", *lines, "        pass", ""])
        assert black.format_str(source, mode=black.Mode()) == source


def test_a_tuple_of_one() -> None:
    assert flat(tuple_of(["1"])) == "(1,)"
    assert flat(tuple_of([])) == "()"


def test_columns() -> None:
    assert (columns("abc"), columns("類"), columns("e\u0301")) == (3, 2, 1)
