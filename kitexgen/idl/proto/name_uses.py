"""Notes what the names in .proto files mean, part by part."""

from __future__ import annotations

import re
from typing import Final

from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldType, Pool, elements
from kitexgen.idl.proto.graph import ProtoGraph
from kitexgen.idl.proto.symbols import Symbol, SymbolKind, Symbols
from kitexgen.idl.proto.tree import IdentifierNode, PackageNode
from kitexgen.idl.uses import Uses, whole_file
from kitexgen.source.span import Span

_PART: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class NameUses:
    def __init__(self, graph: ProtoGraph, uses: Uses) -> None:
        self._graph = graph
        self._uses = uses
        self._packages = {
            file.name: item.name.span
            for file in graph.files
            for item in file.tree.items
            if isinstance(item, PackageNode)
        }

    def imports(self) -> None:
        for file in self._graph.files:
            for node in file.imports:
                literal = node.path.span
                inner = Span(literal.path, literal.start + 1, literal.end - 1)
                self._uses.note(inner, whole_file(self._graph.file(node.path.text).id.path))

    def name(self, file: str, span: Span, symbol: Symbol, symbols: Symbols) -> None:
        """A name, dotted or not, written at `span` in `file`, that means `symbol`.

        The parts of what is written are the last ones of the full name; comments may stand between them.
        """
        text = self._graph.file(file).source.text
        full = symbol.full_name.split(".")
        found = [Span(span.path, *each.span()) for each in _PART.finditer(text, span.start, span.end)]
        written = [each for each in found if text[each.start : each.end] in full]
        for part, count in zip(reversed(written), range(len(full), 0, -1), strict=False):
            if text[part.start : part.end] != full[count - 1]:
                return
            meant = symbols.find(".".join(full[:count]))
            if meant is not None:
                self._uses.note(part, self._declared(meant, symbol))

    def field(self, span: Span, field: FieldDescriptor) -> None:
        """The plain name of a field; of what is built in nobody knows where it stands."""
        if field.name_span.end:
            self._uses.note(span, field.name_span)

    def enum_value(self, node: object, field: FieldDescriptor, pool: Pool) -> None:
        """`node` as a value of `field`: the name of an enum value, or something else that names nothing."""
        if not isinstance(node, IdentifierNode) or field.type is not FieldType.ENUM:
            return
        enum = pool.enum(field.type_name)
        for value in enum.values if enum is not None else ():
            if value.name == node.text:
                self._uses.note(node.span, value.name_span)
                return

    def defaults(self, pool: Pool) -> None:
        for file in pool.files:
            for element in elements(file):
                if isinstance(element, FieldDescriptor) and element.default is not None:
                    self.enum_value(element.default, element, pool)

    def _declared(self, part: Symbol, whole: Symbol) -> Span:
        """Where `part` of the name of `whole` is declared: a package, which many files declare, in the file of that."""
        if part.kind is SymbolKind.PACKAGE:
            return self._packages.get(whole.file, part.span)
        return part.span
