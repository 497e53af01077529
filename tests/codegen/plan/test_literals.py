"""Literals: they evaluate to the value, and black has nothing to add."""

from __future__ import annotations

import ast

import black
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.codegen.plan.literals import bytes_literal, float_literal, string_literal

ANY_TEXT = st.text() | st.text(st.characters(categories=["Cs", "Cc", "Zl", "Lu"]) | st.sampled_from("'\"\\"))


def evaluated(literal: str) -> object:
    # repr of an infinity is no literal, and the only call among these.
    return float(literal[7:-2]) if literal.startswith("float(") else ast.literal_eval(literal)


def is_blacks(literal: str) -> bool:
    source = f"x = f(\n    {literal},\n)\n"
    return black.format_str(source, mode=black.Mode()) == source


@given(ANY_TEXT)
def test_strings(text: str) -> None:
    literal = string_literal(text)
    assert evaluated(literal) == text
    assert literal.isprintable()
    assert is_blacks(literal)


@given(st.binary())
def test_bytes(data: bytes) -> None:
    literal = bytes_literal(data)
    assert evaluated(literal) == data
    assert literal.isascii()
    assert is_blacks(literal)


@given(st.floats(allow_nan=False))
def test_floats(value: float) -> None:
    literal = float_literal(value)
    assert evaluated(literal) == value
    assert is_blacks(literal)
