"""No name is one that Kitex changes in Go."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import STANDARD, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for declaration in program.declarations():
        name = own_name(declaration)
        if name.startswith("New") and name[3:4].isupper():
            reason = "begins with `New`, as Go's constructors do"
        elif name.endswith(("Args", "Result")):
            reason = "ends as the records of arguments and results do"
        else:
            continue
        yield Finding(
            at=declaration.name_span,
            message=f"`{name}` {reason}",
            label=f"is `{name}_` in Go",
            hint="choose another name",
        )


RULE = Rule(
    code="KX0840",
    name="NAME_NO_GO_SUFFIX",
    categories=STANDARD,
    rationale="Kitex runs thriftgo with compatible_names, which puts an underscore behind New…, …Args and …Result.",
    check=check,
    languages=("thrift",),
)
