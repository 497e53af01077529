"""All files of one package name the same Go package."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program, package_of
from kitexgen.lint.rule import BASIC, Finding, Rule
from kitexgen.schema.annotations import option
from kitexgen.schema.module import Module


def check(program: Program) -> Iterator[Finding]:
    first: dict[str, tuple[Module, str]] = {}
    for module in program.modules:
        package = package_of(module)
        value = option(module.options, "go_package")
        given = value if isinstance(value, str) else ""
        if package is None:
            continue
        known, other = first.setdefault(package, (module, given))
        if given != other:
            at = next((each.span for each in module.options if each.name == "go_package"), module.namespaces[0].span)
            yield Finding(
                at=at,
                message=f"`go_package` is `{given}` here and `{other}` in `{known.id.path}`",
                hint="give all files of the package the same",
            )


RULE = Rule(
    code="KX0867",
    name="PACKAGE_SAME_GO_PACKAGE",
    categories=BASIC,
    rationale="Kitex puts the code of one package into two then, which must not import each other.",
    check=check,
    languages=("proto",),
)
