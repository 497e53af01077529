"""`reserved` and `extensions` to descriptors: what `max` means, and which ends are included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kitexgen.idl.proto.descriptors import ExtensionRange, Path, ReservedName, ReservedRange
from kitexgen.idl.proto.tree import (
    ExtensionsNode,
    IdentifierNode,
    MaxNode,
    MessageItem,
    OptionNode,
    RangeNode,
    ReservedNode,
)

MAX_FIELD_NUMBER: Final = (1 << 29) - 1
# The largest number of an enum value, and one more than that of an extension of a message set.
MAX_INT32: Final = (1 << 31) - 1


def extension_ranges(items: Sequence[MessageItem], file: str, path: Path) -> tuple[ExtensionRange, ...]:
    """The extension ranges of the message of `items`; `path` is that of their list."""
    ranges = [(range, item) for item in items if isinstance(item, ExtensionsNode) for range in item.ranges]
    last = _last_number(items)
    return tuple(
        ExtensionRange(
            file=file,
            path=(*path, at),
            start=range.start.value,
            end=_end(range, last) + 1,
            options=item.options.options if item.options is not None else (),
            node=range,
        )
        for at, (range, item) in enumerate(ranges)
    )


def reserved_ranges(items: Sequence[MessageItem], path: Path) -> tuple[ReservedRange, ...]:
    """Those of a message, of which descriptor.proto does not include the end."""
    last = _last_number(items)
    return tuple(
        ReservedRange(path=(*path, at), start=range.start.value, end=_end(range, last) + 1, node=range)
        for at, range in enumerate(_reserved(items))
    )


def reserved_enum_ranges(items: Sequence[object], path: Path) -> tuple[ReservedRange, ...]:
    """Those of an enum, of which descriptor.proto includes the end."""
    return tuple(
        ReservedRange(path=(*path, at), start=range.start.value, end=_end(range, MAX_INT32), node=range)
        for at, range in enumerate(_reserved(items))
    )


def reserved_names(items: Sequence[object], path: Path) -> tuple[ReservedName, ...]:
    names = [name for item in items if isinstance(item, ReservedNode) for name in item.names]
    return tuple(ReservedName(name=name.text, path=(*path, at), span=name.span) for at, name in enumerate(names))


def _reserved(items: Sequence[object]) -> list[RangeNode]:
    return [range for item in items if isinstance(item, ReservedNode) for range in item.ranges]


def _end(range: RangeNode, last: int) -> int:
    """The end of `range`, which it includes."""
    return last if isinstance(range.end, MaxNode) else (range.end or range.start).value


def _last_number(items: Sequence[MessageItem]) -> int:
    """What `max` means in the message of `items`.

    Decided on the text, as in parser.cc: it has to be known before options are interpreted.
    """
    is_message_set = any(
        isinstance(item, OptionNode)
        and len(item.parts) == 1
        and item.parts[0].text == "message_set_wire_format"
        and not item.parts[0].is_extension
        and isinstance(item.value, IdentifierNode)
        and item.value.text == "true"
        for item in items
    )
    return MAX_INT32 - 1 if is_message_set else MAX_FIELD_NUMBER
