"""`i8`, not `byte`."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Fix
from kitexgen.idl.thrift import tree as t
from kitexgen.lint.places import nodes
from kitexgen.lint.program import Program
from kitexgen.lint.rule import STANDARD, Finding, Rule
from kitexgen.source.edit import TextEdit
from kitexgen.source.span import Span


def check(program: Program) -> Iterator[Finding]:
    for path, tree in program.trees.items():
        for node in nodes(tree, t.BaseTypeNode):
            if node.name == "byte":
                at = Span(path, node.span.start, node.span.start + len("byte"))
                yield Finding(
                    at=at,
                    message="`byte` is the old name of `i8`",
                    hint="write `i8`; it is the same type",
                    fix=Fix(title="write `i8`", path=path, edits=(TextEdit(at.start, at.end, "i8"),)),
                )


RULE = Rule(
    code="KX0826",
    name="NO_BYTE",
    categories=STANDARD,
    rationale="`byte` suggests 0 to 255 and is signed; `i8` says what it is.",
    check=check,
    is_fixable=True,
    languages=("thrift",),
)
