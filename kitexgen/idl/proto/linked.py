"""Linked: all that is known of a run once names, options and features are settled. What the checks look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kitexgen.idl.proto.descriptors import (
    EnumDescriptor,
    FieldDescriptor,
    FieldType,
    FileDescriptor,
    MessageDescriptor,
    Pool,
    messages,
)
from kitexgen.idl.proto.features import FeatureTable
from kitexgen.idl.proto.graph import ProtoGraph
from kitexgen.idl.proto.interpreted import InterpretedOptions
from kitexgen.idl.proto.options.interpret import Interpretation


@dataclass(frozen=True)
class Linked:
    graph: ProtoGraph
    pool: Pool
    interpretation: Interpretation

    @property
    def options(self) -> InterpretedOptions:
        return self.interpretation.options

    @property
    def features(self) -> FeatureTable:
        return self.interpretation.features

    @cached_property
    def files(self) -> tuple[FileDescriptor, ...]:
        """The files to check: all but those that came with kitexgen."""
        return tuple(file for file in self.pool.files if self.graph.file(file.name).path is not None)

    @cached_property
    def roots(self) -> tuple[FileDescriptor, ...]:
        """The files asked for."""
        return tuple(self.pool.file(file.name) for file in self.graph.root_files())

    @cached_property
    def messages(self) -> tuple[MessageDescriptor, ...]:
        """Every message of `files`, map entries too."""
        return tuple(message for file in self.files for message in messages(file))

    @cached_property
    def enums(self) -> tuple[EnumDescriptor, ...]:
        return tuple(enum for file in self.files for enum in enums(file))

    @cached_property
    def extensions(self) -> tuple[FieldDescriptor, ...]:
        return tuple(extension for file in self.files for extension in extensions(file))

    @cached_property
    def fields(self) -> tuple[FieldDescriptor, ...]:
        """Every field of `files`, of map entries and extensions too."""
        return tuple(field for message in self.messages for field in message.fields) + self.extensions

    @cached_property
    def fields_with_options(self) -> tuple[FieldDescriptor, ...]:
        return tuple(field for field in self.fields if field.options)

    @cached_property
    def map_entries(self) -> frozenset[str]:
        """The full names of the messages behind maps, in all files."""
        return frozenset(
            message.full_name for file in self.pool.files for message in messages(file) if message.is_map_entry
        )

    def is_map(self, field: FieldDescriptor) -> bool:
        return field.type is FieldType.MESSAGE and field.is_repeated and field.type_name in self.map_entries

    def is_map_part(self, field: FieldDescriptor) -> bool:
        """Whether `field` is the key or the value of a map entry, which nobody wrote."""
        return field.node is None

    def is_message_set(self, message: MessageDescriptor) -> bool:
        return self.options.of(message).is_true("message_set_wire_format")


def enums(file: FileDescriptor) -> Iterator[EnumDescriptor]:
    """Every enum of `file`, those in messages first."""
    for message in messages(file):
        yield from message.enums
    yield from file.enums


def extensions(file: FileDescriptor) -> Iterator[FieldDescriptor]:
    """Every extension that `file` declares."""
    for message in messages(file):
        yield from message.extensions
    yield from file.extensions
