"""Aliases and constants of a module, as the lines that are printed of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kitexgen.codegen.plan.docstrings import comment
from kitexgen.codegen.plan.fitting import WIDTH, columns, laid_out
from kitexgen.codegen.plan.literals import Literals
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.settling import settled
from kitexgen.codegen.plan.type_hints import type_hint
from kitexgen.codegen.plan.wire_types import PackedType, is_packed
from kitexgen.schema.declarations import Alias, Const
from kitexgen.schema.ids import DeclId
from kitexgen.schema.types import ListOf, MapOf, Ref, SetOf, Type


def alias_lines(scope: Scope, alias: Alias) -> list[str]:
    """`UserId: TypeAlias = int`, the doc comment above it."""
    wire = scope.wire_type(alias.type, is_packed_here=is_packed(alias.annotations))
    hint = type_hint(scope, alias.type, wire)
    if isinstance(wire, PackedType):
        hint = f'"{hint}"'  # array.array takes no parameter at run time before Python 3.12
    name = scope.symbols.ref(alias.id).name
    scope.lint_exceptions.update(_spelling_rules(name))
    final = scope.imports.use("typing", "TypeAlias")
    lines = settled([f"{name}: {final} = {hint}"])
    return [*comment(alias.doc, annotations=alias.annotations), *lines]


def _spelling_rules(name: str) -> list[str]:
    """What ruff's defaults say against the spelling of an alias, which is the IDL's: PYI042 wants CamelCase, PYI043 no
    `_...T`.
    """
    broken = {"PYI042": r"_?[0-9a-z]", "PYI043": r"_.*[a-z]T[0-9]?$"}
    return [rule for rule, pattern in broken.items() if re.match(pattern, name)]


def constant_lines(scope: Scope, constant: Const) -> list[str]:
    """`LIMIT: Final[int] = 5`, the doc comment above it. Containers are of kinds that nobody can change."""
    wire = scope.wire_type(constant.type)
    hint = type_hint(scope, constant.type, wire, is_constant=True)
    value = Literals(scope).value(constant.value, wire, is_constant=True)
    name = scope.symbols.ref(constant.id).name
    before = f"{name}: {scope.imports.use('typing', 'Final')}[{hint}] = "
    said = comment(constant.doc, annotations=constant.annotations)
    if not isinstance(value, str):
        return [*said, *settled(laid_out(value, before=before))]
    if columns(before + value) <= WIDTH or columns(before) >= WIDTH:
        return [*said, *settled([before + value])]
    # Black gives a literal a line of its own, and leaves it there however long it is.
    return [*said, f"{before}(", f"    {value}", ")"]


def in_dependency_order(aliases: Iterable[Alias]) -> list[Alias]:
    """Each alias after those it names; otherwise in source order."""
    by_id = {alias.id: alias for alias in aliases}
    seen: set[DeclId] = set()
    ordered: list[Alias] = []
    for first in by_id.values():
        # (alias, whether what it names has been looked at): a list, since chains of aliases may be long
        pending = [(first, False)]
        while pending:
            alias, is_ready = pending.pop()
            if is_ready:
                ordered.append(alias)
            elif alias.id not in seen:
                seen.add(alias.id)
                pending.append((alias, True))
                pending += ((by_id[id], False) for id in _named(alias.type) if id in by_id)
    return ordered


def _named(type: Type) -> list[DeclId]:
    match type:
        case Ref(target):
            return [target]
        case ListOf(element) | SetOf(element):
            return _named(element)
        case MapOf(key, value):
            return _named(key) + _named(value)
    return []
