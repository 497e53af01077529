"""Tokens, comments and what cannot be either."""

from __future__ import annotations

import time

import pytest

from kitexgen.idl.thrift.lexer import lex


def words(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in lex(text, "a.thrift").tokens]


def codes(text: str) -> list[tuple[str, int, int]]:
    found = lex(text, "a.thrift").diagnostics
    return [(d.code, d.at.span.start, d.at.span.end) for d in found if d.at is not None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b.c", [("NAME", "a.b.c")]),
        ("a.1", [("NAME", "a.1")]),
        ("i32x i32", [("NAME", "i32x"), ("BASE", "i32")]),
        (
            "list<list<i32>>",
            [("LIST", "list"), ("<", "<"), ("LIST", "list"), ("<", "<"), ("BASE", "i32"), (">", ">"), (">", ">")],
        ),
        ("struct union exception", [("RECORD", "struct"), ("RECORD", "union"), ("RECORD", "exception")]),
        ("Struct TRUE true", [("NAME", "Struct"), ("NAME", "TRUE"), ("NAME", "true")]),
        ("1 -2 +3 010 0x1F -0xff 0o17", [("INT", n) for n in ("1", "-2", "+3", "010", "0x1F", "-0xff", "0o17")]),
        ("1.5 .5 1e10 -1.5E-3 1e+2", [("DOUBLE", n) for n in ("1.5", ".5", "1e10", "-1.5E-3", "1e+2")]),
        ("1.5.5", [("DOUBLE", "1.5"), ("DOUBLE", ".5")]),
        ("e10", [("NAME", "e10")]),
        ("[A -1]", [("[", "["), ("NAME", "A"), ("INT", "-1"), ("]", "]")]),
        ("[A-1]", [("[", "["), ("NAME", "A"), ("INT", "-1"), ("]", "]")]),
        (r'"a\"b" ' + r"'c\'d'", [("LITERAL", r'"a\"b"'), ("LITERAL", r"'c\'d'")]),
        ("\"it's\" '\"'", [("LITERAL", '"it\'s"'), ("LITERAL", "'\"'")]),
        ("a/* b */c // d\n#e\nf", [("NAME", "a"), ("NAME", "c"), ("NAME", "f")]),
        ("/* a /* b */ c", [("NAME", "c")]),
        ("/**/ /***/ /*/ a */ b", [("NAME", "b")]),
        ("a\x0bb\rc\td", [("NAME", "a"), ("NAME", "b"), ("NAME", "c"), ("NAME", "d")]),
    ],
)
def test_tokens(text: str, expected: list[tuple[str, str]]) -> None:
    assert words(text) == expected
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeffa", [("KX0008", 0, 1)]),
        ("a ! b", [("KX0101", 2, 3)]),
        ("a %%% b", [("KX0101", 2, 5)]),
        ("a，b", [("KX0101", 1, 2)]),
        ("a\x0cb", [("KX0102", 1, 2)]),
        ("a\u00a0b", [("KX0102", 1, 2)]),
        ("a\u200bb", [("KX0102", 1, 2)]),
        ("\x00", [("KX0102", 0, 1)]),
        ("a-b", [("KX0103", 0, 3)]),
        ("a$b", [("KX0103", 0, 3)]),
        ("Á", [("KX0103", 0, 1)]),
        ("a. b", [("KX0103", 0, 2)]),
        ("a..b", [("KX0103", 0, 4)]),
        ("b /* a", [("KX0104", 2, 4)]),
        ('"abc', [("KX0105", 0, 1)]),
        ('"abc\\', [("KX0105", 0, 1)]),
        ('"a\nb"', [("KX0105", 0, 2)]),
        ("0XFF", [("KX0109", 0, 4)]),
        ("0xG", [("KX0109", 0, 3)]),
        ("0x1G", [("KX0109", 0, 4)]),
        ("0o8", [("KX0109", 0, 3)]),
        ("1. ", [("KX0109", 0, 2)]),
    ],
)
def test_what_is_no_token(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert codes(text) == expected


def test_what_is_no_token_does_not_hide_what_follows() -> None:
    assert words("struct A$ { 1： i32 b!, }") == [
        ("RECORD", "struct"),
        ("NAME", "A$"),
        ("{", "{"),
        ("INT", "1"),
        (":", ":"),
        ("BASE", "i32"),
        ("NAME", "b"),
        (",", ","),
        ("}", "}"),
    ]


def test_a_forgotten_quote_costs_one_line() -> None:
    text = 'const string A = "a\nconst string B = "b"\n'
    assert codes(text) == [("KX0105", 17, 18)]
    assert [word for _, word in words(text)][5:] == ["const", "string", "B", "=", '"b"']


def test_annotation_values_may_run_over_lines() -> None:
    text = "struct A { 1: i32 b (k = \"x\ny\", l = '\n') }"
    assert codes(text) == []
    assert ("LITERAL", '"x\ny"') in words(text)


def test_comments_before_and_behind() -> None:
    lexed = lex("/** a */ x, // b\n# c\ny /* d */", "a.thrift")
    x, _, y = lexed.tokens
    assert [comment.text for comment in lexed.leading[x.start]] == ["/** a */"]
    assert [comment.text for comment in lexed.trailing[x.end]] == ["// b"]
    assert [comment.text for comment in y.comments] == ["// b", "# c"]
    assert [comment.text for comment in lexed.trailing[y.end]] == ["/* d */"]
    assert [comment.is_doc for comment in lexed.comments] == [True, False, False, False]


@pytest.mark.parametrize(
    "text",
    [
        '"\n' * 30_000,
        '"\\"\n' * 30_000 + '"x',
        "\"'\n" * 30_000,
        "/*" * 30_000,
        "a." * 30_000,
        "a-" * 30_000,
        "9" * 60_000,
    ],
    ids=["quotes", "escaped quotes", "both quotes", "comments", "dots", "dashes", "digits"],
)
def test_time_is_linear(text: str) -> None:
    started = time.process_time()
    lex(text, "a.thrift")
    # A second a megabyte on a slow machine; what is quadratic takes minutes.
    assert time.process_time() - started < 5
