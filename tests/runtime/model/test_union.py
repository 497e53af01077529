"""Unions hold one field: what the constructor refuses, and what `which` says of what came off the wire."""

from __future__ import annotations

import copy
import pickle

import pytest

from kitexgen.runtime import which
from kitexgen.runtime.errors import UnionError
from kitexgen.runtime.thrift import replace
from tests.builders.records import Choice, Color, Key, KeyChoice, User


def off_the_wire(**values: object) -> Choice:
    """As a decoder leaves it: nothing checks the number of fields."""
    union = Choice.__new__(Choice)
    for name in Choice.__match_args__:
        setattr(union, name, values.get(name))
    return union


@pytest.mark.parametrize(
    ("values", "text", "fields"),
    [
        ({}, "exactly one field of union Choice must be set, none is", ()),
        (
            {"number": 0, "colors": []},
            "exactly one field of union Choice must be set, 2 are: number, colors",
            ("number", "colors"),
        ),
    ],
)
def test_none_and_two_are_refused(values: dict[str, object], text: str, fields: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="exactly one") as caught:
        Choice(**values)  # type: ignore[arg-type]
    assert isinstance(caught.value, UnionError)
    assert str(caught.value) == text
    assert (caught.value.record, caught.value.fields) == ("Choice", fields)


@pytest.mark.parametrize(
    ("union", "name"),
    [
        (Choice(number=0), "number"),
        (Choice(colors=[]), "colors"),
        (Choice(user=User(id=1)), "user"),
        (KeyChoice(text=""), "text"),
        (off_the_wire(), None),
    ],
)
def test_which_names_the_field_that_is_set(union: Choice, name: str | None) -> None:
    assert which(union) == name


def test_which_refuses_to_choose_between_two() -> None:
    with pytest.raises(UnionError, match="2 are: number, user"):
        which(off_the_wire(number=1, user=User(id=1)))


def test_which_is_for_unions() -> None:
    with pytest.raises(TypeError, match=r"which\(\) takes a union, got Key"):
        which(Key())  # type: ignore[arg-type]


def test_what_came_off_the_wire_survives_copies_and_pickles() -> None:
    for union in (off_the_wire(), off_the_wire(number=1, colors=[Color.RED])):
        assert copy.deepcopy(union) == union
        assert pickle.loads(pickle.dumps(union)) == union


def test_unions_match() -> None:
    match Choice(user=User(id=5)):
        case Choice(user=User(id=number)):
            assert number == 5
        case _:
            pytest.fail("no match")


def test_replace_moves_a_union_to_another_field() -> None:
    assert replace(Choice(number=1), user=User(id=2)) == Choice(user=User(id=2))
    assert replace(Choice(number=1), number=2) == Choice(number=2)
    assert replace(Choice(number=1)) == Choice(number=1)
    with pytest.raises(UnionError):
        replace(Choice(number=1), number=None)
    with pytest.raises(UnionError):
        replace(Choice(number=1), number=2, colors=[])
