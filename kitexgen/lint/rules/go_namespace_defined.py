"""A Thrift file names its Go package."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Fix
from kitexgen.lint.program import Program
from kitexgen.lint.rule import STANDARD, Finding, Rule
from kitexgen.source.edit import TextEdit


def check(program: Program) -> Iterator[Finding]:
    for module in program.modules:
        if module.namespaces and module.namespace("go", "*") is None:
            last = module.namespaces[-1]
            name = last.name
            at = last.span.end
            edit = TextEdit(at, at, f"\nnamespace go {name}")
            yield Finding(
                at=last.span,
                message="the file has no `namespace go`",
                hint=f"add `namespace go {name}`",
                fix=Fix(title=f"add `namespace go {name}`", path=module.id.path, edits=(edit,)),
            )


RULE = Rule(
    code="KX0805",
    name="GO_NAMESPACE_DEFINED",
    categories=STANDARD,
    rationale="Kitex names the Go package after the file then, so two files of one package become two.",
    check=check,
    languages=("thrift",),
)
