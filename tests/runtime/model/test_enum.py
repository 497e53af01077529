"""Enums keep numbers that have no name."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.contract.model import Enum
from tests.builders.records import Color

i32 = st.integers(-(2**31), 2**31 - 1)


@given(i32)
def test_every_i32_is_a_value(number: int) -> None:
    color = Color(number)
    assert isinstance(color, Color)
    assert color == number
    assert color == Color(number)
    assert hash(color) == hash(number)
    assert color.value == number
    assert pickle.loads(pickle.dumps(color)) == color
    assert copy.deepcopy(color) == color
    assert {color: 1}[Color(number)] == 1


@pytest.mark.parametrize(
    ("color", "text", "name"),
    [(Color.RED, "Color.RED", "RED"), (Color.VERT, "Color.GREEN", "GREEN"), (Color(42), "Color(42)", "42"),
     (Color(-1), "Color(-1)", "-1"), (Color(0), "Color(0)", "0")],
)  # fmt: skip
def test_values_print(color: Color, text: str, name: str) -> None:
    assert (str(color), repr(color), f"{color}", f"{color:>10}", color.name) == (text, text, text, f"{text:>10}", name)


def test_values_print_as_numbers_on_demand() -> None:
    assert f"{Color.GREEN:03d} {Color(42):x}" == "002 2a"


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 10**30])
def test_more_than_32_bits_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match=f"^{number} is no value of Color: an enum has 32 bits$"):
        Color(number)


@pytest.mark.parametrize("value", ["RED", None, 1.5, b"\1"])
def test_other_types_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is not a valid Color"):
        Color(value)  # type: ignore[arg-type]


def test_numbers_without_a_name_are_not_kept() -> None:
    for number in range(1000, 2000):
        Color(number)
    assert len(Color) == 2
    assert set(Color._value2member_map_) == {1, 2}
    assert Color(1000) is not Color(1000)


def test_the_members_tell_whether_there_is_a_name() -> None:
    assert Color.RED.name in Color.__members__
    assert Color(1).name in Color.__members__
    assert Color(42).name not in Color.__members__


def test_known_numbers_are_the_members() -> None:
    assert Color(1) is Color.RED
    assert Color["VERT"] is Color.GREEN


class Later(Enum):
    """Members are still to come; peers that are ahead of us send them."""

    __schema__ = ("Later", "color.thrift:9", ())


@given(i32)
def test_an_enum_may_have_no_members(number: int) -> None:
    later = Later(number)
    assert isinstance(later, Later)
    assert (later, repr(later), list(Later)) == (number, f"Later({number})", [])
    assert pickle.loads(pickle.dumps(later)) == copy.deepcopy(later) == later


@pytest.mark.parametrize("value", ["RED", None, 2**31])
def test_without_members_other_values_are_refused_all_the_same(value: object) -> None:
    with pytest.raises(ValueError, match=r"is (not a valid|no value of) Later"):
        Later(value)  # type: ignore[arg-type]
