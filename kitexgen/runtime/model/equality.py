"""When two records are equal: same class, equal fields.

The walk keeps a list of its own, so that its depth is bounded by memory alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_LEAVES = frozenset({int, str, float, bool, bytes, type(None)})
"""Types whose values hold no records: compared at once, with no entry on the list."""


def records_equal(left: Any, right: object) -> bool:
    """`__eq__` of every record. As in tuples and dicts, a value equals itself, even a NaN.

    A plain recursive comparison dies of RecursionError some hundred records deep, which a peer can send.
    """
    if right.__class__ is not left.__class__:
        return NotImplemented  # type: ignore[no-any-return]  # mypy knows the idiom in methods only
    pending: list[tuple[Any, Any]] = [(left, right)]
    while pending:
        a, b = pending.pop()
        if a is b:
            continue
        pairs = _pairs(a, b)
        if pairs is None:
            return False
        for x, y in pairs:
            if x is y:
                continue
            if x.__class__ in _LEAVES:
                if x != y:
                    return False
            else:
                pending.append((x, y))
    return True


def _pairs(a: Any, b: Any) -> list[tuple[Any, Any]] | None:
    """What is left to compare when `a == b` is to hold; None when it cannot hold."""
    cls = a.__class__
    # A user's subclass with an `__eq__` of its own is asked like any other value.
    if cls.__eq__ is records_equal:
        if b.__class__ is not cls:
            return None
        pairs = [(getattr(a, name), getattr(b, name)) for name in cls.__match_args__]
        if hasattr(cls, "__unknown__"):
            pairs.append((a.__unknown__, b.__unknown__))
        return pairs
    if cls is b.__class__:
        if cls is list or cls is tuple:
            return list(zip(a, b, strict=True)) if len(a) == len(b) else None
        if cls is dict:
            if len(a) != len(b) or any(key not in b for key in a):
                return None
            return [(value, b[key]) for key, value in a.items()]
    return [] if a == b else None
