"""Tree and symbols to schema: enums, aliases, the shapes of records, constants, and last the defaults of fields.

What is broken is reported and left out or marked UNKNOWN, and the rest goes on; a schema from a run with errors is
good for further checks only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from kitexgen.diagnostics.report import Report
from kitexgen.idl.symbols import Symbols
from kitexgen.idl.thrift.aliases import settle_aliases
from kitexgen.idl.thrift.constants import Constants, ConstShape
from kitexgen.idl.thrift.declare import include_prefix
from kitexgen.idl.thrift.graph import FileGraph, LoadedFile
from kitexgen.idl.thrift.numbering import FieldIds, number_fields
from kitexgen.idl.thrift.partial import Partial
from kitexgen.idl.thrift.scopes import Scopes
from kitexgen.idl.thrift.streaming import streaming_mode
from kitexgen.idl.thrift.tree import (
    BaseTypeNode,
    ConstNode,
    DefinitionNode,
    EnumNode,
    FieldNode,
    IncludeNode,
    MethodNode,
    NamespaceNode,
    RecordNode,
    ServiceNode,
    TypedefNode,
)
from kitexgen.idl.thrift.types import TypeLowering, lower_annotations
from kitexgen.idl.uses import Uses
from kitexgen.schema.declarations import Alias, Const, Enum, EnumMember, Field, Record, RecordKind, Requirement
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Declaration, Include, Module, Namespace, Schema
from kitexgen.schema.services import Method, Service
from kitexgen.schema.values import Value
from kitexgen.source.span import Span

Node = TypeVar("Node", bound=DefinitionNode)


@dataclass(frozen=True, slots=True)
class Lowered:
    """The schema, and what the portability checks need to look at the trees once more."""

    schema: Schema
    scopes: Scopes
    partial: Partial


def lower(graph: FileGraph, symbols: Symbols, field_ids: FieldIds, report: Report, uses: Uses | None = None) -> Lowered:
    """The schema of `graph`, with everything that is wrong with its names, types and values in `report`.

    `uses`, where given, is told what every name means.
    """
    lowering = _Lowering(graph, symbols, field_ids, report, uses)
    return Lowered(lowering.schema(), lowering.scopes, lowering.partial)


class _Lowering:
    def __init__(
        self, graph: FileGraph, symbols: Symbols, field_ids: FieldIds, report: Report, uses: Uses | None
    ) -> None:
        self._graph = graph
        self._field_ids = field_ids
        self._report = report
        self.scopes = Scopes(symbols, {file.id: _missing_includes(file) for file in graph.files}, report, uses)
        self.partial = Partial()
        self._types = TypeLowering(self.scopes, report)

    def schema(self) -> Schema:
        partial = self.partial
        for module, enum_node in self._each(EnumNode):
            enum = self._enum(module, enum_node)
            partial.enums.setdefault(enum.id, enum)
        for module, typedef in self._each(TypedefNode):
            alias = self._alias(module, typedef)
            partial.aliases.setdefault(alias.id, alias)
        settle_aliases(partial, self._report)
        records: list[tuple[ModuleId, RecordNode, Record]] = []
        for module, record_node in self._each(RecordNode):
            record = self._record(module, record_node)
            records.append((module, record_node, record))
            if partial.records.setdefault(record.id, record) is record:
                for field in record_node.fields:
                    if field.default is not None:
                        partial.defaults[record.id, field.name.text] = field.default
        shapes = [
            ConstShape(_id(module, node), self._types.lower(module, node.type), node)
            for module, node in self._each(ConstNode)
        ]
        constants = Constants(self.scopes, partial, shapes, self._report)
        declarations: dict[DeclId, Declaration] = {**partial.enums, **partial.aliases}
        for module, record_node, record in records:
            fields = self._with_defaults(module, record_node.fields, record.fields, constants)
            declarations.setdefault(record.id, replace(record, fields=fields))
        for shape in shapes:
            value = constants.of(shape.id)
            if value is not None:
                declarations.setdefault(shape.id, _const(shape, value))
        for module, service_node in self._each(ServiceNode):
            service = self._service(module, service_node, constants)
            declarations.setdefault(service.id, service)
        modules = tuple(_module(file, declarations) for file in self._graph.files)
        return Schema(modules, self._graph.roots)

    def _each(self, kind: type[Node]) -> Iterator[tuple[ModuleId, Node]]:
        for file in self._graph.files:
            for definition in file.tree.definitions:
                if isinstance(definition, kind):
                    yield file.id, definition

    # ---- declarations -------------------------------------------------------------------------------------------

    def _enum(self, module: ModuleId, node: EnumNode) -> Enum:
        members: list[EnumMember] = []
        for member in node.members:
            following = members[-1].number + 1 if members else 0
            members.append(
                EnumMember(
                    name=member.name.text,
                    number=following if member.number is None else member.number.value,
                    doc=member.doc,
                    annotations=lower_annotations(member.annotations),
                    span=member.span,
                    name_span=member.name.span,
                )
            )
        return Enum(
            id=_id(module, node),
            members=tuple(members),
            doc=node.doc,
            annotations=lower_annotations(node.annotations),
            span=node.span,
            name_span=node.name.span,
        )

    def _alias(self, module: ModuleId, node: TypedefNode) -> Alias:
        return Alias(
            id=_id(module, node),
            type=self._types.lower(module, node.type),
            doc=node.doc,
            annotations=lower_annotations(node.annotations),
            span=node.span,
            name_span=node.name.span,
        )

    def _record(self, module: ModuleId, node: RecordNode) -> Record:
        kind = RecordKind(node.keyword)
        fields = self._fields(module, node.fields, f"`{node.name.text}`", is_record=True)
        if kind is RecordKind.UNION:
            # Both compilers read every member of a union as optional, whatever it says.
            fields = tuple(replace(field, requirement=Requirement.OPTIONAL) for field in fields)
        return Record(
            id=_id(module, node),
            kind=kind,
            fields=fields,
            doc=node.doc,
            annotations=lower_annotations(node.annotations),
            span=node.span,
            name_span=node.name.span,
        )

    def _service(self, module: ModuleId, node: ServiceNode, constants: Constants) -> Service:
        base = node.base and self.scopes.service(module, node.base.text, node.base.span)
        return Service(
            id=_id(module, node),
            base=base.id if base else None,
            methods=tuple(self._method(module, node.name.text, method, constants) for method in node.methods),
            doc=node.doc,
            annotations=lower_annotations(node.annotations),
            span=node.span,
            name_span=node.name.span,
        )

    def _method(self, module: ModuleId, service: str, node: MethodNode, constants: Constants) -> Method:
        is_void = isinstance(node.result, BaseTypeNode) and node.result.name == "void"
        name = f"`{service}.{node.name.text}`"
        arguments = self._fields(module, node.arguments, f"the arguments of {name}", is_record=False)
        # `optional` means nothing before an argument (Apache and thriftgo ignore it).
        arguments = tuple(
            replace(field, requirement=Requirement.DEFAULT) if field.requirement is Requirement.OPTIONAL else field
            for field in arguments
        )
        throws = self._fields(module, node.throws, f"the throws of {name}", is_record=False)
        annotations = lower_annotations(node.annotations)
        return Method(
            name=node.name.text,
            arguments=self._with_defaults(module, node.arguments, arguments, constants),
            result=None if is_void else self._types.lower(module, node.result),
            throws=tuple(replace(field, requirement=Requirement.OPTIONAL) for field in throws),
            is_oneway=node.oneway is not None,
            streaming=streaming_mode(annotations),
            doc=node.doc,
            annotations=annotations,
            span=node.span,
            name_span=node.name.span,
        )

    # ---- fields -------------------------------------------------------------------------------------------------

    def _fields(
        self, module: ModuleId, nodes: Sequence[FieldNode], owner: str, *, is_record: bool
    ) -> tuple[Field, ...]:
        ids, found = number_fields(nodes, self._field_ids, owner, is_record=is_record)
        self._report.extend(found)
        return tuple(self._field(module, node, id) for node, id in zip(nodes, ids, strict=True))

    def _field(self, module: ModuleId, node: FieldNode, id: int) -> Field:
        requirement = Requirement(node.requirement.text) if node.requirement else Requirement.DEFAULT
        return Field(
            id=id,
            name=node.name.text,
            type=self._types.lower(module, node.type),
            requirement=requirement,
            default=None,
            doc=node.doc,
            annotations=lower_annotations(node.annotations),
            span=node.span,
            name_span=node.name.span,
            is_implicit=node.id is None,
            id_span=node.id.span if node.id else None,
        )

    def _with_defaults(
        self, module: ModuleId, nodes: Sequence[FieldNode], fields: Sequence[Field], constants: Constants
    ) -> tuple[Field, ...]:
        return tuple(
            field if node.default is None else replace(field, default=constants.value(module, node.default, field.type))
            for node, field in zip(nodes, fields, strict=True)
        )


def _id(module: ModuleId, node: DefinitionNode) -> DeclId:
    return DeclId(module, node.name.text)


def _const(shape: ConstShape, value: Value) -> Const:
    return Const(
        id=shape.id,
        type=shape.type,
        value=value,
        doc=shape.node.doc,
        annotations=lower_annotations(shape.node.annotations),
        span=shape.node.span,
        name_span=shape.node.name.span,
    )


def _missing_includes(file: LoadedFile) -> dict[str, Span]:
    found = {node.span for node, _ in file.includes}
    missing = (node for node in file.tree.headers if isinstance(node, IncludeNode) and node.span not in found)
    return {include_prefix(node.path.value): node.path.span for node in missing}


def _module(file: LoadedFile, declarations: dict[DeclId, Declaration]) -> Module:
    ids = dict.fromkeys(_id(file.id, node) for node in file.tree.definitions)
    return Module(
        id=file.id,
        language="thrift",
        doc=file.tree.doc,
        namespaces=tuple(
            Namespace(node.scope.text, node.name.text, lower_annotations(node.annotations), node.span)
            for node in file.tree.headers
            if isinstance(node, NamespaceNode)
        ),
        includes=tuple(Include(node.path.value, target, node.span) for node, target in file.includes),
        declarations=tuple(declarations[id] for id in ids if id in declarations),
        line_starts=tuple(file.source.line_starts),
    )
