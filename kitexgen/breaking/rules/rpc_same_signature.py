"""A method is called as it was."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.arguments import added_records
from kitexgen.breaking.fields import Fate, changes
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison, MethodPair
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.types import difference
from kitexgen.breaking.wording import type_text
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.services import Method


def check(comparison: Comparison) -> Iterator[Finding]:
    for pair in comparison.methods():
        old, new = _signature(pair.old), _signature(pair.new)
        if old != new and not _is_told(comparison, pair):
            yield Finding(
                message=f"the signature of `{pair.service.id.name}.{pair.new.name}` changed",
                at=Label(pair.new.name_span, f"now {new}"),
                was=Label(pair.old.name_span, f"was {old}"),
            )


def _signature(method: Method) -> str:
    arguments = ", ".join(f"{type_text(field.type)} {field.name}" for field in method.arguments)
    return f"({arguments}) -> {type_text(method.result)}"


def _is_told(comparison: Comparison, pair: MethodPair) -> bool:
    """Whether laxer rules speak of it, or only the name of a record changed that is told of elsewhere."""
    found = list(changes(comparison, pair.old.arguments, pair.new.arguments))
    is_same_list = len(pair.old.arguments) == len(pair.new.arguments) and all(
        change.fate is Fate.KEPT
        and change.difference is None
        and change.new is not None
        and change.new.name == change.old.name
        for change in found
    )
    result = difference(comparison, pair.old.result, pair.new.result)
    is_worse = result is Level.WIRE or any(
        change.difference is Level.WIRE or change.fate in {Fate.REPLACED, Fate.RENUMBERED} for change in found
    )
    return is_worse or (is_same_list and result is None) or any(added_records(comparison, pair))


RULE = Rule(
    code="KX0926",
    name="RPC_SAME_SIGNATURE",
    level=Level.SOURCE,
    why="peers understand each other, but code that calls or serves the method is written for the old signature",
    check=check,
)
