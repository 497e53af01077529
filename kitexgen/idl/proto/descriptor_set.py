"""FileDescriptorSet: the bytes `protoc --include_imports --include_source_info --descriptor_set_out` writes.

Fields stand in the order of their numbers. Source: the `CopyTo` methods of descriptor.cc and `WriteDescriptorSet` of
command_line_interface.cc.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

from kitexgen.diagnostics.report import Report
from kitexgen.idl.proto.compile import compile_protos
from kitexgen.idl.proto.descriptors import (
    Element,
    EnumDescriptor,
    EnumValueDescriptor,
    ExtensionRange,
    FieldDescriptor,
    FieldType,
    FileDescriptor,
    MessageDescriptor,
    MethodDescriptor,
    OneofDescriptor,
    Path,
    Pool,
    ReservedRange,
    ServiceDescriptor,
)
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.json_names import json_name
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.locations import Location, locations
from kitexgen.idl.proto.options.encode import encode
from kitexgen.idl.proto.options.interpret import Interpretation
from kitexgen.idl.proto.options.retention import Retention
from kitexgen.idl.proto.source_info import UNINTERPRETED, source_code_info
from kitexgen.idl.proto.tree import ImportKind
from kitexgen.idl.proto.wire import field_bytes, field_text, field_varint
from kitexgen.idl.read import MAX_BYTES, Read, read_file
from kitexgen.source.file import SourceFile

# `google.protobuf.SymbolVisibility`
_VISIBILITIES: Final = {"local": 1, "export": 2}
# `option map_entry = true`, which every entry of a map has.
_MAP_ENTRY: Final = field_varint(7, 1)
# The fields `options` of the descriptors.
_FILE_OPTIONS: Final = 8
_RANGE_OPTIONS: Final = 3
_MESSAGE_OPTIONS: Final = 7
_FIELD_OPTIONS: Final = 8
_ONEOF_OPTIONS: Final = 2
_ENUM_OPTIONS: Final = 3
_VALUE_OPTIONS: Final = 3
_SERVICE_OPTIONS: Final = 3
_METHOD_OPTIONS: Final = 4


@dataclass(frozen=True, slots=True)
class Described:
    """`data` is the descriptor set, None exactly when `report` has errors; `files` are the texts that spans name."""

    data: bytes | None
    report: Report
    files: Mapping[str, SourceFile]


def read_descriptor_set(
    paths: Sequence[FilePath | str], include_dirs: Sequence[FilePath | str], read: Read | None = None
) -> Described:
    """The descriptor set of the files at `paths` and of all they import, and everything that is wrong with them.

    `include_dirs` are the roots of imports, `read` stands in for the file system.
    """
    report = Report()
    linked = compile_protos(
        [FilePath(path) for path in paths],
        [FilePath(directory) for directory in include_dirs],
        report,
        read or read_file,
        max_bytes=MAX_BYTES,
    )
    return Described(
        data=None if report.has_errors else descriptor_set(linked),
        report=report,
        files={file.source.path: file.source for file in linked.graph.files},
    )


def descriptor_set(linked: Linked) -> bytes:
    """A `google.protobuf.FileDescriptorSet` of the files asked for and all they import, each after what it imports.

    Nothing may be wrong with the files.
    """
    graph = linked.graph
    names = {file.id: file.name for file in graph.files}
    retention = Retention(linked.pool, linked.interpretation.types)
    pieces = []
    for file in _in_order(linked.pool, [names[root] for root in graph.roots]):
        read = graph.file(file.name)
        found = locations(read.tree, read.text)
        pieces.append(field_bytes(1, _File(file, linked.interpretation, retention).encoded(found)))
    return b"".join(pieces)


def _in_order(pool: Pool, roots: Iterable[str]) -> Iterator[FileDescriptor]:
    """Depth first, imports in the order of the text, those for options behind the others."""
    seen: set[str] = set()
    stack = [pool.file(name) for name in reversed(list(roots))]
    entered: set[str] = set()
    while stack:
        file = stack[-1]
        if file.name in entered:
            stack.pop()
            if file.name not in seen:
                seen.add(file.name)
                yield file
            continue
        entered.add(file.name)
        stack += [pool.file(name) for name in reversed(_dependencies(file) + _option_dependencies(file))]


def _dependencies(file: FileDescriptor) -> list[str]:
    return [each.name for each in file.dependencies if each.kind is not ImportKind.OPTION]


def _option_dependencies(file: FileDescriptor) -> list[str]:
    return [each.name for each in file.dependencies if each.kind is ImportKind.OPTION]


class _File:
    """Writes one file, and gathers on the way what of its locations moves or goes."""

    def __init__(self, file: FileDescriptor, interpretation: Interpretation, retention: Retention) -> None:
        self._file = file
        self._options = interpretation.options
        self._types = interpretation.types
        self._retention = retention
        self._interpreted: dict[Path, Path] = {}
        self._stripped: list[Path] = []

    def encoded(self, found: Sequence[Location]) -> bytes:
        file = self._file
        pieces = [field_text(1, file.name)]
        if file.package:
            pieces.append(field_text(2, file.package))
        pieces += [field_text(3, name) for name in _dependencies(file)]
        pieces += [field_bytes(4, self._message(message)) for message in file.messages]
        pieces += [field_bytes(5, self._enum(enum)) for enum in file.enums]
        pieces += [field_bytes(6, self._service(service)) for service in file.services]
        pieces += [field_bytes(7, self._field(extension)) for extension in file.extensions]
        pieces.append(self._options_of(file, _FILE_OPTIONS))
        # After everything else: what was interpreted and stripped is known by now.
        pieces.append(field_bytes(9, source_code_info(found, self._interpreted, self._stripped)))
        kinds = [each.kind for each in file.dependencies if each.kind is not ImportKind.OPTION]
        pieces += [field_varint(10, at) for at, kind in enumerate(kinds) if kind is ImportKind.PUBLIC]
        pieces += [field_varint(11, at) for at, kind in enumerate(kinds) if kind is ImportKind.WEAK]
        if file.edition is Edition.PROTO3:
            pieces.append(field_text(12, "proto3"))
        elif file.edition.is_editions:
            pieces += (field_text(12, "editions"), field_varint(14, file.edition))
        pieces += [field_text(15, name) for name in _option_dependencies(file)]
        return b"".join(pieces)

    def _message(self, message: MessageDescriptor) -> bytes:
        pieces = [field_text(1, message.name)]
        pieces += [field_bytes(2, self._field(field)) for field in message.fields]
        pieces += [field_bytes(3, self._message(nested)) for nested in message.messages]
        pieces += [field_bytes(4, self._enum(enum)) for enum in message.enums]
        pieces += [field_bytes(5, self._extension_range(range)) for range in message.extension_ranges]
        pieces += [field_bytes(6, self._field(extension)) for extension in message.extensions]
        if message.is_map_entry:
            pieces.append(field_bytes(_MESSAGE_OPTIONS, _MAP_ENTRY))
        else:
            pieces.append(self._options_of(message, _MESSAGE_OPTIONS))
        pieces += [field_bytes(8, self._oneof(oneof)) for oneof in message.oneofs]
        pieces += [field_bytes(9, _reserved_range(range)) for range in message.reserved_ranges]
        pieces += [field_text(10, reserved.name) for reserved in message.reserved_names]
        if message.visibility is not None:
            pieces.append(field_varint(11, _VISIBILITIES[message.visibility]))
        return b"".join(pieces)

    def _field(self, field: FieldDescriptor) -> bytes:
        pieces = [field_text(1, field.name)]
        if field.extendee is not None:
            pieces.append(field_text(2, f".{field.extendee}"))
        pieces += (field_varint(3, field.number), field_varint(4, field.label), field_varint(5, field.type))
        if field.type in {FieldType.MESSAGE, FieldType.GROUP, FieldType.ENUM}:
            pieces.append(field_text(6, f".{field.type_name}"))
        if field.default_value is not None:
            pieces.append(field_text(7, field.default_value))
        pieces.append(self._options_of(field, _FIELD_OPTIONS))
        if field.oneof_index is not None:
            pieces.append(field_varint(9, field.oneof_index))
        pieces.append(field_text(10, json_name(field)))
        if field.proto3_optional:
            pieces.append(field_varint(17, 1))
        return b"".join(pieces)

    def _oneof(self, oneof: OneofDescriptor) -> bytes:
        return field_text(1, oneof.name) + self._options_of(oneof, _ONEOF_OPTIONS)

    def _extension_range(self, range: ExtensionRange) -> bytes:
        return field_varint(1, range.start) + field_varint(2, range.end) + self._options_of(range, _RANGE_OPTIONS)

    def _enum(self, enum: EnumDescriptor) -> bytes:
        pieces = [field_text(1, enum.name)]
        pieces += [field_bytes(2, self._enum_value(value)) for value in enum.values]
        pieces.append(self._options_of(enum, _ENUM_OPTIONS))
        pieces += [field_bytes(4, _reserved_range(range)) for range in enum.reserved_ranges]
        pieces += [field_text(5, reserved.name) for reserved in enum.reserved_names]
        if enum.visibility is not None:
            pieces.append(field_varint(6, _VISIBILITIES[enum.visibility]))
        return b"".join(pieces)

    def _enum_value(self, value: EnumValueDescriptor) -> bytes:
        return field_text(1, value.name) + field_varint(2, value.number) + self._options_of(value, _VALUE_OPTIONS)

    def _service(self, service: ServiceDescriptor) -> bytes:
        pieces = [field_text(1, service.name)]
        pieces += [field_bytes(2, self._method(method)) for method in service.methods]
        pieces.append(self._options_of(service, _SERVICE_OPTIONS))
        return b"".join(pieces)

    def _method(self, method: MethodDescriptor) -> bytes:
        pieces = [
            field_text(1, method.name),
            field_text(2, f".{method.input_type}"),
            field_text(3, f".{method.output_type}"),
        ]
        if method.options:
            pieces.append(self._options_of(method, _METHOD_OPTIONS))
        elif method.node.has_braces:
            pieces.append(field_bytes(_METHOD_OPTIONS, b""))
        if method.client_streaming:
            pieces.append(field_varint(5, 1))
        if method.server_streaming:
            pieces.append(field_varint(6, 1))
        return b"".join(pieces)

    def _options_of(self, element: Element, number: int) -> bytes:
        """The field `options`, which is `number` in the descriptor of `element`; nothing when no option is left."""
        if not element.options:
            return b""
        path = (*element.path, number)
        for at, target in self._options.paths.get((element.file, element.path), {}).items():
            self._interpreted[(*path, UNINTERPRETED, at)] = path + target
        kept = self._retention.strip(self._options.of(element), path, self._stripped)
        return b"" if kept is None else field_bytes(number, encode(kept, self._types))


def _reserved_range(range: ReservedRange) -> bytes:
    return field_varint(1, range.start) + field_varint(2, range.end)
