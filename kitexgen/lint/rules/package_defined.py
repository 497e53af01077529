"""A file says which package its code belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program, package_of
from kitexgen.lint.rule import MINIMAL, Finding, Rule
from kitexgen.source.span import Span


def check(program: Program) -> Iterator[Finding]:
    for module in program.modules:
        if package_of(module) is None and module.declarations:
            at = module.declarations[0].name_span
            what = "package" if module.language == "proto" else "namespace"
            yield Finding(
                at=Span(at.path, at.start, at.end),
                message=f"the file has declarations and no {what}",
                label="the first one",
                hint="add `package NAME;`"
                if module.language == "proto"
                else "add `namespace py NAME` and `namespace go NAME`",
            )


RULE = Rule(
    code="KX0801",
    name="PACKAGE_DEFINED",
    categories=MINIMAL,
    rationale="Without one the package is named after the file, and moving the file renames every generated type.",
    check=check,
)
