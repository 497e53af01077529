"""Which comments document what."""

from __future__ import annotations

import pytest

from kitexgen.idl.parse import parse_text
from kitexgen.idl.thrift import tree as t


def docs(text: str) -> dict[str, str | None]:
    """The documentation of a file under "", and of each definition and member by name."""
    tree, found = parse_text(text, "a.thrift")
    assert [d.code for d in found if d.code != "KX0140"] == []
    said = {"": tree.doc}
    for definition in tree.definitions:
        said[definition.name.text] = definition.doc
        parts: tuple[t.FieldNode | t.EnumMemberNode | t.MethodNode, ...] = ()
        if isinstance(definition, t.RecordNode):
            parts = definition.fields
        elif isinstance(definition, t.EnumNode):
            parts = definition.members
        elif isinstance(definition, t.ServiceNode):
            parts = definition.methods
        said |= {part.name.text: part.doc for part in parts}
    return said


@pytest.mark.parametrize(
    ("text", "name", "doc"),
    [
        ("// a\n// b\nstruct A {}", "A", "a\nb"),
        ("# a\nstruct A {}", "A", "a"),
        ("/// a\nstruct A {}", "A", "a"),
        ("/** a */\nstruct A {}", "A", "a"),
        ("/**\n * a\n *   b\n *\n * c\n */\nstruct A {}", "A", "a\n  b\n\nc"),
        ("/*\n  a\n    b\n*/\nstruct A {}", "A", "a\n  b"),
        ("/**/ struct A {}", "A", None),
        ("/***/ struct A {}", "A", None),
        ("// ----\n\n// a\nstruct A {}", "A", "a"),
        ("// far\n\nstruct A {}", "A", None),
        ("/** far */\n\nstruct A {}", "A", "far"),
        ("struct A { 1: i32 b // c\n 2: i32 d }", "b", "c"),
        ("struct A { 1: i32 b // c\n 2: i32 d }", "d", None),
        ("struct A { 1: i32 b, // c\n 2: i32 d }", "b", "c"),
        ("struct A {\n // a\n 1: i32 b // c\n}", "b", "a"),
        ("struct A {\n // a\n 1: i32 b\n}", "b", "a"),
        ("struct A { /* a */ 1: i32 b, /* c */ 2: i32 d }", "d", "c"),
        ("struct A { // about A\n 1: i32 b }", "b", None),
        ("enum E {\n A = 1; # a\n B /* b */\n}", "A", "a"),
        ("enum E {\n A = 1; # a\n B /* b */\n}", "B", "b"),
        ("service S {\n // f\n void f()\n /** g */\n void g(),\n}", "g", "g"),
        ("const i32 A = 1 // a\n", "A", "a"),
        ("typedef i32 A; // a\n", "A", "a"),
        ("// all\nnamespace py a\n// a\nstruct A {}", "", "all"),
        ("// all\nnamespace py a\n// a\nstruct A {}", "A", "a"),
        ("/* Copyright 2020 */\n\n// all\nnamespace py a", "", "all"),
        ("// Licensed under the Apache License\nnamespace py a", "", None),
        ("// all\n\n// a\nstruct A {}", "", "all"),
        ("// a\nstruct A {}", "", None),
        ("// nothing else", "", "nothing else"),
        ("/** a */ // b\nstruct A {}", "A", "a\nb"),
        ("//\tx\n//\t\ty\nstruct A {}", "A", "x\n        y"),
    ],
)
def test_doc(text: str, name: str, doc: str | None) -> None:
    assert docs(text)[name] == doc
