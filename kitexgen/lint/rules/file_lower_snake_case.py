"""Files are written in lower_snake_case."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import is_lower_snake, to_lower_snake
from kitexgen.lint.program import Program
from kitexgen.lint.rule import STANDARD, Finding, Rule
from kitexgen.source.span import Span


def check(program: Program) -> Iterator[Finding]:
    for module in program.modules:
        stem = module.id.stem
        if not is_lower_snake(stem):
            ending = module.id.path.rpartition(".")[2]
            yield Finding(
                at=Span(module.id.path, 0, 0),
                message=f"the file `{stem}.{ending}` is not in lower_snake_case",
                hint=f"call it `{to_lower_snake(stem)}.{ending}`",
            )


RULE = Rule(
    code="KX0834",
    name="FILE_LOWER_SNAKE_CASE",
    categories=STANDARD,
    rationale="A file becomes a Python module, and names in Thrift begin with the file's.",
    check=check,
)
