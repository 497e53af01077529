"""What result records mean, both ways."""

from __future__ import annotations

from array import array
from uuid import UUID

import pytest

from kitexgen.runtime.contract.model import Enum, Struct
from kitexgen.runtime.errors import EncodeError
from kitexgen.runtime.protocol import ResultShape, result_shape
from kitexgen.runtime.service.info import MethodInfo
from tests.builders.services import (
    ADD,
    ALL,
    ECHO,
    FAIL,
    PING,
    Note,
    Refused,
    make_record,
    result,
)


class Shade(Enum):
    __schema__ = ("Shade", "shade.thrift:1", ())
    DARK = 0
    LIGHT = 1


def shape(method: MethodInfo) -> ResultShape:
    assert method.result is not None
    return result_shape(method.result)


def result_of(kind: object) -> type[Struct]:
    return make_record("m_result", (0, "success", "success", "optional", kind), module=__name__)


def test_a_value_is_opened() -> None:
    assert shape(ECHO).open(result(ECHO, success=Note(text="x"))) == Note(text="x")


def test_void_is_none() -> None:
    assert shape(PING).open(result(PING)) is None


def test_a_declared_exception_is_raised_even_beside_a_value() -> None:
    both = result(ECHO, success=Note(text="x"), refused=Refused(code=2))
    with pytest.raises(Refused) as caught:
        shape(ECHO).open(both)
    assert caught.value == Refused(code=2)


@pytest.mark.parametrize(
    ("kind", "zero"),
    [
        ("bool", False),
        ("i8", 0),
        ("i16", 0),
        ("i32", 0),
        ("i64", 0),
        ("double", 0.0),
        ("string", ""),
        ("binary", b""),
        ("uuid", UUID(int=0)),
        (("enum", "Shade"), Shade.DARK),
        (("list", "i32"), []),
        (("set", "i32"), set()),
        (("map", "i32", "i32"), {}),
        (("packed", "i16"), array("h")),
        (("struct", "Note"), None),
    ],
)
def test_an_absent_value_is_the_zero_of_its_type(kind: object, zero: object) -> None:
    record = result_of(kind)
    value = result_shape(record).open(record())
    assert value == zero
    assert type(value) is type(zero)


def test_zeros_are_not_shared() -> None:
    shape(ALL).open(result(ALL)).append(Note(text="x"))
    assert shape(ALL).open(result(ALL)) == []


def test_what_a_handler_returns_becomes_the_result() -> None:
    assert shape(ADD).succeed(3) == result(ADD, success=3)


def test_what_a_void_handler_returns_is_dropped() -> None:
    assert shape(FAIL).succeed("whatever") == result(FAIL)


def test_none_stands_for_a_record_alone() -> None:
    assert shape(ECHO).succeed(None) == result(ECHO)
    with pytest.raises(EncodeError, match=r"^all_result: the handler returned None$"):
        shape(ALL).succeed(None)


def test_declared_exceptions_and_their_subclasses_become_fields() -> None:
    class VeryRefused(Refused):
        """A user's own refinement."""

    error = VeryRefused(code=1)
    assert shape(FAIL).fail(error) == result(FAIL, refused=error)


def test_other_exceptions_do_not() -> None:
    assert shape(FAIL).fail(ValueError("x")) is None
    assert shape(ADD).fail(Refused()) is None


def test_the_shape_is_worked_out_once() -> None:
    assert shape(FAIL) is shape(FAIL)
