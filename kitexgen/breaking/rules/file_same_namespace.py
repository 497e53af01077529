"""A file keeps its namespaces."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.source.span import Span


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.modules():
        if new is None:
            continue
        known = {namespace.scope: namespace for namespace in new.namespaces}
        for was in old.namespaces:
            now = known.get(was.scope)
            if now is None or now.name != was.name:
                at = Label(now.span, "now") if now is not None else Label(Span(new.id.path, 0, 0), "has none now")
                yield Finding(
                    message=f"the namespace for {_language(was.scope)} was `{was.name}`"
                    + (f" and is `{now.name}`" if now is not None else " and is gone"),
                    at=at,
                    was=Label(was.span, "was"),
                )


def _language(scope: str) -> str:
    return "all languages" if scope == "*" else f"`{scope}`"


RULE = Rule(
    code="KX0934",
    name="FILE_SAME_NAMESPACE",
    level=Level.SOURCE,
    why="generated code moves to another package, so every import of it breaks; nothing of it is on the wire",
    check=check,
    languages=("thrift",),
)
