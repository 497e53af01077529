from __future__ import annotations

import pytest

from kitexgen.schema import (
    DeclId,
    EnumValue,
    ListValue,
    MapValue,
    ModuleId,
    Record,
    RecordValue,
    SetValue,
    Value,
)
from tests.builders.idl import codes, constant, declared, load_texts

COLOR = DeclId(ModuleId("main.thrift"), "Color")
PRELUDE = """
enum Color { RED = 1, GREEN = 2 }
typedef Color Paint
typedef i64 Id
struct User { 1: required string name, 2: i32 age = 3, 3: optional User friend }
union Answer { 1: string text, 2: i32 number }
const i32 TEN = 10
const string WORD = "word"
const list<i32> PAIR = [1, 2]
"""
RED = EnumValue(COLOR, 1, "RED")


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        ("bool", "true", True),
        ("bool", "0", False),
        ("i8", "-128", -128),
        ("i64", "9223372036854775807", 2**63 - 1),
        ("i32", "0x10", 16),
        ("i32", "true", 1),
        ("i32", "TEN", 10),
        ("Id", "TEN", 10),
        ("i32", "Color.GREEN", 2),
        ("double", "1", 1.0),
        ("double", "-1.5e3", -1500.0),
        ("double", "TEN", 10.0),
        ("string", '"it\'s"', "it's"),
        ("string", "WORD", "word"),
        ("binary", '"\\n\u00e9"', "\n\u00e9".encode()),
        ("binary", "WORD", b"word"),
        ("Color", "Color.RED", RED),
        ("Color", "1", RED),
        ("Paint", "Color.RED", RED),
        ("list<Color>", "[Color.RED 2]", ListValue((RED, EnumValue(COLOR, 2, "GREEN")))),
        ("list<i32>", "PAIR", ListValue((1, 2))),
        ("list<double>", "PAIR", ListValue((1.0, 2.0))),
        ("set<i32>", "[3, 1, 3]", SetValue((3, 1))),
        ("map<string, i32>", '{"a": 1, "b": TEN, "a": 3}', MapValue((("a", 3), ("b", 10)))),
        ("map<Color, list<i32>>", "{Color.RED: [1]}", MapValue(((RED, ListValue((1,))),))),
        ("set<string>", "{}", SetValue(())),
        ("map<i32, i32>", "[]", MapValue(())),
    ],
)
def test_values(type: str, text: str, value: Value) -> None:
    loaded = load_texts(f"{PRELUDE}const {type} X = {text}")
    found = constant(loaded, "X")
    assert found == value
    # 1 == 1.0 == True, and yet they print differently.
    assert repr(found) == repr(value)


def test_a_record_keeps_the_fields_that_are_given() -> None:
    loaded = load_texts(f'{PRELUDE}const User X = {{"name": "Ann", "friend": {{"name": "Bob", "age": TEN}}}}')
    user = DeclId(ModuleId("main.thrift"), "User")
    friend = RecordValue(user, (("name", "Bob"), ("age", 10)))
    assert constant(loaded, "X") == RecordValue(user, (("name", "Ann"), ("friend", friend)))


@pytest.mark.parametrize(
    ("type", "text", "code"),
    [
        ("bool", "2", "KX0303"),
        ("bool", "1.0", "KX0301"),
        ("i8", "128", "KX0302"),
        ("i8", "TEN2", "KX0214"),
        ("i32", "1.0", "KX0301"),
        ("i32", "WORD", "KX0301"),
        ("i8", "Color.BLUE", "KX0305"),
        ("string", "true", "KX0301"),
        ("string", "TEN", "KX0301"),
        ("Color", "3", "KX0304"),
        ("Color", "RED", "KX0214"),
        ("Color", '"RED"', "KX0301"),
        ("Color", "TEN", "KX0301"),
        ("list<i32>", "{1: 2}", "KX0301"),
        ("list<i8>", "[1, 1000]", "KX0302"),
        ("list<string>", "PAIR", "KX0301"),
        ("set<i32>", "PAIR", "KX0301"),
        ("map<i32, i32>", "[1]", "KX0301"),
        ("User", "{}", "KX0309"),
        ("User", "[]", "KX0301"),
        ("User", '{"nom": "x"}', "KX0307"),
        ("User", '{TEN: "x"}', "KX0308"),
        ("Answer", "{}", "KX0313"),
        ("Answer", '{"text": "a", "number": 1}', "KX0313"),
        ("uuid", '"123"', "KX0306"),
    ],
)
def test_misfits(type: str, text: str, code: str) -> None:
    loaded = load_texts(f"{PRELUDE}const {type} X = {text}")
    assert loaded.schema is None
    assert code in codes(loaded)


def test_every_misfit_of_a_value_is_reported_and_nothing_twice() -> None:
    loaded = load_texts(f'{PRELUDE}const list<i8> X = [1000, "a", NOPE, 2]\nconst list<i8> Y = X\nconst i32 Z = Y')
    assert codes(loaded) == ["KX0302", "KX0301", "KX0214"]


def test_defaults_of_fields_and_arguments() -> None:
    loaded = load_texts(f"{PRELUDE}struct S {{ 1: Color c = Color.RED, 2: double d = TEN }}")
    record = declared(loaded, "S")
    assert isinstance(record, Record)
    assert [field.default for field in record.fields] == [RED, 10.0]


def test_order_never_matters() -> None:
    loaded = load_texts("const i32 A = B\nconst i32 B = C\nstruct S { 1: E e = E.X }\nenum E { X }\nconst i32 C = 7")
    assert constant(loaded, "A") == 7


def test_a_long_chain_of_constants() -> None:
    chain = "\n".join(f"const i32 C{n} = C{n + 1}" for n in range(20_000))
    loaded = load_texts(f"{chain}\nconst i32 C20000 = 1")
    assert constant(loaded, "C0") == 1


def test_constants_that_double_are_stopped() -> None:
    lines = ["typedef list<i32> T0", "const list<i32> C0 = [1, 2]"]
    lines += [f"const list<{'list<' * n}i32>{'>' * n} C{n} = [C{n - 1}, C{n - 1}]" for n in range(1, 40)]
    loaded = load_texts("\n".join(lines))
    assert "KX0327" in codes(loaded)


@pytest.mark.parametrize("depth", [63, 64, 200, 5000])
def test_deep_values(depth: int) -> None:
    """A chain of structs by reference: each constant holds the one before."""
    lines = ["struct N { 1: optional N next }", "const N C0 = {}"]
    lines += [f'const N C{n} = {{"next": C{n - 1}}}' for n in range(1, depth)]
    loaded = load_texts("\n".join(lines))
    assert ("KX0326" in codes(loaded)) == (depth > 64)
