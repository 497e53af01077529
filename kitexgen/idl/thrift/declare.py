"""Enters the names that Thrift trees declare into the symbols of the graph."""

from __future__ import annotations

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.diagnostics.report import Report
from kitexgen.idl.finding import error
from kitexgen.idl.symbols import Symbol, SymbolKind, Symbols
from kitexgen.idl.thrift.graph import FileGraph
from kitexgen.idl.thrift.tree import ConstNode, DefinitionNode, EnumNode, RecordNode, ServiceNode, TypedefNode
from kitexgen.schema.ids import DeclId


def include_prefix(path: str) -> str:
    """The word before the dot: the file name of an include without its last ending, so `x/a.b.thrift` gives `a.b`."""
    name = path.replace("\\", "/").rpartition("/")[2]
    return name.rpartition(".")[0] or name


def kind_of(definition: DefinitionNode) -> SymbolKind:
    match definition:
        case ConstNode():
            return SymbolKind.CONST
        case TypedefNode():
            return SymbolKind.ALIAS
        case EnumNode():
            return SymbolKind.ENUM
        case RecordNode(keyword=keyword):
            return SymbolKind(keyword)
        case ServiceNode():
            return SymbolKind.SERVICE


def declare(graph: FileGraph, report: Report) -> Symbols:
    """The symbols of `graph`. Of two declarations with one name in one file the first counts; the other is reported."""
    symbols = Symbols()
    for file in graph.files:
        symbols.add_file(file.id, ((include_prefix(node.path.value), target) for node, target in file.includes))
        for order, definition in enumerate(file.tree.definitions):
            symbol = Symbol(
                id=DeclId(file.id, definition.name.text),
                kind=kind_of(definition),
                name_span=definition.name.span,
                order=order,
            )
            earlier = symbols.declare(symbol)
            if earlier is not None:
                report.add(_declared_twice(earlier, symbol))
    return symbols


def _declared_twice(earlier: Symbol, symbol: Symbol) -> Diagnostic:
    kinds = (earlier.kind, symbol.kind)
    hint = None
    if SymbolKind.CONST in kinds and kinds[0] is not kinds[1]:
        hint = "constants and types share one set of names"
    return error(
        "KX0201",
        f"`{symbol.id.name}` is declared twice in this file",
        symbol.name_span,
        f"here as {_a(symbol.kind)}" if earlier.kind is not symbol.kind else "here again",
        also=(Label(earlier.name_span, f"here as {_a(earlier.kind)}"),),
        hint=hint,
    )


def _a(kind: SymbolKind) -> str:
    return f"{'an' if kind.value[0] in 'aeiou' else 'a'} {kind.value}"
