"""A method throws nothing new."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.types import difference
from kitexgen.breaking.wording import type_text
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for pair in comparison.methods():
        known = {field.id: field for field in pair.old.throws}
        for field in pair.new.throws:
            was = known.get(field.id)
            name = f"{pair.service.id.name}.{pair.new.name}"
            if was is None:
                yield Finding(
                    message=f"`{name}` throws `{type_text(field.type)}` more",
                    at=Label(field.name_span, "is new"),
                    was=Label(pair.old.name_span, "did not throw it"),
                )
            elif difference(comparison, was.type, field.type) is Level.WIRE:
                yield Finding(
                    message=f"`{name}` threw {type_text(was.type)} and throws {type_text(field.type)}",
                    at=Label(field.name_span, f"now {type_text(field.type)}"),
                    was=Label(was.name_span, f"was {type_text(was.type)}"),
                )


RULE = Rule(
    code="KX0927",
    name="RPC_SAME_THROWS",
    level=Level.WIRE,
    why="clients with the old IDL skip an exception that they do not know, and find neither result nor error",
    check=check,
    languages=("thrift",),
)
