"""Packages are written in lower_snake_case, part by part."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import is_lower_snake, to_lower_snake
from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule

# Scopes whose names are packages in lower case; others, such as csharp and php, have ways of their own.
_SCOPES = frozenset({"py", "go", "*", "package"})


def check(program: Program) -> Iterator[Finding]:
    for module in program.modules:
        for namespace in module.namespaces:
            parts = namespace.name.split(".")
            if namespace.scope in _SCOPES and not all(map(is_lower_snake, parts)):
                wanted = ".".join(map(to_lower_snake, parts))
                yield Finding(
                    at=namespace.span,
                    message=f"the package `{namespace.name}` is not in lower_snake_case",
                    hint=f"call it `{wanted}`",
                )


RULE = Rule(
    code="KX0821",
    name="PACKAGE_LOWER_SNAKE_CASE",
    categories=BASIC,
    rationale="A package becomes folders, and some file systems do not tell `User` from `user`.",
    check=check,
)
