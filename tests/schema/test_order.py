from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kitexgen.schema import dependency_order
from kitexgen.schema.order import components, is_cycle
from tests.builders.idl import load_texts

graphs = st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=4), max_size=9)


def reach(graph: dict[int, list[int]], start: int) -> set[int]:
    seen: set[int] = set()
    pending = list(graph.get(start, []))
    while pending:
        node = pending.pop()
        if node not in seen:
            seen.add(node)
            pending += graph.get(node, [])
    return seen


@given(graphs)
def test_components(graph: dict[int, list[int]]) -> None:
    found = components(graph, lambda node: graph.get(node, []))
    place = {node: index for index, group in enumerate(found) for node in group}
    everything = set(graph) | {target for targets in graph.values() for target in targets}
    assert sorted(place) == sorted(everything)
    for one in everything:
        for other in reach(graph, one):
            assert place[other] <= place[one], "what is needed comes first"
            assert (place[one] == place[other]) == (one == other or one in reach(graph, other))
    for group in found:
        assert is_cycle(group, lambda node: graph.get(node, [])) == (group[0] in reach(graph, group[0]))


def test_a_long_chain() -> None:
    assert len(components([0], lambda node: [node + 1] if node < 100_000 else [])) == 100_001


def test_dependency_order() -> None:
    loaded = load_texts(
        "struct A { 1: B b, 2: E e }\nstruct B { 1: list<A> a }\nenum E { X }\nconst A C = {'e': E.X}\n"
        "service V extends W { A f() }\nservice W {}"
    )
    assert loaded.schema is not None
    names = [[declaration.id.name for declaration in group] for group in dependency_order(loaded.schema)]
    assert names == [["E"], ["A", "B"], ["C"], ["W"], ["V"]]
