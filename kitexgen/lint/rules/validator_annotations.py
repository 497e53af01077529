"""`vt.*` annotations are ones that the validator knows, on a field that they fit."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program
from kitexgen.lint.rule import STANDARD, Finding, Rule
from kitexgen.schema.declarations import Enum
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type

_NUMBERS = frozenset({"const", "lt", "le", "gt", "ge", "in", "not_in"})
_TEXTS = frozenset(
    {
        "const",
        "pattern",
        "prefix",
        "suffix",
        "contains",
        "not_contains",
        "min_size",
        "max_size",
        "min_rune_size",
        "max_rune_size",
        "in",
        "not_in",
    }
)
_SIZES = frozenset({"min_size", "max_size"})


def check(program: Program) -> Iterator[Finding]:
    for field in program.fields():
        for annotation in field.annotations:
            if annotation.key.startswith("vt."):
                wrong = _wrong(program, field.type, annotation.key.removeprefix("vt."))
                if wrong is not None:
                    yield Finding(at=annotation.span, message=f"`{annotation.key}` {wrong[0]}", hint=wrong[1])


def _wrong(program: Program, type: Type, key: str) -> tuple[str, str] | None:
    """Why `key` does not fit a field of `type`, and what would."""
    resolved = program.schema.resolve(type)
    head, dot, rest = key.partition(".")
    if dot:
        inner = {"elem": _element(resolved), "key": _key(resolved), "value": _value(resolved)}.get(head)
        return _wrong(program, inner, rest) if inner is not None else ("means nothing here", "there is no such part")
    known = _known(program, resolved)
    if key in known:
        return None
    return "is no rule for this type", f"known are {', '.join(f'vt.{each}' for each in sorted(known))}"


def _known(program: Program, type: Type) -> frozenset[str]:
    match type:
        case Scalar(kind=ScalarKind.BOOL):
            return frozenset({"const"})
        case Scalar(kind=ScalarKind.STRING | ScalarKind.BINARY):
            return _TEXTS
        case Scalar():
            return _NUMBERS
        case MapOf():
            return _SIZES | {"no_sparse"}
        case Ref(target=target) if isinstance(program.schema.find(target), Enum):
            return frozenset({"const", "defined_only", "in", "not_in"})
        case Ref():
            return frozenset({"skip"})
        case _:
            return _SIZES


def _element(type: Type) -> Type | None:
    return type.element if isinstance(type, ListOf | SetOf) else None


def _key(type: Type) -> Type | None:
    return type.key if isinstance(type, MapOf) else None


def _value(type: Type) -> Type | None:
    return type.value if isinstance(type, MapOf) else None


RULE = Rule(
    code="KX0842",
    name="VALIDATOR_ANNOTATIONS",
    categories=STANDARD,
    rationale="A rule that the validator does not know is left out without a word, and nothing is checked.",
    check=check,
    languages=("thrift",),
)
