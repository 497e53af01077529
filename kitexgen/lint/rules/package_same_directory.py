"""All files of one package lie in one folder."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Label
from kitexgen.lint.program import Program
from kitexgen.lint.rule import MINIMAL, Finding, Rule
from kitexgen.schema.module import Namespace
from kitexgen.source.span import Span


def check(program: Program) -> Iterator[Finding]:
    first: dict[str, Namespace] = {}
    for module in program.modules:
        for namespace in module.namespaces:
            known = first.setdefault(f"{namespace.scope}\0{namespace.name}", namespace)
            if _folder(known.span) != _folder(namespace.span):
                yield Finding(
                    at=namespace.span,
                    message=f"the package `{namespace.name}` lies in two folders",
                    also=(Label(known.span, "the other one"),),
                    hint="move the files together, or name another package",
                )


def _folder(span: Span) -> str:
    return span.path.rpartition("/")[0]


RULE = Rule(
    code="KX0803",
    name="PACKAGE_SAME_DIRECTORY",
    categories=MINIMAL,
    rationale="Generated code of one package from two folders lands in one, where file names can clash.",
    check=check,
)
