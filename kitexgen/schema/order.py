"""Dependency order, and groups of declarations that need each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Declaration, Schema
from kitexgen.schema.walk import declarations, dependencies

Node = TypeVar("Node")


def components(nodes: Iterable[Node], successors: Callable[[Node], Iterable[Node]]) -> tuple[tuple[Node, ...], ...]:
    """The strongly connected components of a graph, each after the ones it leads to.

    Nodes of a component come in the order they were met; the result depends only on the order of `nodes` and
    `successors`. Iterative, so that no chain is too long. Source: R. Tarjan, "Depth-first search and linear graph
    algorithms", 1972.
    """
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    open_nodes: dict[Node, None] = {}
    found: list[tuple[Node, ...]] = []

    def enter(node: Node) -> tuple[Node, Iterator[Node]]:
        index[node] = low[node] = len(index)
        open_nodes[node] = None
        return node, iter(successors(node))

    for root in nodes:
        if root in index:
            continue
        path = [enter(root)]
        while path:
            node, rest = path[-1]
            for successor in rest:
                if successor not in index:
                    path.append(enter(successor))
                    break
                if successor in open_nodes:
                    low[node] = min(low[node], index[successor])
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == index[node]:
                    found.append(_close(open_nodes, node))
    return tuple(found)


def _close(open_nodes: dict[Node, None], first: Node) -> tuple[Node, ...]:
    """Take `first` and all that was opened after it."""
    members: list[Node] = []
    while True:
        node, _ = open_nodes.popitem()
        members.append(node)
        if node == first:
            return tuple(reversed(members))


def is_cycle(component: tuple[Node, ...], successors: Callable[[Node], Iterable[Node]]) -> bool:
    """Whether the nodes of a component lead back to themselves."""
    return len(component) > 1 or component[0] in successors(component[0])


def dependency_order(schema: Schema) -> tuple[tuple[Declaration, ...], ...]:
    """All declarations in groups, each group after the ones it needs; a group of several is mutually recursive."""

    def successors(id: DeclId) -> Iterator[DeclId]:
        return dependencies(schema.find(id))

    groups = components([declaration.id for declaration in declarations(schema)], successors)
    return tuple(tuple(schema.find(id) for id in group) for group in groups)
