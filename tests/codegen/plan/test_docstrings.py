"""Docstrings and comments: any text is safe, and black leaves it alone."""

from __future__ import annotations

import ast

import black
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.codegen.plan.docstrings import comment, docstring
from tests.builders.schemas import annotated

ORIGIN = "Declared in user.thrift:1."
# What has broken docstrings: quotes, backslashes, line ends of all kinds, directives, characters that do not print.
PIECES = st.sampled_from(
    [
        '"',
        '"""',
        "'",
        "\\",
        "\\n",
        "\n",
        "\r\n",
        "\t",
        " ",
        "word",
        "\x0c",
        "\u2028",
        "\xa0",
        "\ud800",
        "é",
        "類",
        "{",
        "%s",
    ]
)
TEXTS = st.text() | st.lists(PIECES, max_size=12).map("".join)


def in_class(lines: list[str]) -> str:
    return "\n".join(["class A:", *lines, ""])


@given(TEXTS, st.sampled_from([None, "use B", "1"]))
def test_any_text_makes_a_docstring(doc: str, deprecated: str | None) -> None:
    notes = annotated() if deprecated is None else annotated(deprecated=deprecated)
    source = in_class(docstring(doc, ORIGIN, indent=4, annotations=notes))
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.ClassDef)
    said = ast.get_docstring(node)
    assert said is not None
    assert said.endswith(ORIGIN)
    assert ("Deprecated" in said) >= (deprecated is not None)
    assert black.format_str(source, mode=black.Mode()) == source


@given(TEXTS)
def test_any_text_makes_a_comment(doc: str) -> None:
    source = "\n".join([*comment(doc), "x = 1", ""])
    assert len(ast.parse(source).body) == 1
    assert black.format_str(source, mode=black.Mode()) == source.lstrip("\n")


def test_words_arrive() -> None:
    assert docstring(' Says "hi"\\.\n   More.\n     Inner.\n', ORIGIN, indent=0) == [
        '"""Says "hi"\\\\.',
        "More.",
        "  Inner.",
        "",
        ORIGIN,
        '"""',
    ]
    assert docstring(None, ORIGIN, indent=4) == [f'    """{ORIGIN}"""']
    assert docstring("", ORIGIN, indent=0, annotations=annotated(deprecated="use B.")) == [
        '"""Deprecated: use B.',
        "",
        ORIGIN,
        '"""',
    ]


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ("type: ignore", "# type : ignore"),
        ("see # noqa: E501", "# see # no-qa : E501"),
        ("fmt: off", "# fmt : off"),
        ("pyright: basic", "# pyright : basic"),
        ("-*- coding: latin-1 -*-", "# -*- coding : latin-1 -*-"),
        ("a\n\nb", "# a|#|# b"),
    ],
)
def test_comments_instruct_nobody(doc: str, expected: str) -> None:
    assert "|".join(comment(doc)) == expected
