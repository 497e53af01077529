"""Descriptors, options and features to the schema that both IDLs share.

In a run without errors every name is resolved and every number fits; else what names nothing that is there is left
out, and the result is good for an editor only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kitexgen.idl.encoding import readable
from kitexgen.idl.proto.default_text import FLOATING, INTEGER_RANGES, nearest_single
from kitexgen.idl.proto.descriptors import (
    EnumDescriptor,
    FieldDescriptor,
    FieldType,
    FileDescriptor,
    MessageDescriptor,
    MethodDescriptor,
    OneofDescriptor,
    ReservedName,
    ReservedRange,
    ServiceDescriptor,
    messages,
)
from kitexgen.idl.proto.editions import EDITIONS, SYNTAXES
from kitexgen.idl.proto.features import (
    EnumType,
    checks_utf8,
    has_presence,
    is_delimited,
    is_packed,
    is_required,
)
from kitexgen.idl.proto.json_names import json_name
from kitexgen.idl.proto.linked import Linked, enums
from kitexgen.idl.proto.option_values import OptionValues
from kitexgen.idl.proto.tree import (
    Comments,
    FloatNode,
    IdentifierNode,
    ImportKind,
    IntNode,
    PackageNode,
    StringNode,
    ValueNode,
)
from kitexgen.schema.declarations import (
    Enum,
    EnumMember,
    Extension,
    Field,
    Oneof,
    ProtoEncoding,
    Record,
    RecordKind,
    Requirement,
    Reserved,
)
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import PACKAGE, Declaration, Include, Module, Namespace
from kitexgen.schema.services import Method, Service, Streaming
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, Type
from kitexgen.schema.values import EnumValue, Value

_SCALARS: Final = {
    type: Scalar(ScalarKind(type.name.lower()))
    for type in FieldType
    if type.name.lower() in {kind.value for kind in ScalarKind}
} | {FieldType.BYTES: Scalar(ScalarKind.BINARY)}
_SYNTAX: Final = {edition: name for name, edition in (SYNTAXES | EDITIONS).items()}
# Nearly every field is one of these, and making them takes time.
_PLAIN: Final = ProtoEncoding()
_STREAMING: Final = {
    (False, False): Streaming.NONE,
    (True, False): Streaming.CLIENT,
    (False, True): Streaming.SERVER,
    (True, True): Streaming.BIDIRECTIONAL,
}


def lower(linked: Linked) -> tuple[Module, ...]:
    """The module of each file, in the order of the graph."""
    lowering = _Lowering(linked)
    return tuple(lowering.module(file) for file in linked.pool.files)


class _Lowering:
    def __init__(self, linked: Linked) -> None:
        self._linked = linked
        self._features = linked.features
        self._modules = {file.name: linked.graph.file(file.name).id for file in linked.pool.files}
        self._ids = dict(self._declared())
        self._refs = {name: Ref(id) for name, id in self._ids.items()}
        self._entries = {
            message.full_name: message
            for file in linked.pool.files
            for message in messages(file)
            if message.is_map_entry
        }
        self._options = OptionValues(linked.interpretation, self._ids)

    def _declared(self) -> Iterator[tuple[str, DeclId]]:
        for file in self._linked.pool.files:
            for name in (*(each.full_name for each in messages(file)), *(each.full_name for each in enums(file))):
                yield name, self._id(file, name)

    def _id(self, file: FileDescriptor, full_name: str) -> DeclId:
        name = full_name[len(file.package) + 1 :] if file.package else full_name
        return DeclId(self._modules[file.name], name)

    def module(self, file: FileDescriptor) -> Module:
        source = self._linked.graph.file(file.name)
        package = next((item for item in file.node.items if isinstance(item, PackageNode)), None)
        return Module(
            id=source.id,
            language="proto",
            doc=_doc(package.comments) if package is not None else None,
            namespaces=() if package is None else (Namespace(PACKAGE, package.name.text, (), package.span),),
            includes=tuple(
                Include(
                    path=dependency.name,
                    target=self._modules[dependency.name],
                    span=dependency.node.span,
                    is_public=dependency.kind is ImportKind.PUBLIC,
                    is_weak=dependency.kind is ImportKind.WEAK,
                    is_option=dependency.kind is ImportKind.OPTION,
                )
                for dependency in file.dependencies
            ),
            declarations=tuple(self._declarations(file)),
            line_starts=tuple(source.source.line_starts),
            syntax=_SYNTAX[file.edition],
            import_path=file.name,
            options=self._options.of(file),
        )

    def _declarations(self, file: FileDescriptor) -> Iterator[Declaration]:
        """In source order, each after the message that it is nested in."""
        found = [*self._nested(file, file)]
        found += (self._service(file, service) for service in file.services)
        return iter(sorted(found, key=lambda declared: declared.span.start))

    def _nested(self, file: FileDescriptor, holder: FileDescriptor | MessageDescriptor) -> Iterator[Declaration]:
        for message in holder.messages:
            if not message.is_map_entry:
                yield self._record(file, message)
                yield from self._nested(file, message)
        for enum in holder.enums:
            yield self._enum(file, enum)
        for extension in holder.extensions:
            extendee = self._ids.get(extension.extendee or "")
            if extendee is not None and self._has_type(extension):
                field = self._field(extension, ())
                yield Extension(id=self._id(file, extension.full_name), extendee=extendee, field=field)

    def _has_type(self, field: FieldDescriptor) -> bool:
        entry = self._entries.get(field.type_name)
        parts = (field,) if entry is None else entry.fields
        return all(part.type in _SCALARS or part.type_name in self._refs for part in parts)

    # ---- messages -------------------------------------------------------------------------------------------------

    def _record(self, file: FileDescriptor, message: MessageDescriptor) -> Record:
        options = self._options.of(message)
        return Record(
            id=self._id(file, message.full_name),
            kind=RecordKind.MESSAGE,
            fields=tuple(self._field(field, message.oneofs) for field in message.fields if self._has_type(field)),
            doc=_doc(message.node.comments),
            annotations=(),
            span=message.span,
            name_span=message.name_span,
            oneofs=tuple(self._oneof(oneof) for oneof in message.oneofs if not oneof.is_synthetic),
            reserved=_reserved(message.reserved_ranges, message.reserved_names, exclusive=1),
            extension_ranges=tuple((range.start, range.end - 1) for range in message.extension_ranges),
            is_message_set=bool(options) and self._linked.is_message_set(message),
            options=options,
        )

    def _oneof(self, oneof: OneofDescriptor) -> Oneof:
        return Oneof(
            name=oneof.name,
            doc=_doc(oneof.node.comments if oneof.node is not None else None),
            options=self._options.of(oneof),
            span=oneof.span,
            name_span=oneof.name_span,
        )

    def _field(self, field: FieldDescriptor, oneofs: tuple[OneofDescriptor, ...]) -> Field:
        node = field.node
        assert node is not None  # the parts of map entries are no fields here
        entry = self._entries.get(field.type_name)
        features = self._features.of(field)
        if is_required(field, features):
            requirement = Requirement.REQUIRED
        else:
            requirement = Requirement.OPTIONAL if has_presence(field, features) else Requirement.DEFAULT
        oneof = oneofs[field.oneof_index] if field.oneof_index is not None else None
        return Field(
            id=field.number,
            name=field.name,
            type=self._type(field, entry),
            requirement=requirement,
            default=None if field.default_value is None else self._default(field),
            doc=_doc(node.comments),
            annotations=(),
            span=field.span,
            name_span=field.name_span,
            id_span=node.number.span,
            oneof=None if oneof is None or oneof.is_synthetic else oneof.name,
            encoding=self._encoding(field, entry),
            json_name=json_name(field),
            options=self._options.of(field),
        )

    def _encoding(self, field: FieldDescriptor, entry: MessageDescriptor | None) -> ProtoEncoding:
        features = self._features.of(field)
        parts = (field,) if entry is None else entry.fields
        encoding = ProtoEncoding(
            is_packed=is_packed(field, features),
            is_delimited=is_delimited(field, features, is_map=entry is not None, in_map_entry=False),
            checks_utf8=any(checks_utf8(part, self._features.of(part)) for part in parts),
        )
        return _PLAIN if encoding == _PLAIN else encoding

    def _type(self, field: FieldDescriptor, entry: MessageDescriptor | None) -> Type:
        if entry is not None:
            key, value = (self._single(part) for part in entry.fields)
            return MapOf(key, value)
        single = self._single(field)
        return ListOf(single) if field.is_repeated else single

    def _single(self, field: FieldDescriptor) -> Type:
        return _SCALARS.get(field.type) or self._refs[field.type_name]

    def _default(self, field: FieldDescriptor) -> Value | None:
        value = field.default
        assert value is not None  # or there would be no text of it
        if field.type is FieldType.ENUM:
            enum = self._linked.pool.enum(field.type_name)
            assert enum is not None
            assert isinstance(value, IdentifierNode)
            found = next((each for each in enum.values if each.name == value.text), None)
            return None if found is None else EnumValue(self._ids[enum.full_name], found.number, value.text)
        return _literal(field.type, value)

    # ---- enums and services ---------------------------------------------------------------------------------------

    def _enum(self, file: FileDescriptor, enum: EnumDescriptor) -> Enum:
        return Enum(
            id=self._id(file, enum.full_name),
            members=tuple(
                EnumMember(
                    name=value.name,
                    number=value.number,
                    doc=_doc(value.node.comments),
                    annotations=(),
                    span=value.span,
                    name_span=value.name_span,
                    options=self._options.of(value),
                )
                for value in enum.values
            ),
            doc=_doc(enum.node.comments),
            annotations=(),
            span=enum.span,
            name_span=enum.name_span,
            is_closed=self._features.of(enum).enum_type is EnumType.CLOSED,
            reserved=_reserved(enum.reserved_ranges, enum.reserved_names, exclusive=0),
            options=self._options.of(enum),
        )

    def _service(self, file: FileDescriptor, service: ServiceDescriptor) -> Service:
        return Service(
            id=self._id(file, service.full_name),
            base=None,
            methods=tuple(
                self._method(method)
                for method in service.methods
                if method.input_type in self._refs and method.output_type in self._refs
            ),
            doc=_doc(service.node.comments),
            annotations=(),
            span=service.span,
            name_span=service.name_span,
            options=self._options.of(service),
        )

    def _method(self, method: MethodDescriptor) -> Method:
        input_span = method.node.input.type.span
        request = Field(
            id=1,
            name="request",
            type=self._refs[method.input_type],
            requirement=Requirement.REQUIRED,
            default=None,
            doc=None,
            annotations=(),
            span=input_span,
            name_span=input_span,
            is_implicit=True,
            encoding=_PLAIN,
            json_name="request",
        )
        return Method(
            name=method.name,
            arguments=(request,),
            result=self._refs[method.output_type],
            throws=(),
            is_oneway=False,
            streaming=_STREAMING[method.client_streaming, method.server_streaming],
            doc=_doc(method.node.comments),
            annotations=(),
            span=method.span,
            name_span=method.name_span,
            options=self._options.of(method),
        )


def _reserved(ranges: tuple[ReservedRange, ...], names: tuple[ReservedName, ...], *, exclusive: int) -> Reserved:
    return Reserved(
        ranges=tuple((range.start, range.end - exclusive) for range in ranges),
        names=tuple(name.name for name in names),
    )


def _literal(type: FieldType, value: ValueNode) -> Value:
    """A literal that fits `type`, a scalar."""
    match value:
        case IntNode() if type in INTEGER_RANGES:
            return value.value
        case IntNode() | FloatNode():
            return _rounded(type, _float(value))
        case IdentifierNode() if type in FLOATING:
            return float(value.text)
        case IdentifierNode():
            return value.text == "true"
        case StringNode() if type is FieldType.BYTES:
            return value.value
        case StringNode():
            return value.text
        case _:
            raise AssertionError(f"{type.name} has no such default: {value}")


def _float(value: IntNode | FloatNode) -> float:
    try:
        return float(value.value)
    except OverflowError:
        return float("-inf") if value.value < 0 else float("inf")


def _rounded(type: FieldType, number: float) -> float:
    """`number` as a field of `type` holds it."""
    return nearest_single(number) if type is FieldType.FLOAT else number


def _doc(comments: Comments | None) -> str | None:
    """The comment before a declaration, else the one behind it, without the blank that follows the marks."""
    text = (comments.leading or comments.trailing) if comments is not None else None
    if text is None:
        return None
    lines = [line.removeprefix(" ").rstrip() for line in readable(text).split("\n")]
    return "\n".join(lines).strip("\n") or None
