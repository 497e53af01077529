"""Descriptors: what the files of a run declare, with every type name resolved. They mirror descriptor.proto.

Names are full names without a leading dot. `file` is the name by which others import the file, `path` the path of
descriptor.proto's SourceCodeInfo (field numbers and indexes from the FileDescriptorProto down), so that
`(file, path)` names one element of a run. `options` are as written, to be interpreted; `default = …` and
`json_name = …`, which only look like options, are not among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.scopes import Scopes
from kitexgen.idl.proto.tree import (
    EnumNode,
    EnumValueNode,
    FieldNode,
    FileNode,
    GroupNode,
    ImportKind,
    ImportNode,
    MessageNode,
    MethodNode,
    OneofNode,
    OptionNode,
    RangeNode,
    ServiceNode,
    ValueNode,
)
from kitexgen.source.span import Span

Path = tuple[int, ...]


class FieldType(IntEnum):
    """The numbers of FieldDescriptorProto.Type. UNKNOWN stands for a name that was not found, which is reported.

    As written: a field of an edition whose encoding is DELIMITED is a MESSAGE, only a `group` is a GROUP.
    """

    UNKNOWN = 0
    DOUBLE = 1
    FLOAT = 2
    INT64 = 3
    UINT64 = 4
    INT32 = 5
    FIXED64 = 6
    FIXED32 = 7
    BOOL = 8
    STRING = 9
    GROUP = 10
    MESSAGE = 11
    BYTES = 12
    UINT32 = 13
    ENUM = 14
    SFIXED32 = 15
    SFIXED64 = 16
    SINT32 = 17
    SINT64 = 18


class FieldLabel(IntEnum):
    """The numbers of FieldDescriptorProto.Label; a field without a word is OPTIONAL, a map REPEATED."""

    OPTIONAL = 1
    REQUIRED = 2
    REPEATED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDescriptor:
    """A field of a message, or an extension, which has an `extendee`.

    `type_name` is the message or enum of its type, "" for scalars and when it was not found. `extendee` is None for
    a plain field and "" when it was not found. `oneof_index` counts the oneofs of its message, synthetic ones too.
    `json_name` is None unless it is written. `default_value` is the text that descriptor.proto has there, None without
    a default or when it does not fit. `node` is None for the key and the value of a map entry, whose place is
    that of the map.
    """

    name: str
    full_name: str
    file: str
    path: Path
    number: int
    label: FieldLabel
    type: FieldType
    type_name: str
    extendee: str | None
    oneof_index: int | None
    proto3_optional: bool
    json_name: str | None
    default_value: str | None
    options: tuple[OptionNode, ...]
    node: FieldNode | GroupNode | None
    span: Span
    name_span: Span

    @property
    def default(self) -> ValueNode | None:
        """The default as written."""
        return self.node.default.value if self.node is not None and self.node.default is not None else None

    @property
    def is_extension(self) -> bool:
        return self.extendee is not None

    @property
    def is_repeated(self) -> bool:
        return self.label is FieldLabel.REPEATED


@dataclass(frozen=True, slots=True, kw_only=True)
class OneofDescriptor:
    """A oneof. `node` is None for the synthetic one of a proto3 `optional`; those come after the real ones."""

    name: str
    full_name: str
    file: str
    path: Path
    options: tuple[OptionNode, ...]
    node: OneofNode | None
    span: Span
    name_span: Span

    @property
    def is_synthetic(self) -> bool:
        return self.node is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRange:
    """The numbers `[start, end)` that others may use. `options` are shared by all ranges of one statement.

    `max` is 536,870,911, in a message set 2,147,483,646.
    """

    file: str
    path: Path
    start: int
    end: int
    options: tuple[OptionNode, ...]
    node: RangeNode


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservedRange:
    """Numbers that must not be used: `[start, end)` in a message, `[start, end]` in an enum, as in descriptor.proto."""

    path: Path
    start: int
    end: int
    node: RangeNode


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservedName:
    name: str
    path: Path
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDescriptor:
    """A message, the message of a group, or the entry of a map, whose `node` is the map field.

    `visibility` is "export", "local" or None as written.
    """

    name: str
    full_name: str
    file: str
    path: Path
    fields: tuple[FieldDescriptor, ...]
    oneofs: tuple[OneofDescriptor, ...]
    messages: tuple[MessageDescriptor, ...]
    enums: tuple[EnumDescriptor, ...]
    extensions: tuple[FieldDescriptor, ...]
    extension_ranges: tuple[ExtensionRange, ...]
    reserved_ranges: tuple[ReservedRange, ...]
    reserved_names: tuple[ReservedName, ...]
    is_map_entry: bool
    visibility: str | None
    options: tuple[OptionNode, ...]
    node: MessageNode | GroupNode | FieldNode
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumValueDescriptor:
    """A value of an enum. By C++'s rule its full name lies beside the enum: `pkg.RED`, not `pkg.Color.RED`."""

    name: str
    full_name: str
    file: str
    path: Path
    number: int
    options: tuple[OptionNode, ...]
    node: EnumValueNode
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumDescriptor:
    """An enum; `visibility` as in a message."""

    name: str
    full_name: str
    file: str
    path: Path
    values: tuple[EnumValueDescriptor, ...]
    reserved_ranges: tuple[ReservedRange, ...]
    reserved_names: tuple[ReservedName, ...]
    visibility: str | None
    options: tuple[OptionNode, ...]
    node: EnumNode
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodDescriptor:
    """An rpc; `input_type` and `output_type` are "" when not found."""

    name: str
    full_name: str
    file: str
    path: Path
    input_type: str
    output_type: str
    client_streaming: bool
    server_streaming: bool
    options: tuple[OptionNode, ...]
    node: MethodNode
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDescriptor:
    name: str
    full_name: str
    file: str
    path: Path
    methods: tuple[MethodDescriptor, ...]
    options: tuple[OptionNode, ...]
    node: ServiceNode
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """An import that was found: `name` as written, which is how the other file is called."""

    name: str
    kind: ImportKind
    node: ImportNode


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDescriptor:
    """A file. `name` is how others import it, `node.path` how the user knows it (spans use that)."""

    name: str
    package: str
    edition: Edition
    dependencies: tuple[Dependency, ...]
    messages: tuple[MessageDescriptor, ...]
    enums: tuple[EnumDescriptor, ...]
    services: tuple[ServiceDescriptor, ...]
    extensions: tuple[FieldDescriptor, ...]
    options: tuple[OptionNode, ...]
    node: FileNode

    @property
    def file(self) -> str:
        """As in every other element."""
        return self.name

    @property
    def path(self) -> Path:
        return ()

    @property
    def full_name(self) -> str:
        """What the names in the file's own options are looked up from: a name inside the package that none has."""
        return f"{self.package}.dummy" if self.package else "dummy"

    @property
    def has_failed_imports(self) -> bool:
        """Whether an import was not found, which is reported: then nobody knows what it would have declared."""
        return {node.path.text for node in self.node.imports()} != {each.name for each in self.dependencies}

    @property
    def span(self) -> Span:
        return self.node.span


# What options may stand on.
Element = (
    FileDescriptor
    | MessageDescriptor
    | FieldDescriptor
    | OneofDescriptor
    | ExtensionRange
    | EnumDescriptor
    | EnumValueDescriptor
    | ServiceDescriptor
    | MethodDescriptor
)
# What has a name that can be looked up.
Named = (
    MessageDescriptor
    | FieldDescriptor
    | OneofDescriptor
    | EnumDescriptor
    | EnumValueDescriptor
    | ServiceDescriptor
    | MethodDescriptor
)


@dataclass(frozen=True)
class Pool:
    """All files of a run, each after those it imports, and `scopes`, which say what a name means from where.

    Of two declarations with one full name the first counts; the second is reported.
    """

    files: tuple[FileDescriptor, ...]
    scopes: Scopes

    @cached_property
    def _files(self) -> Mapping[str, FileDescriptor]:
        return {file.name: file for file in self.files}

    @cached_property
    def _named(self) -> Mapping[str, Named]:
        found: dict[str, Named] = {}
        for file in self.files:
            for element in elements(file):
                if not isinstance(element, FileDescriptor | ExtensionRange):
                    found.setdefault(element.full_name, element)
        return found

    @cached_property
    def _extensions(self) -> Mapping[str, Mapping[int, FieldDescriptor]]:
        found: dict[str, dict[int, FieldDescriptor]] = {}
        for element in self._named.values():
            if isinstance(element, FieldDescriptor) and element.extendee:
                found.setdefault(element.extendee, {}).setdefault(element.number, element)
        return found

    def file(self, name: str) -> FileDescriptor:
        """The file others import as `name`. Raises KeyError when the run has none."""
        return self._files[name]

    def find(self, full_name: str) -> Named | None:
        """What has `full_name`, whoever may see it."""
        return self._named.get(full_name)

    def message(self, full_name: str) -> MessageDescriptor | None:
        found = self._named.get(full_name)
        return found if isinstance(found, MessageDescriptor) else None

    def enum(self, full_name: str) -> EnumDescriptor | None:
        found = self._named.get(full_name)
        return found if isinstance(found, EnumDescriptor) else None

    def extension(self, full_name: str) -> FieldDescriptor | None:
        found = self._named.get(full_name)
        return found if isinstance(found, FieldDescriptor) and found.is_extension else None

    def extensions_of(self, extendee: str) -> Mapping[int, FieldDescriptor]:
        """The extensions of a message by number, from all files of the run."""
        return self._extensions.get(extendee, {})


def messages(file: FileDescriptor) -> Iterator[MessageDescriptor]:
    """Every message of `file`, nested and map entries too, each before those inside it."""
    pending = list(reversed(file.messages))
    while pending:
        message = pending.pop()
        yield message
        pending += reversed(message.messages)


def elements(file: FileDescriptor) -> Iterator[Element]:
    """`file` and everything in it that options may stand on, each before what it holds."""
    yield file
    for message in messages(file):
        yield message
        yield from message.fields
        yield from message.oneofs
        yield from message.extension_ranges
        yield from message.extensions
        for enum in message.enums:
            yield enum
            yield from enum.values
    for enum in file.enums:
        yield enum
        yield from enum.values
    yield from file.extensions
    for service in file.services:
        yield service
        yield from service.methods
