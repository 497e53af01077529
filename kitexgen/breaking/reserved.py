"""Numbers and names that Protobuf keeps from being used again."""

from __future__ import annotations

from kitexgen.schema.declarations import Reserved


def keeps_number(reserved: Reserved, number: int) -> bool:
    """Whether nobody can take `number`: it is reserved."""
    return any(low <= number <= high for low, high in reserved.ranges)


def keeps_name(reserved: Reserved, name: str) -> bool:
    """Whether nobody can take `name`: it is reserved."""
    return name in reserved.names
