"""Tokens of Protobuf: kinds by place, dotted names in one piece, and what no token can be."""

from __future__ import annotations

import pytest

from kitexgen.diagnostics.diagnostic import Severity
from kitexgen.idl.proto.lexer import lex


def kinds(text: str) -> list[str]:
    """Each token as its kind, with its text when that says more."""
    lexed = lex(text, "a.proto")
    assert [found.message for found in lexed.diagnostics] == []
    return [token.kind if token.kind == token.text else f"{token.kind} {token.text}" for token in lexed.tokens]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("message option", "MESSAGE message|NAME option"),
        ("rpc rpc (stream stream) returns", "RPC rpc|NAME rpc|(|STREAM stream|NAME stream|)|RETURNS returns"),
        ("rpc a(b) returns (stream)", "RPC rpc|NAME a|(|NAME b|)|RETURNS returns|(|STREAM stream|)"),
        ("(stream", "(|NAME stream"),
        ("option (stream) = to", "OPTION option|(|NAME stream|)|=|NAME to"),
        ("{ reserved 1 to max", "{|RESERVED reserved|INT 1|TO to|MAX max"),
        ("{ to 1 max", "{|NAME to|INT 1|NAME max"),
        ("{ optional group Group", "{|LABEL optional|GROUP group|NAME Group"),
        ("{ map<map, string> map", "{|MAP map|<|NAME map|,|NAME string|>|NAME map"),
        ("{ map /* of */ < a", "{|MAP map|<|NAME a"),
        ("{ map map = 1", "{|NAME map|NAME map|=|INT 1"),
        ("export message A", "VISIBILITY export|MESSAGE message|NAME A"),
        ("{ local enum E", "{|VISIBILITY local|ENUM enum|NAME E"),
        ("{ export message = 1", "{|NAME export|NAME message|=|INT 1"),
        ("{ optional.a.B c", "{|LABEL optional|PATH .a.B|NAME c"),
        ("{ message.B c", "{|MESSAGE message|PATH .B|NAME c"),
        ("a.b .c . d", "PATH a.b.c.d"),
        (". a . b c", "PATH .a.b|NAME c"),
        ("(a.b).c.(d).e", "(|PATH a.b|)|PATH .c|.|(|NAME d|)|PATH .e"),
        ("0 07 0xfF 1", "INT 0|INT 07|INT 0xfF|INT 1"),
        ("0. .5 1e5 1.5E-3 0.0", "FLOAT 0.|FLOAT .5|FLOAT 1e5|FLOAT 1.5E-3|FLOAT 0.0"),
        ("-1 - .5", "-|INT 1|-|FLOAT .5"),
        (r"'a\'' 'b\x1\101\u00e9\U0010ffff'", r"STRING 'a\''|STRING 'b\x1\101\u00e9\U0010ffff'"),
        ("[type.googleapis.com/a.B]", "URL [type.googleapis.com/a.B]"),
        ("[a /* b */ ]", "[|NAME a|]"),
        ("\ufeffa", "NAME a"),
        ("a/*/b*/c", "NAME a|NAME c"),
    ],
)
def test_kinds(text: str, expected: str) -> None:
    assert kinds(text) == expected.split("|")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("1f", ["KX0603"]),
        ("08", ["KX0603"]),
        ("0x", ["KX0603"]),
        ("1.2.3", ["KX0603"]),
        ("1e+", ["KX0603", "KX0601"]),
        ("a.5", ["KX0603"]),
        ("é", ["KX0602"]),
        ("a # b", ["KX0601"]),
        ("a = { b # c @ ? { # } d }", ["KX0601"]),
        ("a \0 b", ["KX0601"]),
        ("a /* b", ["KX0604"]),
        ("/* a /* b */", ["KX0605"]),
        ("/* a \0 /* b */ c", ["KX0601"]),
        ("// a \0 b", ["KX0601"]),
        ('"a', ["KX0606"]),
        ('"a\nb"', ["KX0606", "KX0606"]),
        (r'"\q\x\u12\U00200000"', ["KX0607", "KX0607", "KX0607", "KX0607"]),
        ("<<<<<<< a", ["KX0608"]),
    ],
)
def test_what_is_no_token(text: str, codes: list[str]) -> None:
    assert [found.code for found in lex(text, "a.proto").diagnostics] == codes


def test_a_hash_hides_the_rest_of_its_message() -> None:
    lexed = lex("option a = { b: 1 # c { d } # \n e }; f # g\nh", "a.proto")
    assert [token.text for token in lexed.tokens] == ["option", "a", "=", "{", "b", ":", "1", "}", ";", "f", "h"]
    assert [found.severity for found in lexed.diagnostics] == [Severity.ERROR, Severity.WARNING]


def test_gaps_are_those_with_comments() -> None:
    text = "a /* b */ c\n// d\ne f // g\n"
    lexed = lex(text, "a.proto")
    shown = {text[start:end].strip() for start, end in lexed.gap_after.items()}
    assert shown == {"/* b */", "// d", "// g"}
    assert {end: start for start, end in lexed.gap_after.items()} == lexed.gap_before
