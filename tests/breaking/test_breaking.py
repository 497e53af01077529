"""Rules as a list, the levels, and pairing. What each rule finds stands in tests/golden/errors."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from kitexgen.breaking import RULES, BreakingSettings, Comparison, Level, breaking_changes, rules
from kitexgen.cli.explain import _rule_name
from tests.builders.idl import load_texts


def found(old: Mapping[str, str] | str, new: Mapping[str, str] | str, level: Level = Level.SOURCE) -> list[str]:
    """The codes of what breaks; the first file of each side is asked for."""
    sides = [
        load_texts(texts, roots=[next(iter(texts))] if isinstance(texts, dict) else ("main.thrift",))
        for texts in (old, new)
    ]
    before, after = (side.schema for side in sides)
    assert before is not None
    assert after is not None
    comparison = Comparison(before, after, lambda path: path)
    return [diagnostic.code for diagnostic in breaking_changes(comparison, BreakingSettings(level=level))]


def test_every_rule_is_in_the_list_once_and_in_code_order() -> None:
    modules = [name for _, name, _ in pkgutil.iter_modules(rules.__path__)]
    listed = [importlib.import_module(f"{rules.__name__}.{name}").RULE for name in modules]
    assert {rule.code for rule in RULES} == {rule.code for rule in listed}
    assert [rule.code for rule in RULES] == sorted({rule.code for rule in RULES})
    assert {rule.name.lower() for rule in RULES} == set(modules)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_has_its_page(rule: rules.Rule) -> None:
    assert _rule_name(rule.code) == rule.name


# A field's type before and after, and the level from which that breaks; None: never.
TYPES = [
    ("i32", "i32", None),
    ("byte", "i8", None),
    ("i32", "i64", Level.WIRE),
    ("string", "binary", Level.JSON),
    ("i32", "E", Level.JSON),
    ("E", "i32", Level.JSON),
    ("i64", "E", Level.WIRE),
    ("E", "F", Level.SOURCE),
    ("F", "E", Level.WIRE),
    ("list<i32>", "set<i32>", Level.WIRE),
    ("list<string>", "list<binary>", Level.JSON),
    ("map<i32, string>", "map<i64, string>", Level.WIRE),
    ("map<i32, string>", "map<E, binary>", Level.JSON),
    ("Id", "i64", None),
    ("i64", "Id", None),
    ("A", "B", Level.SOURCE),
    ("A", "C", Level.JSON),
    ("A", "D", Level.WIRE),
    ("R", "T", Level.SOURCE),
    ("A", "i32", Level.WIRE),
]
CODES = {Level.WIRE: "KX0901", Level.JSON: "KX0902", Level.SOURCE: "KX0903"}
DECLARED = """
typedef i64 Id
enum E { X = 0 }
enum F { X = 0, Y = 1 }
struct A { 1: i32 x }
struct B { 1: i32 x, 2: i32 more }
struct C { 1: i32 other }
struct D { 1: required i64 x }
struct R { 1: optional R next }
struct T { 1: optional T next }
"""


@pytest.mark.parametrize(("old", "new", "level"), TYPES)
def test_types(old: str, new: str, level: Level | None) -> None:
    before, after = (f"{DECLARED}struct Main {{ 1: {type} field }}" for type in (old, new))
    assert found(before, after) == ([] if level is None else [CODES[level]])
    for each in Level:
        assert bool(found(before, after, each)) == (level is not None and level <= each)


PROTO_TYPES = [
    ("int32", "uint32", Level.SOURCE),
    ("int32", "int64", Level.JSON),
    ("int32", "bool", Level.JSON),
    ("int32", "sint32", Level.WIRE),
    ("sint32", "sint64", Level.JSON),
    ("fixed32", "sfixed32", Level.SOURCE),
    ("fixed32", "float", Level.WIRE),
    ("string", "bytes", Level.JSON),
    ("int32", "E", Level.JSON),
    ("bool", "E", Level.WIRE),
]


@pytest.mark.parametrize(("old", "new", "level"), PROTO_TYPES)
def test_types_of_protobuf(old: str, new: str, level: Level) -> None:
    head = 'syntax = "proto3";\npackage a;\nenum E { E_X = 0; }\n'
    before, after = ({"a.proto": f"{head}message Main {{ {type} field = 1; }}"} for type in (old, new))
    assert found(before, after) == [CODES[level]]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("struct A { 1: i32 x }", "struct A { 1: i32 x, 2: i32 y }", []),
        ("struct A { 1: i32 x, 2: i32 y }", "struct A { 2: i32 y, 1: i32 x }", []),
        ("enum E { X = 0 }", "enum E { X = 0, Y = 1 }", []),
        ("service S { void f() }", "service S { void f(), void g() }", []),
        # A default that is the zero, or that no reader ever falls back on, changes nothing.
        ("struct A { 1: i32 x }", "struct A { 1: i32 x = 0 }", []),
        ("struct A { 1: optional i32 x }", "struct A { 1: optional i32 x = 0 }", ["KX0908"]),
        ("struct A { 1: required i32 x = 1 }", "struct A { 1: required i32 x = 2 }", []),
        # The two fields change places: each keeps its name.
        ("struct A { 1: i32 x, 2: string y }", "struct A { 1: string y, 2: i32 x }", ["KX0905", "KX0905"]),
        ("struct A { 1: i32 x }", "struct A { 1: string x, 2: i32 y }", ["KX0901"]),
        ("struct A { 1: required i32 x }", "struct A { }", ["KX0906"]),
        # A method that moves into a base is still there; one that is lost with the base is not.
        ("service S { void f() }", "service B { void f() }\nservice S extends B { }", []),
        (
            "service B { void f() }\nservice S extends B { }",
            "service B { void f() }\nservice S { }",
            ["KX0923", "KX0932"],
        ),
        ("service B { void f() }\nservice S extends B { }", "service B { }\nservice S extends B { }", ["KX0923"]),
        (
            "service B { i32 f() }\nservice S extends B { i64 f() }",
            "service B { i32 f() }\nservice S extends B { i64 f() }",
            [],
        ),
        ("struct A { }", "enum A { X = 0 }", ["KX0916"]),
    ],
)
def test_changes(old: str, new: str, codes: list[str]) -> None:
    assert found(old, new) == codes


def test_a_declaration_may_move_within_its_package() -> None:
    head = "namespace py shop\n"
    before = {"main.thrift": f"{head}struct A {{ 1: i32 x }}\nstruct Main {{ 1: A a }}"}
    after = {
        "main.thrift": f'include "a.thrift"\n{head}struct Main {{ 1: a.A a }}',
        "a.thrift": f"{head}struct A {{ 1: i32 x }}",
    }
    assert found(before, after) == []
    assert found(after, before) == []
    elsewhere = {**after, "a.thrift": "namespace py other\nstruct A { 1: i32 x }"}
    assert found(before, elsewhere) == ["KX0903", "KX0916"]


def test_an_exception_to_the_rule() -> None:
    before, after = load_texts("struct A { 1: i32 x }").schema, load_texts("struct A { 1: i64 x }").schema
    assert before is not None
    assert after is not None
    comparison = Comparison(before, after, lambda path: path)
    assert list(breaking_changes(comparison, BreakingSettings(leave_out=("FIELD_WIRE_COMPATIBLE_TYPE",)))) == []
    assert list(breaking_changes(comparison, BreakingSettings(is_ignored=lambda path: path == "main.thrift"))) == []


def test_the_page_lists_every_rule() -> None:
    page = (Path(__file__).parents[2] / "docs" / "breaking.md").read_text(encoding="utf-8")
    for rule in RULES:
        only = "" if len(rule.languages) > 1 else {"thrift": " (Thrift)", "proto": " (Protobuf)"}[rule.languages[0]]
        assert f"| {rule.code} | {rule.name}{only} | {rule.level.name} |" in page
    assert page.count("| KX09") == len(RULES)
