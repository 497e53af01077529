"""A method takes what it took."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.arguments import added_records
from kitexgen.breaking.fields import Fate, changes
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.wording import type_text
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for pair in comparison.methods():
        name = f"{pair.service.id.name}.{pair.old.name}"
        for change in changes(comparison, pair.old.arguments, pair.new.arguments):
            old, new = change.old, change.new
            if new is not None and change.fate is Fate.RENUMBERED:
                yield Finding(
                    message=f"the argument `{old.name}` of `{name}` changed its id from {old.id} to {new.id}",
                    at=Label(new.id_span or new.name_span, f"now {new.id}"),
                    was=Label(old.id_span or old.name_span, f"was {old.id}"),
                )
            elif new is not None and (change.difference is Level.WIRE or change.fate is Fate.REPLACED):
                yield Finding(
                    message=f"`{name}` took {type_text(old.type)} and takes {type_text(new.type)}",
                    at=Label(new.name_span, f"now {type_text(new.type)} {new.name}"),
                    was=Label(old.name_span, f"was {type_text(old.type)} {old.name}"),
                )
        for field in added_records(comparison, pair):
            yield Finding(
                message=f"`{name}` takes `{type_text(field.type)}` more",
                at=Label(field.name_span, "is new"),
                was=Label(pair.old.name_span, "did not take it"),
                why="clients with the old IDL do not send it, and their calls are refused",
            )


RULE = Rule(
    code="KX0924",
    name="RPC_SAME_REQUEST_TYPE",
    level=Level.WIRE,
    why="the server cannot read the calls of clients with the old IDL",
    check=check,
)
