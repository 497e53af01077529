"""A field keeps its default."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import kept
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.wording import value_text
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Field, Requirement
from kitexgen.schema.values import EnumValue, ListValue, MapValue, SetValue, Value


def check(comparison: Comparison) -> Iterator[Finding]:
    for record, old, new, apart in kept(comparison):
        was, now = value_text(_default(old)), value_text(_default(new))
        is_asked = Requirement.REQUIRED not in {old.requirement, new.requirement}
        if is_asked and apart is None and was != now:
            yield Finding(
                message=f"the default of `{record.id.name}.{new.name}` changed from {was} to {now}",
                at=Label(new.name_span, f"now {now}"),
                was=Label(old.name_span, f"was {was}"),
            )


def _default(field: Field) -> Value | None:
    """What the field reads as when it is not there; None for its zero, which needs no default to be."""
    match field.default:
        case EnumValue(number=0) | ListValue(items=()) | SetValue(items=()) | MapValue(entries=()):
            is_zero = True
        case bool() | int() | float() | str() | bytes():
            is_zero = not field.default
        case _:
            is_zero = False
    return None if is_zero and field.requirement is not Requirement.OPTIONAL else field.default


RULE = Rule(
    code="KX0908",
    name="FIELD_SAME_DEFAULT",
    level=Level.WIRE,
    why="a field that is not on the wire is read as one value by peers with the old IDL, and as another by new ones",
    check=check,
)
