"""Names of a run: every declaration of every file entered into the symbols, and those that share one reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kitexgen.diagnostics.report import Report
from kitexgen.idl.proto import name_findings as findings
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.graph import ProtoFile, ProtoGraph
from kitexgen.idl.proto.symbols import Symbol, SymbolKind, Symbols
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
    Name,
    OneofNode,
    PackageNode,
    ServiceNode,
)
from kitexgen.source.span import Span


def declare(graph: ProtoGraph, report: Report) -> Symbols:
    """The symbols of all files. Of two with one name the first stays; files come in the order of the graph."""
    symbols = Symbols()
    for file in graph.files:
        for symbol in _symbols(file):
            taken = symbols.add(symbol)
            if taken is not None:
                report.add(findings.declared_twice(symbol, taken))
    return symbols


def join(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def entry_name(field: str) -> str:
    """The name of the message behind a map field. Source: `MapEntryName` of parser.cc."""
    # Only the letter is made large: a digit or a letter behind a digit stays as it is.
    return "".join(part[:1].upper() + part[1:] for part in field.split("_")) + "Entry"


def synthetic_oneofs(items: Sequence[MessageItem], edition: Edition) -> Iterator[tuple[FieldNode | GroupNode, str]]:
    """The proto3 fields with `optional` and the oneof each is the only member of, in order.

    Source: `GenerateSyntheticOneofs` of parser.cc.
    """
    if edition is not Edition.PROTO3:
        return
    optional = [item for item in items if isinstance(item, FieldNode | GroupNode) and is_optional(item)]
    if not optional:
        return
    taken = {field.name.text for field in plain_fields(items)}
    taken |= {item.name.text for item in items if isinstance(item, OneofNode)}
    for field in optional:
        name = field.name.text if field.name.text.startswith("_") else f"_{field.name.text}"
        while name in taken:
            name = f"X{name}"
        taken.add(name)
        yield field, name


def is_optional(field: FieldNode | GroupNode) -> bool:
    """Whether it has the label `optional`, which on a map is refused and nothing else."""
    has_label = field.label is not None and field.label.text == "optional"
    return has_label and not (isinstance(field, FieldNode) and isinstance(field.type, MapTypeNode))


def plain_fields(items: Iterable[MessageItem]) -> Iterator[FieldNode | GroupNode]:
    """The fields of a message in order, those in its oneofs too."""
    for item in items:
        if isinstance(item, FieldNode | GroupNode):
            yield item
        elif isinstance(item, OneofNode):
            yield from (inner for inner in item.items if isinstance(inner, FieldNode | GroupNode))


def field_name(field: FieldNode | GroupNode) -> str:
    """A group gives its field its own name in small letters."""
    return field.name.text.lower() if isinstance(field, GroupNode) else field.name.text


def _symbols(file: ProtoFile) -> Iterator[Symbol]:
    walk = _Walk(file)
    for item in file.tree.items:
        if isinstance(item, PackageNode):
            yield from walk.packages(item.name)
    yield from walk.items(file.tree.items, file.tree.package)


class _Walk:
    def __init__(self, file: ProtoFile) -> None:
        self._file = file.name
        self._edition = file.tree.edition

    def _symbol(self, kind: SymbolKind, full_name: str, span: Span) -> Symbol:
        return Symbol(kind, full_name, self._file, span)

    def packages(self, name: Name) -> Iterator[Symbol]:
        parts = name.text.split(".")
        for count in range(1, len(parts) + 1):
            yield self._symbol(SymbolKind.PACKAGE, ".".join(parts[:count]), name.span)

    def items(self, items: Sequence[FileItem | MessageItem], scope: str) -> Iterator[Symbol]:
        for item in items:
            match item:
                case FieldNode() | GroupNode():
                    yield from self._field(item, scope, SymbolKind.FIELD)
                case MessageNode():
                    yield from self._message(item, scope)
                case EnumNode():
                    yield from self._enum(item, scope)
                case OneofNode():
                    yield self._symbol(SymbolKind.ONEOF, join(scope, item.name.text), item.name.span)
                    for field in plain_fields((item,)):
                        yield from self._field(field, scope, SymbolKind.FIELD)
                case ExtendNode():
                    for field in item.items:
                        yield from self._field(field, scope, SymbolKind.EXTENSION)
                case ServiceNode():
                    yield from self._service(item, scope)

    def _message(self, node: MessageNode | GroupNode, scope: str) -> Iterator[Symbol]:
        full_name = join(scope, node.name.text)
        yield self._symbol(SymbolKind.MESSAGE, full_name, node.name.span)
        yield from self.items(node.items, full_name)
        for field, name in synthetic_oneofs(node.items, self._edition):
            yield self._symbol(SymbolKind.ONEOF, f"{full_name}.{name}", field.name.span)

    def _field(self, node: FieldNode | GroupNode, scope: str, kind: SymbolKind) -> Iterator[Symbol]:
        # A group in small letters, which is reported, would clash with itself.
        if not (isinstance(node, GroupNode) and node.name.text.islower()):
            yield self._symbol(kind, join(scope, field_name(node)), node.name.span)
        if isinstance(node, GroupNode):
            yield from self._message(node, scope)
        elif isinstance(node.type, MapTypeNode):
            entry = join(scope, entry_name(node.name.text))
            yield self._symbol(SymbolKind.MESSAGE, entry, node.name.span)
            yield self._symbol(SymbolKind.FIELD, f"{entry}.key", node.type.key.span)
            yield self._symbol(SymbolKind.FIELD, f"{entry}.value", node.type.value.span)

    def _enum(self, node: EnumNode, scope: str) -> Iterator[Symbol]:
        yield self._symbol(SymbolKind.ENUM, join(scope, node.name.text), node.name.span)
        for item in node.items:
            if isinstance(item, EnumValueNode):
                yield self._symbol(SymbolKind.ENUM_VALUE, join(scope, item.name.text), item.name.span)

    def _service(self, node: ServiceNode, scope: str) -> Iterator[Symbol]:
        full_name = join(scope, node.name.text)
        yield self._symbol(SymbolKind.SERVICE, full_name, node.name.span)
        for item in node.items:
            if isinstance(item, MethodNode):
                yield self._symbol(SymbolKind.METHOD, f"{full_name}.{item.name.text}", item.name.span)
