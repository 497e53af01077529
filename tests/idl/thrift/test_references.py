"""Every spelling of an enum member and of a constant, in a slot of the enum and in one of a number."""

from __future__ import annotations

import pytest

from kitexgen.idl.thrift.references import apache_member
from kitexgen.schema import EnumValue
from tests.builders.idl import codes, constant, load_texts

INCLUDED = {
    "inc.thrift": "namespace * inc\nenum E { A = 1, B }\ntypedef E T\nconst i32 C = 5\nconst E D = E.B",
    "a.b.thrift": "namespace * ab\nenum E { A = 1 }",
}
HEAD = """
include "inc.thrift"
include "a.b.thrift"
enum Own { A = 4 }
typedef Own Alias
typedef inc.E E
const Own O = Own.A
"""

APACHE, THRIFTGO = ("apache",), ("thriftgo",)


@pytest.mark.parametrize(
    ("type", "text", "number", "refused_by"),
    [
        ("Own", "Own.A", 4, {}),
        ("Own", "Alias.A", 4, {THRIFTGO}),
        ("Own", "O", 4, {APACHE}),
        ("Own", "inc.E.A", 4, {}),  # borrowed from another enum: both take it
        ("Own", "anything.A", 4, {THRIFTGO}),
        ("inc.E", "inc.E.A", 1, {}),
        ("inc.E", "inc.T.A", 1, {THRIFTGO}),
        ("inc.E", "inc.A", 1, {THRIFTGO}),
        ("inc.E", "E.A", 1, {}),  # through a typedef of the same name: both take it
        ("inc.E", "inc.D", 2, {APACHE}),
        ("a.b.E", "a.b.E.A", 1, {APACHE}),
        ("i32", "Own.A", 4, {}),
        ("i32", "inc.E.B", 2, {}),
        ("i32", "inc.C", 5, {}),
        ("i32", "O", 4, {APACHE}),
    ],
)
def test_spellings(type: str, text: str, number: int, refused_by: set[tuple[str, ...]]) -> None:
    loaded = load_texts({"main.thrift": f"{HEAD}const {type} X = {text}", **INCLUDED})
    value = constant(loaded, "X")
    assert (value.number if isinstance(value, EnumValue) else value) == number
    assert {found.refused_by for found in loaded.report.diagnostics if found.refused_by} == set(refused_by)


@pytest.mark.parametrize(
    ("type", "text", "code"),
    [
        ("Own", "A", "KX0214"),
        ("Own", "Own.Z", "KX0305"),
        ("Own", "inc.E.B", "KX0305"),
        ("Own", "inc.C", "KX0301"),
        ("i32", "Alias.A", "KX0216"),
        ("i32", "inc.A", "KX0214"),
        ("i32", "nope.C", "KX0212"),
        ("i32", "inc.Nope.C", "KX0214"),
    ],
)
def test_names_that_mean_nothing(type: str, text: str, code: str) -> None:
    loaded = load_texts({"main.thrift": f"{HEAD}const {type} X = {text}", **INCLUDED})
    assert code in codes(loaded)
    assert loaded.schema is None


@pytest.mark.parametrize(
    ("text", "member"), [("A", None), ("E.A", "A"), ("inc.E.A", "A"), ("a.b.E.A", "E.A"), ("x.y", "y")]
)
def test_what_apache_compares(text: str, member: str | None) -> None:
    assert apache_member(text) == member
