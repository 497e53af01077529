"""Options of Protobuf as annotations: text that a person can read, and Protobuf's text format can too."""

from __future__ import annotations

import pytest

from kitexgen.codegen.plan.docstrings import docstring
from kitexgen.codegen.plan.notes import notes, text_format
from kitexgen.schema.annotations import Annotation, Option
from kitexgen.schema.declarations import EnumMember
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, Value
from tests.builders.schemas import annotated, decl, span

RED = EnumValue(decl("Color"), 1, "RED")


def record(**fields: Value) -> RecordValue:
    return RecordValue(decl("R"), tuple(fields.items()))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (-7, "-7"),
        (1.5, "1.5"),
        (float("-inf"), "-inf"),
        (float("nan"), "nan"),
        ('a "b"\n\\', r'"a \"b\"\n\\"'),
        ("é", r'"\303\251"'),
        (b"\x00\xffz", r'"\000\377z"'),
        (RED, "RED"),
        (EnumValue(decl("Color"), 9, None), "9"),
        (record(), "{ }"),
        (record(a=1, b=record(c="x")), '{ a: 1 b { c: "x" } }'),
        (record(a=ListValue((1, 2)), b=ListValue((record(), record(c=RED)))), "{ a: 1 a: 2 b { } b { c: RED } }"),
        (RecordValue(decl("R"), (("(pkg.ext)", 1),)), "{ [pkg.ext]: 1 }"),
        (record(m=MapValue((("k", 1), ("l", 2)))), '{ m { key: "k" value: 1 } m { key: "l" value: 2 } }'),
    ],
)
def test_text(value: Value, text: str) -> None:
    assert text_format(value) == text


def member(*options: Option) -> EnumMember:
    return EnumMember(
        name="A",
        number=1,
        doc=None,
        annotations=annotated(k="v"),
        span=span(),
        name_span=span(),
        options=options,
    )


def test_a_whole_text_is_as_it_is_and_a_repeated_option_has_several_values() -> None:
    found = notes(
        member(
            Option("(words)", ListValue(("a", 'b"')), span()),
            Option("deprecated", True, span()),
            Option("features", record(enum_type=RED), span()),
            Option("packed", False, span()),
        )
    )
    assert found == (
        Annotation("k", ("v",), span()),
        Annotation("(words)", ("a", 'b"'), span()),
        Annotation("deprecated", ("true",), span()),
    )


@pytest.mark.parametrize(("value", "is_said"), [(True, True), (False, False)])
def test_what_is_deprecated_says_so(value: bool, is_said: bool) -> None:
    lines = docstring(None, "Here.", indent=0, annotations=notes(member(Option("deprecated", value, span()))))
    assert ('"""Deprecated.' in lines) is is_said
