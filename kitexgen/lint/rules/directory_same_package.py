"""All files of one folder are of one package."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Label
from kitexgen.lint.program import Program
from kitexgen.lint.rule import OPTIONAL, Finding, Rule
from kitexgen.schema.module import Namespace


def check(program: Program) -> Iterator[Finding]:
    first: dict[str, Namespace] = {}
    for module in program.modules:
        for namespace in module.namespaces:
            folder = module.id.path.rpartition("/")[0]
            known = first.setdefault(f"{folder}\0{namespace.scope}", namespace)
            if known.name != namespace.name:
                yield Finding(
                    at=namespace.span,
                    message=f"`{namespace.name}` and `{known.name}` share a folder",
                    also=(Label(known.span, "the other package"),),
                    hint="give each package a folder of its own",
                )


RULE = Rule(
    code="KX0802",
    name="DIRECTORY_SAME_PACKAGE",
    categories=OPTIONAL,
    rationale="Whoever knows the package of one file of a folder knows that of all.",
    check=check,
)
