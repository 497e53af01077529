"""Which comments belong to which declaration; the cases of protoc's `CommentsTest`, and its odd ones."""

from __future__ import annotations

import pytest

from kitexgen.idl.proto import tree as t
from kitexgen.idl.proto.comments import split
from kitexgen.idl.proto.grammar import parse


@pytest.mark.parametrize(
    ("text", "following", "trailing", "detached", "leading"),
    [
        (" // a\n", "x", " a\n", [], None),
        ("\n// a\n", "x", None, [], " a\n"),
        ("\n// a\n// b\n", "x", None, [], " a\n b\n"),
        (" // a\n// b\n", "x", " a\n", [], " b\n"),
        ("\n// a\n\n", "x", " a\n", [], None),
        ("\n// a\n\n// b\n\n// c\n", "x", " a\n", [" b\n"], " c\n"),
        ("\n\n// a\n\n// b\n", "x", None, [" a\n"], " b\n"),
        ("\n// a\n", "}", " a\n", [], None),
        ("\n// a\n", "", " a\n", [], None),
        (" // a", "", " a", [], None),
        ("\n/* a */ /* b */\n", "x", " a ", [], " b "),
        ("\n/* a */\n// b\n", "x", " a ", [], " b\n"),
        (" /* a */ ", "x", None, [" a "], None),
        (" /* a */ /* b */ ", "x", " a ", [], " b "),
        (" /* a\n */ ", "x", None, [" a\n"], None),
        ("\n/* a\n * b\n *c\n   d\n */\n", "x", None, [], " a\n b\nc\nd\n"),
        ("\n/**/\n", "x", None, [], ""),
        ("\n// a\r\n", "x", None, [], " a\r\n"),
    ],
)
def test_comments_between_two_tokens(
    text: str, following: str, trailing: str | None, detached: list[str], leading: str | None
) -> None:
    gap = split(text, following, is_first=False)
    assert (gap.trailing, gap.detached, gap.leading) == (trailing, detached, leading)


def test_nothing_before_the_first_token_trails() -> None:
    gap = split("// a\n\n// b\n", "x", is_first=True)
    assert (gap.trailing, gap.detached, gap.leading) == (None, [" a\n"], " b\n")


def test_comments_of_declarations() -> None:
    text = """
// licence

// of syntax
syntax = "proto3"; // behind syntax

// of A
message A { // behind A
  // apart

  // of b
  int32 b = 1; // behind b
  // of C
  enum C {
    // of D
    D = 0; // behind D
  }
}
"""
    tree, found = parse(text, "a.proto")
    assert found == ()
    assert tree.syntax is not None
    assert tree.syntax.comments == t.Comments(
        detached=(" licence\n",), leading=" of syntax\n", trailing=" behind syntax\n"
    )
    (message,) = tree.items
    assert isinstance(message, t.MessageNode)
    assert message.comments == t.Comments(leading=" of A\n", trailing=" behind A\n")
    field, enum = message.items
    assert field.comments == t.Comments(detached=(" apart\n",), leading=" of b\n", trailing=" behind b\n")
    assert isinstance(enum, t.EnumNode)
    assert enum.items[0].comments == t.Comments(leading=" of D\n", trailing=" behind D\n")


def test_an_empty_statement_passes_detached_comments_on() -> None:
    tree, _ = parse('syntax = "proto3";\n// a\n\n// b\n;\n// c\n\n// d\n\n// e\nmessage A {}', "a.proto")
    assert tree.items[0].comments == t.Comments(detached=(" d\n",), leading=" e\n")
    tree, _ = parse('syntax = "proto3";\n\n// a\n\n// b\n; message A {}', "a.proto")
    assert tree.items[0].comments == t.Comments(detached=(" a\n",))
