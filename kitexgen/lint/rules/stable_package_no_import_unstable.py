"""What is stable includes nothing that is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kitexgen.lint.program import Program, package_of
from kitexgen.lint.rule import OPTIONAL, Finding, Rule

_VERSION = re.compile(r"v[1-9][0-9]*(?P<unstable>(?:alpha|beta|test)[0-9a-z]*|p[0-9]+(?:alpha|beta)[0-9]*)?")


def check(program: Program) -> Iterator[Finding]:
    for module in program.modules:
        package = package_of(module)
        if package is None or _is_unstable(package):
            continue
        for include in module.includes:
            other = package_of(program.schema.module(include.target))
            if other is not None and _is_unstable(other):
                yield Finding(
                    at=include.span,
                    message=f"the stable package `{package}` includes `{other}`, which may change",
                    hint="include a stable version, or mark this package as unstable too",
                )


def _is_unstable(package: str) -> bool:
    version = _VERSION.fullmatch(package.rpartition(".")[2])
    return version is not None and version["unstable"] is not None


RULE = Rule(
    code="KX0845",
    name="STABLE_PACKAGE_NO_IMPORT_UNSTABLE",
    categories=OPTIONAL,
    rationale="A promise to stay the same is worth no more than what it stands on.",
    check=check,
)
