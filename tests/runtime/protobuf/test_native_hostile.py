"""Message classes and objects that are not what they seem: the compiled codec sees it, and does as the pure one."""

from __future__ import annotations

import gc
import sys
from typing import Any

import pytest

from kitexgen.runtime import protobuf
from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.wire.native import fallbacks
from tests.builders.codecs import check_same, compiled_codec
from tests.builders.messages import generated

__all__ = ["compiled_codec"]

types2: Any = generated().module("messages2.messages2")
types3: Any = generated().module("messages3.messages3")


def make_point() -> Any:
    """A new message class, to be changed."""

    class Point(Message):
        __slots__ = ("__unknown__", "x", "y")
        __match_args__ = ("x", "y")
        __schema__ = (
            "message",
            "demo.Point",
            "point.proto:1",
            ((1, "x", "x", "default", "int32"), (2, "y", "y", "default", "string")),
            (),
        )

        def __init__(self, *, x: int = 0, y: str = "") -> None:
            self.x = x
            self.y = y
            self.__unknown__ = b""

    return Point


def test_a_property_in_place_of_a_slot_is_asked() -> None:
    point = make_point()
    message = point(x=1)
    assert protobuf.encode(message) == b"\x08\x01"
    point.x = property(lambda self: 7, lambda self, value: None)
    assert check_same(protobuf.encode, message) == b"\x08\x07"
    assert check_same(protobuf.decode, point, b"\x08\x01").x == 7


def test_a_class_that_only_gains_something_stays_fast() -> None:
    point = make_point()
    protobuf.encode(point(x=1))
    point.shout = lambda self: self.y.upper()
    before = fallbacks()
    assert protobuf.encode(protobuf.decode(point, b"\x08\x01")) == b"\x08\x01"
    assert fallbacks() == before


def test_derived_classes() -> None:
    class Derived(types3.Inner):  # type: ignore[misc]
        """Has a `__dict__`."""

    class Hidden(types3.Inner):  # type: ignore[misc]
        name = property(lambda self: "hidden")

        def __init__(self) -> None:
            self.id, self.inner, self.inners, self.__unknown__ = 3, None, [], b""

    data = protobuf.encode(types3.Inner(id=1, name="n"))
    assert check_same(protobuf.encode, Derived(id=1, name="n")) == data
    assert type(check_same(protobuf.decode, Derived, data)) is Derived
    outer = types3.Inner(inner=Derived(id=1, name="n"), inners=[Derived(id=1, name="n")])
    before = fallbacks()
    written = protobuf.encode(outer)
    assert fallbacks() == before
    assert written == check_same(protobuf.encode, outer)
    assert b"hidden" in check_same(protobuf.encode, types3.Inner(inner=Hidden()))


@pytest.mark.parametrize("attribute", types3.Inner.__match_args__)
def test_a_slot_without_a_value(attribute: str) -> None:
    message = types3.Inner(id=1)
    delattr(message, attribute)
    for _ in range(2):
        check_same(protobuf.encode, message)
        check_same(protobuf.encode, types3.Inner(inner=message))


def test_unknown_fields_that_are_none() -> None:
    for unknown in (
        None,
        "",
        bytearray(b"\x08\x01"),
        b"\x08",
        b"\xf8\x06",
        b"\xf8\x06\x01",
        b"\x0b",
        b"\x0b\x0c",
        b"\0\0",
    ):
        message = types3.Inner(id=1)
        message.__unknown__ = unknown
        check_same(protobuf.encode, message)
    message = types3.Inner(id=1)
    del message.__unknown__
    for _ in range(2):
        with pytest.raises((EncodeError, AttributeError)):
            protobuf.encode(message)


def test_two_fields_of_a_oneof() -> None:
    message = types3.Chosen(number=1)
    message.text = "too"
    assert check_same(protobuf.encode, message)[0] is EncodeError
    message.number = None
    assert check_same(protobuf.encode, message) == b"\x12\x03too"


def test_a_required_field_that_is_not_set() -> None:
    assert check_same(protobuf.encode, protobuf.decode(types2.Needed, b""))[0] is EncodeError
    assert (
        check_same(protobuf.encode, types2.Needed(id=1, needed=protobuf.decode(types2.Needed, b"")))[0] is EncodeError
    )


@pytest.mark.parametrize("depth", [98, 99, 100, 101, 157, 158, 159, 160, 161, 400, 1000])
def test_messages_within_each_other_as_deep_as_may_be(depth: int) -> None:
    message = types3.Inner(id=1)
    for _ in range(depth):
        message = types3.Inner(inner=message)
    data = check_same(protobuf.encode, message)
    check_same(protobuf.decode, types3.Inner, data)


def test_a_message_that_contains_itself() -> None:
    message = types3.Inner(id=1)
    message.inner = message
    with pytest.raises(EncodeError, match="one may contain itself"):
        protobuf.encode(message)
    message.inner = None
    message.inners = [message]
    with pytest.raises(EncodeError):
        protobuf.encode(message)


def test_bytes_that_open_ever_deeper() -> None:
    for opening in (b"\x1a\xff\xff\x03", b"\x22\xff\xff\x03", b"\x9b\x01", b"\xfb\x06", b"\x42\x04\x12\x02"):
        for cls in (types3.Inner, types3.Maps, types2.Lists):
            with pytest.raises(DecodeError):
                protobuf.decode(cls, opening * 100_000)


def test_a_message_that_changes_is_copied_first() -> None:
    data = bytearray(protobuf.encode(types3.Inner(name="abc")))
    message = protobuf.decode(types3.Inner, data)
    data[:] = bytes(len(data))
    assert message.name == "abc"
    assert protobuf.decode(types3.Inner, memoryview(protobuf.encode(message))[::1]) == message


def test_what_the_collector_knows() -> None:
    """Messages that cannot be part of a cycle are not looked at; those with containers or messages are."""
    assert not gc.is_tracked(protobuf.decode(types3.Scalars, b"\x10\x01"))
    assert gc.is_tracked(protobuf.decode(types3.Inner, b"\x08\x01"))
    found = protobuf.decode(types3.Lists, b"\x12\x02\x01\x02\x72\x01a")
    assert gc.is_tracked(found.int32s)
    assert gc.is_tracked(found.strings)


def test_an_enum_that_refuses_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(cls: Any, value: object) -> None:
        raise LookupError(value)

    monkeypatch.setattr(types3.Color, "_missing_", classmethod(refuse))
    for data in (b"\x80\x01\x07", b"\x80\x01\x05"):
        check_same(protobuf.decode, types3.Scalars, data)
    check_same(protobuf.decode, types3.Lists, b"\x82\x01\x03\x05\x07\x00")


def test_an_enum_that_finds_the_list_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that runs in the middle may get hold of a list that is being read, and change it."""

    def meddle(cls: Any, value: object) -> Any:
        for thing in gc.get_objects():
            if type(thing) is list and thing and type(thing[0]) is str and thing[0] == "being read":
                thing.clear()
        return types3.Color.RED

    monkeypatch.setattr(types3.Color, "_missing_", classmethod(meddle))
    data = b"\x72\x0abeing read\x88\x01\x07\x72\x01b\x82\x01\x03\x07\x07\x05\x72\x0abeing read"
    for _ in range(5):
        found = protobuf.decode(types3.Lists, data * 3)
        assert found.strings == ["b", *["being read", "being read", "b"] * 2, "being read"]
        assert len(found.colors) == 9


def test_references_to_what_is_shared_stay_as_they_are() -> None:
    data = protobuf.encode(types3.Scalars(a_color=types3.Color.BLUE))
    things = (types3.Color.BLUE, types3.Scalars, types3.Color)
    protobuf.decode(types3.Scalars, data)
    before = [sys.getrefcount(thing) for thing in things]
    for _ in range(1000):
        protobuf.encode(protobuf.decode(types3.Scalars, data))
        protobuf.decode(types3.Scalars, b"")
    assert [sys.getrefcount(thing) for thing in things] == before
