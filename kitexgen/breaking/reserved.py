"""Numbers and names that Protobuf keeps from being used again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kitexgen.breaking.rule import Finding
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Enum, Record, Reserved


def keeps_number(reserved: Reserved, number: int) -> bool:
    """Whether nobody can take `number`: it is reserved."""
    return any(low <= number <= high for low, high in reserved.ranges)


def keeps_name(reserved: Reserved, name: str) -> bool:
    """Whether nobody can take `name`: it is reserved."""
    return name in reserved.names


def released(pairs: Iterable[tuple[Enum | Record, Enum | Record]]) -> Iterator[Finding]:
    """Declarations that reserve less than before."""
    for old, new in pairs:
        lost = _lost(old.reserved, new.reserved)
        if lost:
            yield Finding(
                message=f"`{new.id.name}` no longer reserves {lost}",
                at=Label(new.name_span),
                was=Label(old.name_span, f"reserved {lost}"),
            )


def _lost(old: Reserved, new: Reserved) -> str:
    """What `old` reserves and `new` does not, as an IDL writes it; empty when there is nothing."""
    ranges = [f"{low}" if low == high else f"{low} to {high}" for low, high in _uncovered(old, new)]
    names = [f'"{name}"' for name in old.names if name not in new.names]
    return ", ".join((*ranges, *names))


def _uncovered(old: Reserved, new: Reserved) -> Iterator[tuple[int, int]]:
    """The parts of the old ranges, both ends in, that lie in no new one."""
    for low, high in old.ranges:
        at = low
        for start, end in sorted(new.ranges):
            if end < at or start > high:
                continue
            if start > at:
                yield at, start - 1
            at = end + 1
        if at <= high:
            yield at, high
