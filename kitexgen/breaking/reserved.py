"""Numbers and names that Protobuf keeps from being used again."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.schema.declarations import Reserved


def keeps_number(reserved: Reserved, number: int) -> bool:
    """Whether nobody can take `number`: it is reserved."""
    return any(low <= number <= high for low, high in reserved.ranges)


def keeps_name(reserved: Reserved, name: str) -> bool:
    """Whether nobody can take `name`: it is reserved."""
    return name in reserved.names


def released(old: Reserved, new: Reserved) -> str:
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
