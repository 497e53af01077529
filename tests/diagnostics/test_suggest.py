"""The nearest spelling: what is meant, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.diagnostics.suggest import nearest

CASES = [
    ("strnig", ["string", "struct", "strict"], "string"),  # neighbours swapped
    ("strin", ["string", "struct"], "string"),
    ("requierd", ["required", "optional"], "required"),
    ("USER", ["User", "Users"], "User"),  # letter case alone
    ("usr", ["User", "Usage"], "User"),
    ("chek", ["check", "gen", "new"], "check"),
    ("colour", ["color", "colors"], "color"),
    ("id", ["at", "of"], None),
    ("x", ["y", "z"], None),
    ("completely", ["different", "words"], None),
    ("name", ["name"], None),  # never the name itself
    ("", ["a"], None),
    ("abcdef", [], None),
    ("cat", ["bat", "car"], "bat"),  # equally near: the first by name
    ("cat", ["car", "bat"], "bat"),
]


@pytest.mark.parametrize(("name", "candidates", "expected"), CASES)
def test_nearest(name: str, candidates: list[str], expected: str | None) -> None:
    assert nearest(name, candidates) == expected


@given(st.text(max_size=8), st.sets(st.text(max_size=8), max_size=6))
def test_answer_is_a_candidate_and_order_does_not_matter(name: str, candidates: set[str]) -> None:
    answer = nearest(name, sorted(candidates))
    assert answer is None or answer in candidates - {name}
    assert answer == nearest(name, sorted(candidates, reverse=True))
