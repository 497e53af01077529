"""A comment may stand between any two tokens: it is kept, the text still says the same, and twice is once."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kitexgen.fmt import FormatOptions, format_text
from kitexgen.idl.proto import lexer as proto_lexer
from kitexgen.idl.thrift import lexer as thrift_lexer

THRIFT = """
namespace py a.b
include "b.thrift"
const map<i32, list<string>> M = {1: ["a", 'b'], 2: []};
typedef list<i64> (k = "v") Ids
enum E { A = 1, B (x = "y"); C }
struct S { 1: required i32 a = -1, 2: optional map<string, set<b.T>> m = {} (p.q = "r", s = "t"); string c } (z = "1")
union U {}
service V extends b.W { oneway void f(1: i32 a, 2: S s) throws (1: X x) (k = "v"), list<S> g() ; }
"""

PROTO = """
syntax = "proto2";
package a.b;
import public "c.proto";
option (x.y).z = { a: 1, b { c: "d" "e" } f: [1, -2], g < h: true > };
message M { reserved 1, 3 to 5; reserved "x"; optional int32 a = 10 [default = -1, (o) = { p: q }];
  map<string, .a.N> m = 11; oneof k { string s = 12; } repeated group G = 13 { optional bool b = 1; }
  extensions 100 to max; enum E { A = 0; B = 1 [deprecated = true]; } ; }
extend M { optional string t = 100; }
service S { rpc F(stream M) returns (.a.b.M) { option deprecated = true; } rpc G(M) returns (M); }
"""

COMMENTS = st.sampled_from(
    [" /* c */ ", "/**/", " // c\n", "\n// c\n", "\n\n// c\n\n", " /* c\n   d */ ", "\n/** c\n * d */\n", "\n\n"]
)
OPTIONS = st.builds(
    FormatOptions, width=st.sampled_from([40, 100]), indent=st.sampled_from([0, 2]), align=st.booleans()
)


def scattered(text: str, ends: list[int], comments: list[tuple[int, str]]) -> str:
    """`text` with each comment behind the token that its number, modulo how many there are, says."""
    pieces = sorted((ends[at % len(ends)], comment) for at, comment in comments)
    at, out = 0, []
    for end, comment in pieces:
        out += (text[at:end], comment)
        at = end
    return "".join((*out, text[at:]))


TABS = FormatOptions(width=40, indent=0, align=False)
ALIGNED = FormatOptions(width=100, indent=0, align=True)
PLACES = st.lists(st.tuples(st.integers(0, 999), COMMENTS), max_size=6)


@settings(max_examples=60)
@given(PLACES, OPTIONS)
@example([(84, " // c\n"), (85, " // c\n")], TABS)  # in and behind the braces of an empty map
@example([(94, "\n// c\n")], ALIGNED)  # before a separator
def test_in_thrift(comments: list[tuple[int, str]], options: FormatOptions) -> None:
    ends = [token.end for token in thrift_lexer.lex(THRIFT, "a").tokens]
    check(scattered(THRIFT, ends, comments), "a.thrift", options)


@settings(max_examples=60)
@given(PLACES, OPTIONS)
@example([(49, " // c\n"), (49, "\n/** c\n * d */\n")], TABS)  # before the first of many numbers
@example([(127, " // c\n"), (127, "\n/** c\n * d */\n")], TABS)  # before options
def test_in_protobuf(comments: list[tuple[int, str]], options: FormatOptions) -> None:
    ends = [token.end for token in proto_lexer.lex(PROTO, "a").tokens]
    check(scattered(PROTO, ends, comments), "a.proto", options)


def check(text: str, path: str, options: FormatOptions) -> None:
    once = format_text(text, path, options)
    assert once.text is not None, once.errors
    assert format_text(once.text, path, options).text == once.text
