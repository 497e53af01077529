"""Copies of objects that are nothing but slots: the compiled way and that of Python give the same."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from kitexgen.runtime.wire.native import pure_only
from kitexgen.runtime.wire.slots import copy_slots


@pytest.fixture(params=["compiled", "pure"], autouse=True)
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.param == "compiled":
        yield
        return
    with pure_only():
        yield


class Plain:
    __slots__ = ("a", "b")
    a: int
    b: int


@dataclass(slots=True)
class Data:
    a: int
    b: object


class WithDict:
    def __init__(self) -> None:
        self.a = 1


class Referable:
    __slots__ = ("__weakref__", "a")


class Derived(Plain):
    __slots__ = ("c",)


class Number(int):
    __slots__ = ()


class Made:
    __slots__ = ("a",)

    def __new__(cls) -> Made:
        return super().__new__(cls)


def test_a_copy_has_the_same_in_its_slots() -> None:
    values = [object()]
    copied = copy_slots(Data(7, values))
    assert type(copied) is Data
    assert copied.a == 7
    assert copied.b is values
    copied.a = 8
    assert copy_slots(copied) == copied


def test_an_empty_slot_stays_empty() -> None:
    template = Plain()
    template.b = 1
    copied = copy_slots(template)
    assert copied.b == 1
    assert not hasattr(copied, "a")


@pytest.mark.parametrize("make", [WithDict, Referable, Derived, Number, Made, int, dict, list, object, lambda: Data])
def test_what_is_more_than_slots_is_refused(make: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match="more than slots"):
        copy_slots(make())


def test_copies_are_collected_with_what_they_hold() -> None:
    class Held:
        pass

    held = Held()
    gone = weakref.ref(held)
    copied = copy_slots(Data(1, [held]))
    assert isinstance(copied.b, list)
    copied.b.append(copied)  # a cycle, which only the collector finds
    del held, copied
    gc.collect()
    assert gone() is None


def test_copying_leaks_nothing() -> None:
    value = object()
    template = Data(1, value)
    before = sys.getrefcount(value)
    for _ in range(1000):
        copy_slots(template)
    assert sys.getrefcount(value) == before
