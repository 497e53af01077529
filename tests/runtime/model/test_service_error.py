"""Declared exceptions: records that can be raised."""

from __future__ import annotations

import copy
import pickle
import traceback

import pytest

from kitexgen.runtime.contract.model import ServiceError, Struct
from tests.builders.records import KeyError_, NotFound


@pytest.mark.parametrize("error", [NotFound(code=4, message="gone"), KeyError_(code=4)])
def test_an_exception_is_raised_with_its_fields(error: ServiceError) -> None:
    with pytest.raises(type(error)) as caught:
        raise error
    assert caught.value is error
    assert isinstance(error, Struct)
    assert error.args == ()


def test_the_fields_are_its_text() -> None:
    assert str(NotFound(code=4, message="gone")) == "code=4, message='gone'"
    assert str(NotFound(code=4)) == "code=4"
    assert repr(NotFound(code=4)) == "NotFound(code=4)"
    last = traceback.format_exception_only(NotFound(code=4))[-1]
    assert last.endswith(".NotFound: code=4\n")


@pytest.mark.parametrize("error", [NotFound(code=4), KeyError_(code=4)])
def test_what_python_sets_on_exceptions_can_be_set(error: ServiceError) -> None:
    cause = ValueError("cause")
    with pytest.raises(ServiceError):
        raise error from cause
    assert error.__cause__ is cause
    assert error.__traceback__ is not None
    error.add_note("seen")
    error.__traceback__ = None
    error.__suppress_context__ = False
    assert error.with_traceback(None) is error
    twin = pickle.loads(pickle.dumps(error))
    assert twin == error
    assert twin.__notes__ == ["seen"]


def test_equal_exceptions_hash_alike_also_after_a_change() -> None:
    error = NotFound(code=4)
    seen = {error}
    assert NotFound(code=4) in seen
    error.code = 5
    assert error in seen
    assert hash(KeyError_(code=1)) == hash(copy.copy(KeyError_(code=1)))


def test_exceptions_go_into_groups() -> None:
    group = ExceptionGroup("both", [NotFound(code=1), NotFound(code=2)])
    found, rest = group.split(NotFound)
    assert rest is None
    assert found is not None
    assert [error.code for error in found.exceptions if isinstance(error, NotFound)] == [1, 2]
