"""From trees to descriptors: every element with its full name and its path, every type name resolved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kitexgen.diagnostics.report import Report
from kitexgen.idl.proto import name_findings as findings
from kitexgen.idl.proto.declare import declare, entry_name, field_name, join, synthetic_oneofs
from kitexgen.idl.proto.default_text import default_text
from kitexgen.idl.proto.descriptors import (
    Dependency,
    EnumDescriptor,
    EnumValueDescriptor,
    FieldDescriptor,
    FieldLabel,
    FieldType,
    FileDescriptor,
    MessageDescriptor,
    MethodDescriptor,
    OneofDescriptor,
    Path,
    Pool,
    ServiceDescriptor,
)
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.graph import ProtoFile, ProtoGraph
from kitexgen.idl.proto.name_uses import NameUses
from kitexgen.idl.proto.ranges import extension_ranges, reserved_enum_ranges, reserved_names, reserved_ranges
from kitexgen.idl.proto.scopes import Miss, Scopes
from kitexgen.idl.proto.symbols import Symbol, SymbolKind
from kitexgen.idl.proto.tree import (
    EnumNode,
    EnumValueNode,
    ExtendNode,
    FieldNode,
    FileItem,
    GroupNode,
    MapTypeNode,
    MessageItem,
    MessageNode,
    MethodNode,
    MethodTypeNode,
    NamedTypeNode,
    OneofNode,
    OptionListNode,
    OptionNode,
    ScalarTypeNode,
    ServiceNode,
    StringNode,
)

SCALARS: Final = {
    type.name.lower(): type
    for type in FieldType
    if type not in {FieldType.UNKNOWN, FieldType.GROUP, FieldType.MESSAGE, FieldType.ENUM}
}
# In edition UNSTABLE the plain names of integers are of fixed width. Source: parser.cc.
_UNSTABLE_SCALARS: Final = {
    **SCALARS,
    "int32": FieldType.SFIXED32,
    "int64": FieldType.SFIXED64,
    "uint32": FieldType.FIXED32,
    "uint64": FieldType.FIXED64,
    "varint32": FieldType.INT32,
    "varint64": FieldType.INT64,
    "uvarint32": FieldType.UINT32,
    "uvarint64": FieldType.UINT64,
    "zigzag32": FieldType.SINT32,
    "zigzag64": FieldType.SINT64,
}
_LABELS: Final = {
    "optional": FieldLabel.OPTIONAL,
    "required": FieldLabel.REQUIRED,
    "repeated": FieldLabel.REPEATED,
}
_TYPES: Final = (SymbolKind.MESSAGE, SymbolKind.ENUM)
_MESSAGES: Final = (SymbolKind.MESSAGE,)


def link(graph: ProtoGraph, report: Report, names: NameUses | None = None) -> Pool:
    """The descriptors of all files, with everything that is wrong with their names in `report`.

    `names`, where given, is told what each of them means.
    """
    symbols = declare(graph, report)
    scopes = Scopes(symbols, graph.visible(), graph.visible_to_options())
    return Pool(tuple(_Linker(file, scopes, report, names).file() for file in graph.files), scopes)


class _Linker:
    """Builds the descriptors of one file."""

    def __init__(self, file: ProtoFile, scopes: Scopes, report: Report, names: NameUses | None) -> None:
        self._source = file
        self._names = names
        self._file = file.name
        self._scopes = scopes
        self._report = report
        self._edition = file.tree.edition
        self._scalars = _UNSTABLE_SCALARS if self._edition is Edition.UNSTABLE else SCALARS
        written = {node.path.text for node in file.tree.imports()}
        self._has_failed_imports = written != {node.path.text for node in file.imports}

    def file(self) -> FileDescriptor:
        tree = self._source.tree
        scope = tree.package
        return FileDescriptor(
            name=self._file,
            package=scope,
            edition=tree.edition,
            dependencies=tuple(Dependency(name=n.path.text, kind=n.kind, node=n) for n in self._source.imports),
            messages=self._messages(tree.items, scope, (4,)),
            enums=self._enums(tree.items, scope, (5,)),
            services=self._services(tree.items, scope),
            extensions=self._extensions(tree.items, scope, (7,)),
            options=_options(tree.items),
            node=tree,
        )

    # ---- messages -------------------------------------------------------------------------------------------------

    def _messages(
        self, items: Sequence[FileItem | MessageItem], scope: str, path: Path
    ) -> tuple[MessageDescriptor, ...]:
        """The messages declared in `scope`, those of groups and maps among them, in the order of the text."""
        found: list[MessageDescriptor] = []

        def visit(item: FileItem | MessageItem) -> None:
            at = (*path, len(found))
            match item:
                case MessageNode() | GroupNode():
                    found.append(self._message(item, scope, at))
                case FieldNode(type=MapTypeNode() as map):
                    found.append(self._entry(item, map, scope, at))
                case ExtendNode() | OneofNode():
                    for inner in item.items:
                        if isinstance(inner, FieldNode | GroupNode):
                            visit(inner)

        for item in items:
            visit(item)
        return tuple(found)

    def _message(self, node: MessageNode | GroupNode, scope: str, path: Path) -> MessageDescriptor:
        full_name = join(scope, node.name.text)
        oneofs = self._oneofs(node, full_name, path)
        return MessageDescriptor(
            name=node.name.text,
            full_name=full_name,
            file=self._file,
            path=path,
            fields=self._fields(node, full_name, path, {oneof.name: at for at, oneof in enumerate(oneofs)}),
            oneofs=oneofs,
            messages=self._messages(node.items, full_name, (*path, 3)),
            enums=self._enums(node.items, full_name, (*path, 4)),
            extensions=self._extensions(node.items, full_name, (*path, 6)),
            extension_ranges=extension_ranges(node.items, self._file, (*path, 5)),
            reserved_ranges=reserved_ranges(node.items, (*path, 9)),
            reserved_names=reserved_names(node.items, (*path, 10)),
            is_map_entry=False,
            visibility=node.visibility.text if isinstance(node, MessageNode) and node.visibility else None,
            options=_options(node.items),
            node=node,
            span=node.span,
            name_span=node.name.span,
        )

    def _entry(self, node: FieldNode, map: MapTypeNode, scope: str, path: Path) -> MessageDescriptor:
        """The message behind a map. Its fields have those options of the map that speak of them, as in parser.cc."""
        name = entry_name(node.name.text)
        full_name = join(scope, name)

        def part(index: int, name: str, type: ScalarTypeNode | NamedTypeNode) -> FieldDescriptor:
            field_type, type_name = self._type(type, f"{full_name}.{name}")
            options = [option for option in _listed(node.options) if _goes_to_entry(option, field_type)]
            return FieldDescriptor(
                name=name,
                full_name=f"{full_name}.{name}",
                file=self._file,
                path=(*path, 2, index),
                number=index + 1,
                label=FieldLabel.OPTIONAL,
                type=field_type,
                type_name=type_name,
                extendee=None,
                oneof_index=None,
                proto3_optional=False,
                json_name=None,
                default_value=None,
                options=tuple(options),
                node=None,
                span=node.span,
                name_span=type.span,
            )

        return MessageDescriptor(
            name=name,
            full_name=full_name,
            file=self._file,
            path=path,
            fields=(part(0, "key", map.key), part(1, "value", map.value)),
            oneofs=(),
            messages=(),
            enums=(),
            extensions=(),
            extension_ranges=(),
            reserved_ranges=(),
            reserved_names=(),
            is_map_entry=True,
            visibility=None,
            options=(),
            node=node,
            span=node.span,
            name_span=node.name.span,
        )

    def _oneofs(self, node: MessageNode | GroupNode, scope: str, path: Path) -> tuple[OneofDescriptor, ...]:
        found: list[OneofDescriptor] = []
        for item in node.items:
            if isinstance(item, OneofNode):
                found.append(
                    OneofDescriptor(
                        name=item.name.text,
                        full_name=f"{scope}.{item.name.text}",
                        file=self._file,
                        path=(*path, 8, len(found)),
                        options=_options(item.items),
                        node=item,
                        span=item.span,
                        name_span=item.name.span,
                    )
                )
        for field, name in synthetic_oneofs(node.items, self._edition):
            found.append(
                OneofDescriptor(
                    name=name,
                    full_name=f"{scope}.{name}",
                    file=self._file,
                    path=(*path, 8, len(found)),
                    options=(),
                    node=None,
                    span=field.span,
                    name_span=field.name.span,
                )
            )
        return tuple(found)

    # ---- fields ---------------------------------------------------------------------------------------------------

    def _fields(
        self, node: MessageNode | GroupNode, scope: str, path: Path, oneofs: dict[str, int]
    ) -> tuple[FieldDescriptor, ...]:
        synthetic = {id(field): oneofs[name] for field, name in synthetic_oneofs(node.items, self._edition)}
        found: list[FieldDescriptor] = []
        next_oneof = 0
        for item in node.items:
            if isinstance(item, FieldNode | GroupNode):
                found.append(self._field(item, scope, (*path, 2, len(found)), synthetic.get(id(item))))
            elif isinstance(item, OneofNode):
                for inner in item.items:
                    if isinstance(inner, FieldNode | GroupNode):
                        found.append(self._field(inner, scope, (*path, 2, len(found)), next_oneof))
                next_oneof += 1
        return tuple(found)

    def _extensions(
        self, items: Sequence[FileItem | MessageItem], scope: str, path: Path
    ) -> tuple[FieldDescriptor, ...]:
        found: list[FieldDescriptor] = []
        for item in items:
            if isinstance(item, ExtendNode):
                # Any name will do: the last part is dropped before the search.
                extendee = self._message_name(item.extendee, join(scope, "extendee"))
                for field in item.items:
                    found.append(self._field(field, scope, (*path, len(found)), None, extendee))
        return tuple(found)

    def _field(
        self,
        node: FieldNode | GroupNode,
        scope: str,
        path: Path,
        oneof_index: int | None,
        extendee: str | None = None,
    ) -> FieldDescriptor:
        name = field_name(node)
        full_name = join(scope, name)
        label = _LABELS[node.label.text] if node.label else FieldLabel.OPTIONAL
        if isinstance(node, GroupNode):
            type, type_name = FieldType.GROUP, join(scope, node.name.text)
        elif isinstance(node.type, MapTypeNode):
            type, type_name = FieldType.MESSAGE, join(scope, entry_name(name))
            label = FieldLabel.REPEATED
        else:
            type, type_name = self._type(node.type, full_name)
        return FieldDescriptor(
            name=name,
            full_name=full_name,
            file=self._file,
            path=path,
            number=node.number.value,
            label=label,
            type=type,
            type_name=type_name,
            extendee=extendee,
            oneof_index=oneof_index,
            proto3_optional=self._is_proto3_optional(node),
            json_name=_text(node.json_name),
            default_value=None if node.default is None else default_text(type, node.default.value),
            options=tuple(option for option in _listed(node.options) if not _is_pseudo(option, node)),
            node=node,
            span=node.span,
            name_span=node.name.span,
        )

    def _is_proto3_optional(self, node: FieldNode | GroupNode) -> bool:
        return any(field is node for field, _ in synthetic_oneofs((node,), self._edition))

    def _type(self, node: ScalarTypeNode | NamedTypeNode, full_name: str) -> tuple[FieldType, str]:
        """The type that `node` names in the field `full_name`, and the full name of its message or enum."""
        if isinstance(node, ScalarTypeNode):
            return self._scalars[node.name], ""
        found = self._scopes.resolve(node.name, self._file, full_name, is_type=True)
        if isinstance(found, Miss):
            self._not_found(node, found, _TYPES)
            return FieldType.UNKNOWN, ""
        self._note(node, found)
        if found.kind is SymbolKind.MESSAGE:
            return FieldType.MESSAGE, found.full_name
        if found.kind is SymbolKind.ENUM:
            return FieldType.ENUM, found.full_name
        self._report.add(findings.wrong_kind(node.name, node.span, found, "a type"))
        return FieldType.UNKNOWN, ""

    def _message_name(self, node: NamedTypeNode, full_name: str) -> str:
        """The full name of the message that `node` names, "" when it names none."""
        if node.name in SCALARS:
            return ""  # the parser has reported it
        found = self._scopes.resolve(node.name, self._file, full_name)
        if isinstance(found, Miss):
            self._not_found(node, found, _MESSAGES)
            return ""
        self._note(node, found)
        if found.kind is not SymbolKind.MESSAGE:
            self._report.add(findings.wrong_kind(node.name, node.span, found, "a message"))
            return ""
        return found.full_name

    def _note(self, node: NamedTypeNode, symbol: Symbol) -> None:
        if self._names is not None:
            self._names.name(self._file, node.span, symbol, self._scopes.symbols)

    def _not_found(self, node: NamedTypeNode, miss: Miss, kinds: Sequence[SymbolKind]) -> None:
        # What an import that failed would have declared nobody knows; that it failed is reported.
        if not self._has_failed_imports:
            self._report.add(findings.not_found(node.name, node.span, miss, self._scopes.symbols, kinds))

    # ---- enums ----------------------------------------------------------------------------------------------------

    def _enums(self, items: Sequence[FileItem | MessageItem], scope: str, path: Path) -> tuple[EnumDescriptor, ...]:
        nodes = [item for item in items if isinstance(item, EnumNode)]
        return tuple(self._enum(node, scope, (*path, at)) for at, node in enumerate(nodes))

    def _enum(self, node: EnumNode, scope: str, path: Path) -> EnumDescriptor:
        values = [item for item in node.items if isinstance(item, EnumValueNode)]
        return EnumDescriptor(
            name=node.name.text,
            full_name=join(scope, node.name.text),
            file=self._file,
            path=path,
            values=tuple(self._enum_value(value, scope, (*path, 2, at)) for at, value in enumerate(values)),
            reserved_ranges=reserved_enum_ranges(node.items, (*path, 4)),
            reserved_names=reserved_names(node.items, (*path, 5)),
            visibility=node.visibility.text if node.visibility else None,
            options=_options(node.items),
            node=node,
            span=node.span,
            name_span=node.name.span,
        )

    def _enum_value(self, node: EnumValueNode, scope: str, path: Path) -> EnumValueDescriptor:
        return EnumValueDescriptor(
            name=node.name.text,
            full_name=join(scope, node.name.text),
            file=self._file,
            path=path,
            number=node.number.value,
            options=_listed(node.options),
            node=node,
            span=node.span,
            name_span=node.name.span,
        )

    # ---- services -------------------------------------------------------------------------------------------------

    def _services(self, items: Sequence[FileItem], scope: str) -> tuple[ServiceDescriptor, ...]:
        nodes = [item for item in items if isinstance(item, ServiceNode)]
        return tuple(self._service(node, scope, (6, at)) for at, node in enumerate(nodes))

    def _service(self, node: ServiceNode, scope: str, path: Path) -> ServiceDescriptor:
        full_name = join(scope, node.name.text)
        methods = [item for item in node.items if isinstance(item, MethodNode)]
        return ServiceDescriptor(
            name=node.name.text,
            full_name=full_name,
            file=self._file,
            path=path,
            methods=tuple(self._method(method, full_name, (*path, 2, at)) for at, method in enumerate(methods)),
            options=_options(node.items),
            node=node,
            span=node.span,
            name_span=node.name.span,
        )

    def _method(self, node: MethodNode, scope: str, path: Path) -> MethodDescriptor:
        full_name = f"{scope}.{node.name.text}"

        def message(part: MethodTypeNode) -> str:
            return self._message_name(part.type, full_name)

        return MethodDescriptor(
            name=node.name.text,
            full_name=full_name,
            file=self._file,
            path=path,
            input_type=message(node.input),
            output_type=message(node.output),
            client_streaming=node.input.stream is not None,
            server_streaming=node.output.stream is not None,
            options=node.options,
            node=node,
            span=node.span,
            name_span=node.name.span,
        )


# ---- options -------------------------------------------------------------------------------------------------------


def _options(items: Sequence[object]) -> tuple[OptionNode, ...]:
    return tuple(item for item in items if isinstance(item, OptionNode))


def _listed(options: OptionListNode | None) -> tuple[OptionNode, ...]:
    return options.options if options else ()


def _is_pseudo(option: OptionNode, field: FieldNode | GroupNode) -> bool:
    """Whether it is `default` or `json_name`, which look like options and are none."""
    return option is field.default or option is field.json_name


def _goes_to_entry(option: OptionNode, type: FieldType) -> bool:
    """Whether an option of a map goes for its keys or values, of `type`, too (`GenerateMapEntry` of parser.cc)."""
    first = option.parts[0]
    if first.is_extension:
        return False
    return first.text == "features" or (
        first.text == "enforce_utf8" and len(option.parts) == 1 and type is FieldType.STRING
    )


def _text(option: OptionNode | None) -> str | None:
    """The string an option is set to, None when it is none or the value is no string."""
    return option.value.text if option is not None and isinstance(option.value, StringNode) else None
