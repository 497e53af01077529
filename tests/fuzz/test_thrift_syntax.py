"""Whatever the text, lexer and parser answer with diagnostics, in bounded time."""

from __future__ import annotations

import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kitexgen.idl.encoding import decode
from kitexgen.idl.parse import parse_text
from kitexgen.idl.thrift.keywords import KEYWORDS
from kitexgen.idl.thrift.lexer import lex

SAMPLES = [
    path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parents[2] / "idl_samples").rglob("*.thrift"))
]
WORDS = st.sampled_from(
    [
        *KEYWORDS,
        *"{}()[]<>,;:=&*@!-.#/'\"\\",
        "A",
        "b.c",
        "1",
        "-2",
        "0x",
        "1.5",
        "'x'",
        '"y"',
        "//",
        "/*",
        "*/",
        "\n",
        "é",
        "，",
    ]
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 20), WORDS), min_size=1, max_size=6)


def check(text: str) -> None:
    started = time.process_time()
    tree, found = parse_text(text, "a.thrift")
    # A hundred times what the slowest of these takes on a slow machine; a loop would never come back.
    assert time.process_time() - started < 5
    for diagnostic in found:
        assert diagnostic.at is not None
        for label in (diagnostic.at, *diagnostic.also):
            assert 0 <= label.span.start <= label.span.end <= len(text)
    assert all(definition.name.text for definition in tree.definitions)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    check(text)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    check(decode(data).text)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=80))
def test_any_words(words: list[str]) -> None:
    check(" ".join(words))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SAMPLES), EDITS)
def test_broken_files(text: str, edits: list[tuple[float, int, str]]) -> None:
    for place, length, word in edits:
        at = int(place * len(text))
        text = text[:at] + word + text[at + length :]
    check(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_tokens_and_comments_are_cut_from_the_text_in_order(text: str) -> None:
    lexed = lex(text, "a.thrift")
    end = 0
    for token in lexed.tokens:
        assert end <= token.start < token.end <= len(text)
        end = token.end
    for comment in lexed.comments:
        assert text[comment.start : comment.end] == comment.text
