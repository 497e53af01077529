"""A file lies in the folder that its package names."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program
from kitexgen.lint.rule import MINIMAL, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for module in program.modules:
        for namespace in module.namespaces:
            wanted = namespace.name.replace(".", "/")
            # As others import it, or where it lies when nobody said where imports begin.
            folder = (module.import_path or module.id.path).rpartition("/")[0]
            if not any(f"/{path}".endswith(f"/{wanted}") for path in (folder, module.id.path.rpartition("/")[0])):
                yield Finding(
                    at=namespace.span,
                    message=f"the package is `{namespace.name}`, and the folder `{folder or '.'}`",
                    hint=f"move the file to a folder `{wanted}`",
                )


RULE = Rule(
    code="KX0860",
    name="PACKAGE_DIRECTORY_MATCH",
    categories=MINIMAL,
    rationale="Imports go by path and names by package: when both agree, nobody has to search.",
    check=check,
    languages=("proto",),
)
