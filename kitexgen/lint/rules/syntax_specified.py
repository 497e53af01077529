"""A file says its syntax or edition."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Fix
from kitexgen.idl.proto.tree import FileNode
from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule
from kitexgen.source.edit import TextEdit
from kitexgen.source.span import Span


def check(program: Program) -> Iterator[Finding]:
    for path, tree in program.trees.items():
        if isinstance(tree, FileNode) and tree.syntax is None:
            yield Finding(
                at=Span(path, 0, 0),
                message="the file says neither syntax nor edition, so it is proto2",
                hint='write `syntax = "proto2";` at the top, or a newer one',
                fix=Fix(
                    title='write `syntax = "proto2";`', path=path, edits=(TextEdit(0, 0, 'syntax = "proto2";\n\n'),)
                ),
            )


RULE = Rule(
    code="KX0861",
    name="SYNTAX_SPECIFIED",
    categories=BASIC,
    rationale="proto2 and proto3 differ in what a field that was not set means; protoc takes proto2 and warns.",
    check=check,
    is_fixable=True,
    languages=("proto",),
)
