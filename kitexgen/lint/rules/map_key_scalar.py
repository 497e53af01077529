"""Keys of maps and elements of sets are plain values."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule
from kitexgen.schema.declarations import Record
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type
from kitexgen.schema.walk import parts


def check(program: Program) -> Iterator[Finding]:
    for field in (*program.fields(), *program.parameters()):
        for part in parts(field.type):
            key = part.key if isinstance(part, MapOf) else part.element if isinstance(part, SetOf) else None
            what = _trouble(program, key) if key is not None else None
            if what is not None:
                place = "a key of a map" if isinstance(part, MapOf) else "an element of a set"
                yield Finding(
                    at=field.name_span,
                    message=f"`{field.name}` has {what} as {place}",
                    hint="use a string or an integer, or a list of pairs",
                )


def _trouble(program: Program, type: Type) -> str | None:
    match program.schema.resolve(type):
        case Scalar(kind=ScalarKind.DOUBLE):
            return "a double"
        case Ref(target=target) if isinstance(program.schema.find(target), Record):
            return f"the record `{target.name}`"
        case ListOf() | SetOf() | MapOf():
            return "a container"
    return None


RULE = Rule(
    code="KX0827",
    name="MAP_KEY_SCALAR",
    categories=BASIC,
    rationale="Go cannot compare them, so Kitex keys by pointer and never finds one again; JSON has no such keys.",
    check=check,
    languages=("thrift",),
)
