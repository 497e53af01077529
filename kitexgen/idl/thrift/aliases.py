"""Typedefs that go round in circles, or grow beyond use when they are followed to the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.diagnostics.report import Report
from kitexgen.idl.finding import error
from kitexgen.idl.thrift.partial import UNKNOWN, Partial
from kitexgen.idl.thrift.types import MAX_DEPTH
from kitexgen.schema.declarations import Alias
from kitexgen.schema.ids import DeclId
from kitexgen.schema.order import components, is_cycle
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, SetOf, Type
from kitexgen.schema.walk import referenced

# A type of this many parts, aliases followed, is no type people use; doubling aliases reach it in a dozen lines.
MAX_PARTS = 10_000


def settle_aliases(partial: Partial, report: Report) -> None:
    """Make every alias that cannot be followed to its end UNKNOWN, and say why."""

    def needs(id: DeclId) -> Iterator[DeclId]:
        return (target for target in referenced(partial.aliases[id].type) if target in partial.aliases)

    extents: dict[DeclId, tuple[int, int]] = {}
    for group in components(list(partial.aliases), needs):
        aliases = [partial.aliases[id] for id in group]
        found: Diagnostic | None = None
        if is_cycle(group, needs):
            found = _cycle(aliases)
        else:
            depth, parts = extents[group[0]] = _extent(aliases[0].type, extents)
            if depth > MAX_DEPTH:
                message = f"types nested deeper than {MAX_DEPTH} cannot be used"
                found = error("KX0326", message, aliases[0].name_span, "typedefs followed, this one is")
            elif parts > MAX_PARTS:
                message = f"`{aliases[0].id.name}` has more than {MAX_PARTS:,} parts, typedefs followed"
                found = error("KX0327", message, aliases[0].name_span)
        if found is not None:
            report.add(found)
            for alias in aliases:
                partial.aliases[alias.id] = replace(alias, type=UNKNOWN)
                extents[alias.id] = (1, 1)


def _extent(type: Type, known: dict[DeclId, tuple[int, int]]) -> tuple[int, int]:
    """How deep `type` is nested and how many parts it has. A written type is at most MAX_DEPTH deep: it may recurse."""
    match type:
        case Scalar():
            return 1, 1
        case Ref(target=target):
            return known.get(target, (1, 1))
        case ListOf(element=element) | SetOf(element=element):
            depth, parts = _extent(element, known)
            return depth + 1, parts + 1
        case MapOf(key=key, value=value):
            (key_depth, key_parts), (depth, parts) = _extent(key, known), _extent(value, known)
            return max(key_depth, depth) + 1, key_parts + parts + 1


def _cycle(aliases: list[Alias]) -> Diagnostic:
    first, *others = aliases
    if not others:
        return error("KX0320", f"`{first.id.name}` stands for itself", first.name_span, hint="a struct may hold itself")
    return error(
        "KX0320",
        f"the typedefs {', '.join(f'`{alias.id.name}`' for alias in aliases)} stand for each other",
        first.name_span,
        also=tuple(Label(alias.name_span, "part of the circle") for alias in others),
    )
