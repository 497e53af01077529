"""Includes of which nothing is used."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import warning
from kitexgen.idl.thrift.graph import FileGraph
from kitexgen.idl.thrift.scopes import Scopes


def unused_includes(graph: FileGraph, scopes: Scopes) -> Iterator[Diagnostic]:
    for file in graph.files:
        for node, target in file.includes:
            if not scopes.is_used(file.id, target):
                yield warning("KX0223", f'nothing of "{node.path.value}" is used in this file', node.path.span)
