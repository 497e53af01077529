"""Whatever the text, lexer and parser of Protobuf answer with diagnostics, in bounded time."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from kitexgen.diagnostics.diagnostic import Severity
from kitexgen.idl.encoding import decode
from kitexgen.idl.proto.grammar import parse
from kitexgen.idl.proto.keywords import STATEMENT_WORDS
from kitexgen.idl.proto.lexer import lex
from kitexgen.idl.proto.locations import locations

SAMPLE = """\
syntax = "proto2";
package demo.v1;
import public "google/protobuf/any.proto";
option (demo.settings) = { name: "x" sizes: [1, 2] inner < a: -1 > [t.com/demo.X] {} };
// A user.
message User {
  optional string name = 1 [default = "x\\n", json_name = "n", (a).b = true]; // behind
  map<string, .demo.v1.User> friends = 2;
  repeated group Result = 3 { optional int32 a = 1; }
  oneof contact { string mail = 4; Phone phone = 5; }
  message Phone { required uint64 number = 1; }
  extensions 100 to 199, 500 to max [verification = UNVERIFIED];
  reserved 20, 30 to 40; reserved "old";
  enum Kind { option allow_alias = true; NONE = 0; ZERO = 0x0; NEGATIVE = -1; }
}
extend User { optional bool extra = 100; }
service Users {
  rpc Get(User) returns (stream User) { option deprecated = true; }
  rpc Put(stream User) returns (User);
}
"""
WORDS = st.sampled_from(
    [
        *STATEMENT_WORDS,
        *("map", "stream", "returns", "to", "max", "export", "local", "default", "int32", "string"),
        *"{}()[]<>,;:=-./+@#'\"\\",
        *(
            "A",
            "b.c",
            ".d",
            "1",
            "0x",
            "08",
            "1.5",
            "1f",
            "'x'",
            '"y"',
            "//",
            "/*",
            "*/",
            "\n",
            "\t",
            "é",
            "，",
            "[a/b]",
        ),
    ]
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 20), WORDS), min_size=1, max_size=6)


def check(text: str) -> None:
    started = time.process_time()
    tree, found = parse(text, "a.proto")
    # A hundred times what the slowest of these takes on a slow machine; a loop would never come back.
    assert time.process_time() - started < 5
    for diagnostic in found:
        assert diagnostic.at is not None
        for label in (diagnostic.at, *diagnostic.also):
            assert 0 <= label.span.start <= label.span.end <= len(text)
    if not any(diagnostic.severity is Severity.ERROR for diagnostic in found):
        assert locations(tree, text)


def test_the_sample_is_whole() -> None:
    assert parse(SAMPLE, "a.proto")[1] == ()


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


@settings(max_examples=300, deadline=None)
@given(EDITS)
def test_broken_files(edits: list[tuple[float, int, str]]) -> None:
    text = SAMPLE
    for place, length, word in edits:
        at = int(place * len(text))
        text = text[:at] + word + text[at + length :]
    check(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_tokens_are_cut_from_the_text_in_order(text: str) -> None:
    end = 0
    for token in lex(text, "a.proto").tokens:
        assert end <= token.start < token.end <= len(text)
        end = token.end
