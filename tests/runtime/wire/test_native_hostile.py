"""Classes and objects that are not what they seem: the compiled codec sees it, and does as the pure one."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kitexgen.runtime.contract.model import FrozenMap, Struct
from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.thrift import decode, encode
from kitexgen.runtime.wire.native import fallbacks
from tests.builders.codecs import check_same, compiled_codec
from tests.builders.records import Containers, Key, NotFound, Scalars, User

__all__ = ["compiled_codec"]


def make_point() -> Any:
    """A new record class, to be changed."""

    class Point(Struct):
        __slots__ = ("x", "y")
        __match_args__ = ("x", "y")
        __schema__ = (
            "struct",
            "Point",
            "point.thrift:1",
            ((1, "x", "x", "default", "i32"), (2, "y", "y", "default", "string")),
            (),
        )

        def __init__(self, *, x: int = 0, y: str = "") -> None:
            self.x = x
            self.y = y

    return Point


def test_a_property_in_place_of_a_slot_is_asked() -> None:
    point = make_point()
    record = point(x=1)
    before = encode(record)
    point.x = property(lambda self: 7, lambda self, value: None)
    assert check_same(encode, record) == before.replace(b"\0\0\0\1", b"\0\0\0\7", 1)
    assert check_same(decode, point, before).x == 7


def test_a_class_that_only_gains_something_stays_fast() -> None:
    point = make_point()
    data = encode(point(x=1))
    point.shout = lambda self: self.y.upper()
    before = fallbacks()
    assert encode(decode(point, data)) == data
    assert fallbacks() == before


def test_derived_classes() -> None:
    point = make_point()

    class Derived(point):  # type: ignore[misc]
        """Has a `__dict__`, and an `__init__` of its own."""

        def __init__(self, **values: Any) -> None:
            super().__init__(**values)
            self.made_by_init = True

    class Shifted(point):  # type: ignore[misc]
        x = property(lambda self: 5)

    class Asking(point):  # type: ignore[misc]
        def __getattribute__(self, name: str) -> Any:
            return 6 if name == "x" else super().__getattribute__(name)

    data = encode(point(x=1, y="y"))
    assert check_same(encode, Derived(x=1, y="y")) == data
    assert check_same(lambda: decode(Derived, data).made_by_init) is True
    shifted = object.__new__(Shifted)
    point.x.__set__(shifted, 1)
    shifted.y = "y"
    assert check_same(encode, shifted) == data.replace(b"\0\0\0\1", b"\0\0\0\5", 1)
    assert check_same(encode, Asking(x=1, y="y")) == data.replace(b"\0\0\0\1", b"\0\0\0\6", 1)


def test_a_class_that_makes_something_else() -> None:
    point = make_point()
    data = encode(point(x=1))
    point.__new__ = lambda cls, **_: object()
    with pytest.raises(AttributeError):
        decode(point, data).x  # noqa: B018
    only = object.__new__(point)
    point.__new__ = lambda cls, **_: only
    assert decode(point, data) is only
    assert only.x == 1


def test_a_frozen_map_that_lets_go_of_its_entries() -> None:
    record = Containers(by_key={Key(sizes=FrozenMap({"a": 1})): User(id=1)})
    (key,) = record.by_key
    key.sizes._entries = None  # type: ignore[assignment]
    for _ in range(2):
        with pytest.raises((EncodeError, AttributeError, TypeError)):
            encode(record)


def test_a_derived_record_within_a_record() -> None:
    class Manager(User):
        __slots__ = ("team",)

    class Secret(User):
        name = property(lambda self: "hidden")  # type: ignore[assignment]

        def __init__(self) -> None:
            self.id, self.tags, self.manager = 3, [], None

    before = fallbacks()
    plain = encode(User(id=1, manager=User(id=2, name="m")))
    assert encode(User(id=1, manager=Manager(id=2, name="m"))) == plain
    assert fallbacks() == before
    assert b"hidden" in check_same(encode, User(id=1, manager=Secret()))


@pytest.mark.parametrize("attribute", User.__match_args__)
def test_a_slot_without_a_value(attribute: str) -> None:
    user = User(id=1)
    delattr(user, attribute)
    for _ in range(2):
        with pytest.raises(EncodeError, match=rf"^User\.{attribute}: never set$"):
            encode(user)


class Index:
    """Stands for an int, and does something when it is asked."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act

    def __index__(self) -> int:
        self.act()
        return 4


def test_what_stands_for_an_int() -> None:
    user = User(id=1)
    user.id = Index(lambda: user.tags.append("more"))  # type: ignore[assignment]
    encode(user)
    user.id = Index(lambda: 1 / 0)  # type: ignore[assignment]
    with pytest.raises(ZeroDivisionError):
        encode(user)


class Odd(int):
    def __index__(self) -> int:
        return 99


def test_an_int_of_a_derived_class_counts_by_its_value() -> None:
    assert check_same(encode, User(id=Odd(3))) == encode(User(id=3))


class Text(str):
    def encode(self, *_: Any) -> bytes:
        return b"other"


def test_a_str_of_a_derived_class_may_encode_itself() -> None:
    assert check_same(encode, User(id=1, name=Text("a"))) == encode(User(id=1, name="other"))


@pytest.fixture
def eager() -> Iterator[None]:
    """The collector runs at every chance."""
    before = gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    yield
    gc.set_threshold(*before)


class Saboteur:
    """Does something when the collector finds it."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act
        self.itself = self

    def __del__(self) -> None:
        self.act()


@pytest.mark.usefixtures("eager")
def test_what_is_taken_away_while_it_is_written() -> None:
    # Walking a set makes an iterator, which lets the collector run, which runs `__del__`.
    for _ in range(200):
        record = Containers(
            by_color={1: {1}, 2: {2}, 3: {3}},  # type: ignore[dict-item]
            matrix=[[0.5], [1.5]],
        )
        Saboteur(record.by_color.clear)
        try:
            data = encode(record)
        except (EncodeError, RuntimeError):
            continue
        decode(Containers, data)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="a class written in Python has no buffer before 3.12")
def test_a_buffer_that_empties_the_list_it_is_found_in() -> None:
    from array import array  # noqa: PLC0415

    records: list[Any] = []

    class Buffer:
        def __buffer__(self, flags: int) -> memoryview:
            records.clear()
            gc.collect()
            return memoryview(array("i", [1, 2, 3]))

    class Row(Struct):
        __slots__ = ("next", "numbers")
        __match_args__ = ("numbers", "next")
        __schema__ = (
            "struct",
            "Row",
            "row.thrift:1",
            ((1, "numbers", "numbers", "default", ("packed", "i32")), (2, "next", "next", "default", ("list", "i32"))),
            (),
        )

        def __init__(self, *, numbers: Any = None, next: Any = None) -> None:
            self.numbers = numbers
            self.next = next or []

    class Rows(Struct):
        __slots__ = ("rows",)
        __match_args__ = ("rows",)
        __schema__ = (
            "struct",
            "Rows",
            "row.thrift:2",
            ((1, "rows", "rows", "default", ("list", ("struct", "Row"))),),
            (),
        )

        def __init__(self, *, rows: Any = None) -> None:
            self.rows = rows

    vars(sys.modules[__name__])["Row"] = Row  # where the schema looks for it
    for _ in range(50):
        records[:] = [Row(numbers=Buffer()), Row(numbers=Buffer())]
        try:
            encode(Rows(rows=records))
        except (EncodeError, RuntimeError):
            continue


def test_records_within_each_other_as_deep_as_may_be() -> None:
    for depth in (150, 158, 159, 160, 161, 400, 1000):
        user = User(id=0)
        for level in range(depth):
            user = User(id=level, manager=user)
        data = check_same(encode, user)
        assert check_same(decode, User, data) == user


def test_bytes_that_open_ever_deeper() -> None:
    for opening in (b"\x0c\x00\x04", b"\x0c\x00\x63", b"\x0f\x00\x63\x0f\x00\x00\x00\x01"):
        with pytest.raises(DecodeError):
            decode(User, opening * 100_000)


def test_exceptions_are_made_as_python_makes_them() -> None:
    error = decode(NotFound, encode(NotFound(code=4, message="m")))
    assert error.args == ()
    with pytest.raises(NotFound, match="code=4"):
        raise error
    assert gc.is_tracked(error)


def test_what_the_collector_knows() -> None:
    """Records that cannot be part of a cycle are not looked at; those with containers are."""
    point = make_point()
    assert not gc.is_tracked(decode(point, encode(point(x=1))))
    assert gc.is_tracked(decode(User, encode(User(id=1))))
    assert gc.is_tracked(decode(Containers, encode(Containers())).matrix)


def test_a_message_that_changes_is_copied_first() -> None:
    data = bytearray(encode(Scalars(text="abc")))
    record = decode(Scalars, data)
    data[:] = bytes(len(data))
    assert record.text == "abc"
    assert decode(Scalars, memoryview(encode(Scalars(text="abc")))[::1]).text == "abc"
