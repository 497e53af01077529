"""What options mean once read: messages of set fields, as descriptor.proto's options messages have them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from kitexgen.idl.proto.descriptors import Element, FieldDescriptor, Path
from kitexgen.source.span import Span


@dataclass(slots=True)
class SetField:
    """One field that was set, an extension or not.

    `values` has one value, of a repeated field any number. A bool stands for itself, an enum value for its number,
    text and bytes are bytes. `span` is where it was first set: the part of an option's name, or the key of an entry.
    """

    field: FieldDescriptor
    values: list[OptionValue]
    span: Span

    @property
    def value(self) -> OptionValue:
        """The value of a field that is not repeated."""
        return self.values[-1]


@dataclass(slots=True)
class OptionMessage:
    """A message of type `type` (a full name): the fields that were set, by number, in the order of first setting."""

    type: str
    fields: dict[int, SetField] = field(default_factory=dict)

    def __iter__(self) -> Iterator[SetField]:
        return iter(self.fields.values())

    def __len__(self) -> int:
        return len(self.fields)

    def find(self, name: str) -> SetField | None:
        """The field `name`, an extension by its full name in parentheses; None when it is not set."""
        return next((each for each in self.fields.values() if option_name(each.field) == name), None)

    def get(self, name: str) -> OptionValue | None:
        """The value of the field `name`, which is not repeated; None when it is not set."""
        found = self.find(name)
        return None if found is None else found.value

    def is_true(self, name: str) -> bool:
        return self.get(name) is True


OptionValue = bool | int | float | bytes | OptionMessage

_NOTHING: Final = OptionMessage("")


def option_name(field: FieldDescriptor) -> str:
    """The name of an option as people write it: `deprecated`, or `(full.name)` for an extension."""
    return f"({field.full_name})" if field.is_extension else field.name


@dataclass(frozen=True, slots=True)
class InterpretedOptions:
    """The options of every element that has any, by file and path.

    `paths` say where each option as written went to: by its place among those of its element, the numbers of the
    fields its name leads through, and the index when the last one is repeated.
    """

    messages: dict[tuple[str, Path], OptionMessage] = field(default_factory=dict)
    paths: dict[tuple[str, Path], dict[int, Path]] = field(default_factory=dict)

    def of(self, element: Element) -> OptionMessage:
        """The options of `element`; an empty message, which must not be changed, when it has none."""
        if not element.options:
            return _NOTHING
        return self.messages.get((element.file, element.path), _NOTHING)
