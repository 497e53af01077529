"""No package includes itself by way of others."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program, package_of
from kitexgen.lint.rule import MINIMAL, Finding, Rule
from kitexgen.schema.module import Module
from kitexgen.schema.order import components


def check(program: Program) -> Iterator[Finding]:
    packages = {module.id: _package(module) for module in program.schema.modules}
    edges: dict[str, dict[str, None]] = {}
    for module in program.schema.modules:
        targets = edges.setdefault(packages[module.id], {})
        targets.update({packages[include.target]: None for include in module.includes})
    cycles = [set(found) for found in components(edges, lambda package: edges.get(package, {})) if len(found) > 1]
    for module in program.modules:
        own = packages[module.id]
        for include in module.includes:
            other = packages[include.target]
            if other != own and any({own, other} <= cycle for cycle in cycles):
                yield Finding(
                    at=include.span,
                    message=f"the packages `{own}` and `{other}` include each other",
                    label="this include is part of the circle",
                    hint="move what both need into a third package",
                )


def _package(module: Module) -> str:
    """Go's package counts: Go alone cannot build a circle."""
    return module.namespace("go") or package_of(module) or module.id.stem


RULE = Rule(
    code="KX0804",
    name="PACKAGE_NO_IMPORT_CYCLE",
    categories=MINIMAL,
    rationale="Go does not compile packages that import each other, so Kitex cannot serve such an IDL.",
    check=check,
)
