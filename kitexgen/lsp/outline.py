"""Outline: what a file declares as its tree has it, so that it is there for broken files too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kitexgen.idl.proto import tree as p
from kitexgen.idl.thrift import tree as t
from kitexgen.lsp.declared import Kind
from kitexgen.source.span import Span

Tree = t.DocumentNode | p.FileNode


@dataclass(frozen=True, slots=True)
class Entry:
    """One declaration. `detail` is what is said behind its name, `span` covers `name_span` and all `children`."""

    name: str
    kind: Kind
    detail: str
    span: Span
    name_span: Span
    children: tuple[Entry, ...] = ()

    def walk(self, holder: str = "") -> Iterator[tuple[Entry, str]]:
        """This entry and all in it, each with the dotted name of what holds it."""
        yield self, holder
        inner = f"{holder}.{self.name}" if holder else self.name
        for child in self.children:
            yield from child.walk(inner)


def outline(tree: Tree, text: str) -> tuple[Entry, ...]:
    """The declarations of a file in the order of the text."""
    if isinstance(tree, t.DocumentNode):
        return tuple(_Thrift(text).definition(node) for node in tree.definitions)
    return tuple(_Proto(text).items(tree.items))


class _Thrift:
    def __init__(self, text: str) -> None:
        self._text = text

    def definition(self, node: t.DefinitionNode) -> Entry:
        match node:
            case t.RecordNode():
                children = tuple(self._field(field, Kind.FIELD) for field in node.fields)
                return _entry(node, Kind(node.keyword), node.keyword, children)
            case t.EnumNode():
                members = tuple(
                    _entry(each, Kind.MEMBER, "" if each.number is None else each.number.text) for each in node.members
                )
                return _entry(node, Kind.ENUM, "enum", members)
            case t.ServiceNode():
                base = f" extends {node.base.text}" if node.base is not None else ""
                return _entry(node, Kind.SERVICE, f"service{base}", tuple(map(self._method, node.methods)))
            case t.TypedefNode():
                return _entry(node, Kind.ALIAS, self._written(node.type.span))
            case t.ConstNode():
                return _entry(node, Kind.CONST, self._written(node.type.span))

    def _method(self, node: t.MethodNode) -> Entry:
        arguments = ", ".join(self._written(field.type.span) for field in node.arguments)
        children = (
            *(self._field(field, Kind.ARGUMENT) for field in node.arguments),
            *(self._field(field, Kind.THROWS) for field in node.throws),
        )
        return _entry(node, Kind.METHOD, f"({arguments}) {self._written(node.result.span)}", children)

    def _field(self, node: t.FieldNode, kind: Kind) -> Entry:
        id = f"{node.id.text}: " if node.id is not None else ""
        return _entry(node, kind, f"{id}{self._written(node.type.span)}")

    def _written(self, span: Span) -> str:
        return " ".join(self._text[span.start : span.end].split())


class _Proto:
    def __init__(self, text: str) -> None:
        self._text = text

    def items(self, items: Sequence[object]) -> Iterator[Entry]:
        for item in items:
            match item:
                case p.MessageNode():
                    yield _entry(item, Kind.MESSAGE, "message", tuple(self.items(item.items)))
                case p.GroupNode():
                    yield _entry(item, Kind.MESSAGE, f"group = {item.number.text}", tuple(self.items(item.items)))
                case p.EnumNode():
                    values = [each for each in item.items if isinstance(each, p.EnumValueNode)]
                    children = tuple(_entry(each, Kind.MEMBER, each.number.text) for each in values)
                    yield _entry(item, Kind.ENUM, "enum", children)
                case p.FieldNode():
                    yield self._field(item, Kind.FIELD)
                case p.OneofNode():
                    yield _entry(item, Kind.ONEOF, "oneof", tuple(self.items(item.items)))
                case p.ExtendNode():
                    for field in item.items:
                        if isinstance(field, p.FieldNode):
                            yield self._field(field, Kind.EXTENSION, f" of {item.extendee.name}")
                case p.ServiceNode():
                    methods = [each for each in item.items if isinstance(each, p.MethodNode)]
                    yield _entry(item, Kind.SERVICE, "service", tuple(map(self._method, methods)))

    def _field(self, node: p.FieldNode, kind: Kind, more: str = "") -> Entry:
        label = f"{node.label.text} " if node.label is not None else ""
        return _entry(node, kind, f"{node.number.text}: {label}{self._written(node.type.span)}{more}")

    def _method(self, node: p.MethodNode) -> Entry:
        def side(part: p.MethodTypeNode) -> str:
            return f"{'stream ' if part.stream is not None else ''}{part.type.name}"

        return _entry(node, Kind.METHOD, f"({side(node.input)}) {side(node.output)}")

    def _written(self, span: Span) -> str:
        return " ".join(self._text[span.start : span.end].split())


Node = (
    t.DefinitionNode
    | t.FieldNode
    | t.EnumMemberNode
    | t.MethodNode
    | p.MessageNode
    | p.GroupNode
    | p.EnumNode
    | p.EnumValueNode
    | p.FieldNode
    | p.OneofNode
    | p.ServiceNode
    | p.MethodNode
)


def _entry(node: Node, kind: Kind, detail: str, children: tuple[Entry, ...] = ()) -> Entry:
    return Entry(node.name.text, kind, detail, node.span.join(node.name.span), node.name.span, children)
