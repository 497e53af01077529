"""Declarations that are gone."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.module import Declaration
from kitexgen.source.span import Span


def deleted(comparison: Comparison, what: str, declaration: Declaration) -> Iterator[Finding]:
    """A finding for `declaration`, which is gone, unless its file is too: then that is the news."""
    module = comparison.module_now(declaration.id.module)
    if module is None:
        return
    other = next((each for each in module.declarations if each.id.name == declaration.id.name), None)
    if other is not None:
        at = Label(other.name_span, "is something else now")
    else:
        at = Label(Span(module.id.path, 0, 0), "no longer in this file")
    yield Finding(
        message=f"the {what} `{declaration.id.name}` is gone",
        at=at,
        was=Label(declaration.name_span, "was declared here"),
    )
