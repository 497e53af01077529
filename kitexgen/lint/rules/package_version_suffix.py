"""The last part of a package is a version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kitexgen.lint.program import Program
from kitexgen.lint.rule import STANDARD, Finding, Rule

_VERSION = re.compile(r"v[1-9][0-9]*(?:p[1-9][0-9]*)?(?:(?:alpha|beta)[1-9][0-9]*|test[0-9a-z]*)?")


def check(program: Program) -> Iterator[Finding]:
    for module in program.modules:
        for namespace in module.namespaces:
            if _VERSION.fullmatch(namespace.name.rpartition(".")[2]) is None:
                yield Finding(
                    at=namespace.span,
                    message=f"the package `{namespace.name}` does not end in a version",
                    hint=f"call it `{namespace.name}.v1`",
                )


RULE = Rule(
    code="KX0866",
    name="PACKAGE_VERSION_SUFFIX",
    categories=STANDARD,
    rationale="What cannot change compatibly goes into the next version, beside this one.",
    check=check,
    languages=("proto",),
)
