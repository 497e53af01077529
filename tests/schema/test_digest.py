from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from kitexgen.schema import DeclId, Digests, ModuleId, Schema, from_json, to_json
from tests.builders.idl import load_texts
from tests.strategies.schemas import schemas

MODULE = ModuleId("main.thrift")


def digest(text: str, name: str = "A") -> str:
    loaded = load_texts(text)
    assert loaded.schema is not None, loaded.report.diagnostics
    return Digests(loaded.schema).declaration(DeclId(MODULE, name))


BASE = "struct A { 1: list<T> b }\ntypedef B T\nstruct B { 1: i32 x = 1 }\nstruct C { 1: i32 x }"


def test_what_changes_a_digest() -> None:
    same = digest(BASE)
    assert digest("// moved\n\n" + BASE) == same
    assert digest(BASE.replace("struct C { 1: i32 x }", "struct C { 1: i64 y }")) == same, "A does not reach C"
    changed = [
        BASE.replace("x = 1", "x = 2"),
        BASE.replace("1: list<T> b", "2: list<T> b"),
        BASE.replace("1: list<T> b", "1: set<T> b"),
        BASE.replace("1: list<T> b", "1: optional list<T> b"),
        BASE.replace("struct A", "/** doc */ struct A"),
        BASE.replace("list<T> b", "list<T> b (k = 'v')"),
        BASE.replace("struct B", "exception B"),
    ]
    digests = [digest(text) for text in changed]
    assert len({same, *digests}) == len(changed) + 1


def test_a_module_counts_places_too() -> None:
    first, second = (load_texts(text).schema for text in (BASE, "\n" + BASE))
    assert first is not None
    assert second is not None
    assert Digests(first).module(MODULE) != Digests(second).module(MODULE)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(schemas())
def test_equal_schemas_have_equal_digests(schema: Schema) -> None:
    again = from_json(to_json(schema))
    for module in schema.modules:
        assert Digests(schema).module(module.id) == Digests(again).module(module.id)


def test_a_digest_is_the_same_everywhere() -> None:
    """Written down: a change of this number throws away every cache there is."""
    assert digest("struct A { 1: i32 a }") == "f1283cd07fe994c80f12c2237ec1c5828886d382f75208778d19b4f147d8269a"
