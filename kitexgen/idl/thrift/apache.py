"""What Apache Thrift refuses though its meaning is clear to us: it reads a file from top to bottom, once.

A name must be declared before its type is looked into: for the value of a constant, a default, a throws clause, a
base service. Source: Apache Thrift 0.25, compiler/cpp/src/thrift: thrifty.yy, parse/t_scope.h
(`resolve_const_value`), parse/t_program.h (`is_unique_typename`, `is_common_namespace`), main.cc.
"""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import APACHE, warning
from kitexgen.idl.symbols import Symbol, SymbolKind
from kitexgen.idl.thrift.declare import include_prefix
from kitexgen.idl.thrift.graph import FileGraph, LoadedFile
from kitexgen.idl.thrift.partial import Partial
from kitexgen.idl.thrift.scopes import Scopes
from kitexgen.idl.thrift.tree import (
    ConstNode,
    DefinitionNode,
    EnumNode,
    FieldNode,
    IdentifierNode,
    ListNode,
    LiteralNode,
    MapNode,
    NamespaceNode,
    RecordNode,
    ServiceNode,
    TypedefNode,
    ValueNode,
)
from kitexgen.idl.thrift.types import MAX_DEPTH
from kitexgen.schema.declarations import Alias, Const, Field
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Service
from kitexgen.schema.types import ListOf, MapOf, Ref, SetOf, Type
from kitexgen.source.span import Span


def refused_by_apache(graph: FileGraph, schema: Schema, scopes: Scopes, partial: Partial) -> Iterator[Diagnostic]:
    files = {file.id: file for file in graph.files}
    for file in graph.files:
        yield from _Reader(file, schema, scopes, partial).read()
        yield from _shared_names(file, files, scopes)
        yield from _shared_constants(file, files)


class _Reader:
    """Reads one file as Apache does; at the definition of number `self._now` only those before it are known."""

    def __init__(self, file: LoadedFile, schema: Schema, scopes: Scopes, partial: Partial) -> None:
        self._file = file
        self._schema = schema
        self._scopes = scopes
        self._partial = partial
        self._now = 0

    def read(self) -> Iterator[Diagnostic]:
        module = self._schema.module(self._file.id)
        declared = {declaration.id.name: declaration for declaration in module.declarations}
        for order, node in enumerate(self._file.tree.definitions):
            self._now = order
            declaration = declared.get(node.name.text)
            if isinstance(node, ConstNode) and isinstance(declaration, Const):
                yield from self._value(declaration.type, node.value, node.type.span)
            elif isinstance(node, RecordNode):
                record = self._partial.records.get(DeclId(self._file.id, node.name.text))
                if record is not None and len(record.fields) == len(node.fields):
                    yield from self._defaults(record.fields, node.fields)
            elif isinstance(node, ServiceNode) and isinstance(declaration, Service):
                yield from self._service(declaration, node)

    def _service(self, service: Service, node: ServiceNode) -> Iterator[Diagnostic]:
        if node.base is not None and service.base is not None:
            yield from self._must_be_known(service.base, node.base.span, "a base service")
        for method, method_node in zip(service.methods, node.methods, strict=False):
            yield from self._defaults(method.arguments, method_node.arguments)
            for field, field_node in zip(method.throws, method_node.throws, strict=False):
                yield from self._type_known(field.type, field_node.type.span, "an exception in a throws clause")

    def _defaults(self, fields: tuple[Field, ...], nodes: tuple[FieldNode, ...]) -> Iterator[Diagnostic]:
        for field, node in zip(fields, nodes, strict=True):
            if node.default is not None:
                yield from self._value(field.type, node.default, node.type.span)

    def _value(self, type: Type, node: ValueNode, type_span: Span, depth: int = 1) -> Iterator[Diagnostic]:
        """Look into `type` and then into `node`, as far as Apache does for a value."""
        found = list(self._type_known(type, type_span, "the type of a value"))
        yield from found
        if found or depth > MAX_DEPTH:
            return
        match self._partial.resolve(type), node:
            case ListOf(element=element) | SetOf(element=element), ListNode(items=items):
                for item in items:
                    yield from self._value(element, item, type_span, depth + 1)
            case MapOf(key=key, value=value), MapNode(entries=entries):
                for key_node, value_node in entries:
                    yield from self._value(key, key_node, type_span, depth + 1)
                    yield from self._value(value, value_node, type_span, depth + 1)
            case Ref() as reference, MapNode(entries=entries):
                record = self._partial.record(reference)
                types = {field.name: field.type for field in record.fields} if record else {}
                for key_node, value_node in entries:
                    if isinstance(key_node, LiteralNode) and key_node.value in types:
                        yield from self._value(types[key_node.value], value_node, value_node.span, depth + 1)
            case _, IdentifierNode(text=text, span=span) if text not in ("true", "false"):
                yield from self._reference(text, span)

    def _reference(self, text: str, span: Span) -> Iterator[Diagnostic]:
        constants = self._scopes.constants(self._file.id, text)
        named = (name.symbol for name in self._scopes.enum_names(self._file.id, text))
        for symbol in (*constants, *named):
            yield from self._must_be_known(symbol.id, span, "a constant")

    def _type_known(self, type: Type, span: Span, what: str) -> Iterator[Diagnostic]:
        """Every step from `type` through aliases to its end must be declared by now."""
        while isinstance(type, Ref):
            found = list(self._must_be_known(type.target, span, what))
            if found:
                yield from found
                return
            alias = self._partial.aliases.get(type.target)
            if not isinstance(alias, Alias):
                return
            type = alias.type

    def _must_be_known(self, id: DeclId, span: Span, what: str) -> Iterator[Diagnostic]:
        if id.module != self._file.id:
            return
        symbol = self._scopes.symbols.own(id.module, id.name)
        if symbol is None or symbol.order < self._now:
            return
        where = "is declared here" if symbol.order == self._now else "is declared further down"
        yield warning(
            "KX0250",
            f"`{id.name}` is used before it is declared",
            span,
            f"{what} must be known by now",
            also=(Label(symbol.name_span, where),),
            hint="Apache Thrift reads from top to bottom: move the declaration up",
            refused_by=APACHE,
        )


# ---- names of includes ------------------------------------------------------------------------------------------


def _shared_names(file: LoadedFile, files: dict[ModuleId, LoadedFile], scopes: Scopes) -> Iterator[Diagnostic]:
    """Apache refuses a type or service named as one of a direct include, unless their namespaces tell them apart."""
    targets = dict.fromkeys(target for _, target in file.includes)
    for target in targets:
        if not _namespaces_agree(files[target], file):
            continue
        for symbol in scopes.symbols.of(file.id):
            other = scopes.symbols.own(target, symbol.id.name)
            if other is not None and SymbolKind.CONST not in (symbol.kind, other.kind):
                yield _shared_name(symbol, other)


def _namespaces(file: LoadedFile) -> dict[str, str]:
    headers = (header for header in file.tree.headers if isinstance(header, NamespaceNode))
    return {header.scope.text: header.name.text for header in headers}


def _namespaces_agree(left: LoadedFile, right: LoadedFile) -> bool:
    a, b = _namespaces(left), _namespaces(right)

    def agrees(names: dict[str, str], others: dict[str, str]) -> bool:
        return all(others.get(scope, others.get("*", "")) == name for scope, name in names.items())

    return agrees(a, b) and agrees(b, a)


def _shared_name(symbol: Symbol, other: Symbol) -> Diagnostic:
    return warning(
        "KX0251",
        f"`{symbol.id.name}` is also declared by an include of this file",
        symbol.name_span,
        also=(Label(other.name_span, f"in {other.id.module.path}"),),
        hint="Apache Thrift refuses this, unless the two files have different namespaces",
        refused_by=APACHE,
    )


def _shared_constants(file: LoadedFile, files: dict[ModuleId, LoadedFile]) -> Iterator[Diagnostic]:
    """Apache keeps constants and enum members of a file and its direct includes in one table, under dotted names."""
    table: dict[str, Span] = {}
    for node, target in file.includes:
        prefix = include_prefix(node.path.value)
        for name in _constant_names(files[target].tree.definitions):
            full = f"{prefix}.{name}"
            if full in table:
                yield _twice_in_table(full, node.span, table[full])
                break
            table[full] = node.span
    for definition in file.tree.definitions:
        for name in _constant_names((definition,)):
            if name in table:
                yield _twice_in_table(name, definition.name.span, table[name])
                break


def _constant_names(definitions: tuple[DefinitionNode, ...]) -> Iterator[str]:
    for definition in definitions:
        match definition:
            case ConstNode():
                yield definition.name.text
            case EnumNode():
                yield from (f"{definition.name.text}.{member.name.text}" for member in definition.members)
            case TypedefNode() | RecordNode() | ServiceNode():
                pass


def _twice_in_table(name: str, at: Span, first: Span) -> Diagnostic:
    return warning(
        "KX0252",
        f"Apache Thrift sees two constants called `{name}`",
        at,
        "the second comes from here",
        also=(Label(first, "the first comes from here"),),
        hint="include a file once, and give files and enums different names",
        refused_by=APACHE,
    )
