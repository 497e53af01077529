"""Values that go to Kitex and back: the method of Probe that gives them back, and how to make them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Case:
    """`make` takes the module of types, and makes a value for `method`."""

    method: str
    make: Callable[[ModuleType], Any]


def same(one: object, other: object) -> bool:
    """Equality under which NaN is itself, and 0.0 is not -0.0."""
    return type(one) is type(other) and (repr(one) == repr(other) if isinstance(one, float) else one == other)


def _deep(t: ModuleType, levels: int) -> Any:
    node = t.Node(value=levels)
    for level in range(levels - 1, 0, -1):
        node = t.Node(value=level, next=node)
    return node


_CASES: list[tuple[str, str, Callable[[ModuleType], Any]]] = [
    # name, method, value; maps and sets have one element at most, as more would have no certain order
    ("true", "give_bool", lambda t: True),
    ("false", "give_bool", lambda t: False),
    ("least byte", "give_byte", lambda t: -128),
    ("greatest byte", "give_byte", lambda t: 127),
    ("least i16", "give_i16", lambda t: -(2**15)),
    ("greatest i16", "give_i16", lambda t: 2**15 - 1),
    ("least i32", "give_i32", lambda t: -(2**31)),
    ("greatest i32", "give_i32", lambda t: 2**31 - 1),
    ("least i64", "give_i64", lambda t: -(2**63)),
    ("greatest i64", "give_i64", lambda t: 2**63 - 1),
    ("zero", "give_i64", lambda t: 0),
    ("a double", "give_double", lambda t: 0.1),
    ("minus zero", "give_double", lambda t: -0.0),
    ("the smallest double", "give_double", lambda t: 5e-324),
    ("infinity", "give_double", lambda t: float("-inf")),
    ("no string", "give_string", lambda t: ""),
    ("a string", "give_string", lambda t: "zażółć 漢字 \N{SNOWMAN} \x00 end"),
    ("beyond the BMP", "give_string", lambda t: "\N{GRINNING FACE}" * 3),
    ("a string that is no UTF-8", "give_string", lambda t: b"\xff\xfe ok \xc3".decode("utf-8", "surrogateescape")),
    ("a string that Go does not copy", "give_string", lambda t: "x" * 5000),
    ("no bytes", "give_binary", lambda t: b""),
    ("all bytes", "give_binary", lambda t: bytes(range(256))),
    ("a known enum", "give_level", lambda t: t.Level.LOW),
    ("an unknown enum", "give_level", lambda t: t.Level(4242)),
    ("no words", "give_words", lambda t: []),
    ("words", "give_words", lambda t: ["a", "", "b"]),
    ("an empty set", "give_set", lambda t: set()),
    ("a set", "give_set", lambda t: {-7}),
    ("an empty map", "give_map", lambda t: {}),
    ("a map", "give_map", lambda t: {"": -1}),
    ("scalars at rest", "give_scalars", lambda t: t.Scalars()),
    (
        "scalars",
        "give_scalars",
        lambda t: t.Scalars(
            yes=True,
            tiny=-1,
            small=-2,
            medium=-3,
            large=-4,
            real=-0.5,
            text="text",
            blob=b"\x00\xff",
            level=t.Level.HIGH,
            stamp=2**62,
        ),
    ),
    ("containers at rest", "give_containers", lambda t: t.Containers()),
    (
        "containers",
        "give_containers",
        lambda t: t.Containers(
            flags=[True, False],
            reals=[1.5, -2.5],
            words=["w"],
            blobs=[b"", b"\xff"],
            leaves=[t.Leaf(name="a"), t.Leaf(name="b", weight=2)],
            grid=[[], [1], [2, 3]],
            numbers={2**40},
            names={"n"},
            levels={t.Level.HIGH},
            counts={"c": 1},
            by_flag={False: 2},
            by_level={t.Level.LOW: "low"},
            nested={-1: {"pi": 3.14}},
            groups={"g": [t.Leaf(name="c")]},
            leaf_of={"l": t.Leaf(name="d", weight=-1)},
        ),
    ),
    ("no options", "give_options", lambda t: t.Options()),
    (
        "empty options",
        "give_options",
        lambda t: t.Options(
            yes=False, number=0, text="", blob=b"", level=t.Level.MEDIUM, numbers=[], pairs={}, with_default=0, named=""
        ),
    ),
    (
        "options",
        "give_options",
        lambda t: t.Options(
            yes=True,
            number=-1,
            text="t",
            blob=b"b",
            level=t.Level.LOW,
            leaf=t.Leaf(name="leaf"),
            numbers=[1, 2],
            pairs={"k": "v"},
            shape=t.Shape(circle=3),
            with_default=43,
            named="somebody",
            always=-3,
            level_default=t.Level.MEDIUM,
        ),
    ),
    ("options at their defaults", "give_options", lambda t: t.Options(with_default=42, named="nobody")),
    ("a union of a number", "give_shape", lambda t: t.Shape(circle=0)),
    ("a union of a string", "give_shape", lambda t: t.Shape(label="")),
    ("a union of a struct", "give_shape", lambda t: t.Shape(leaf=t.Leaf(name="x"))),
    ("a union of a list", "give_shape", lambda t: t.Shape(path=[1, 2])),
    (
        "a tree",
        "give_node",
        lambda t: t.Node(value=1, children=[t.Node(value=2, children=[t.Node(value=3)]), t.Node(value=4)]),
    ),
    # Kitex passes over a buffered message before it reads it, and then does not go deeper than 64.
    ("60 structs deep", "give_node", lambda t: _deep(t, 60)),
]

_WITHOUT_CERTAIN_BYTES: list[tuple[str, str, Callable[[ModuleType], Any]]] = [
    ("no number", "give_double", lambda t: float("nan")),  # any of its many patterns
    ("a larger set", "give_set", lambda t: set(range(-50, 50))),
    ("a larger map", "give_map", lambda t: {str(number): number for number in range(100)}),
]

ALL_CASES = [(name, Case(method, make)) for name, method, make in _CASES + _WITHOUT_CERTAIN_BYTES]

VALUES = {
    "every base type, at its limits": tuple(
        f"give_{kind}" for kind in ("bool", "byte", "i16", "i32", "i64", "double", "string", "binary", "level")
    ),
    "containers in containers": ("give_words", "give_set", "give_map", "give_containers"),
    "structs, unions, optional fields, defaults": ("give_scalars", "give_options", "give_shape"),
    "structs in structs, 60 deep": ("give_node",),
}
"""The rows of docs/interop.md that values show, and the methods that they go through."""

EMPTY = {
    "zero",
    "minus zero",
    "no string",
    "no bytes",
    "no words",
    "an empty set",
    "an empty map",
    "scalars at rest",
    "containers at rest",
    "no options",
    "empty options",
    "a union of a number",
    "a union of a string",
}
"""The names of those in which something is zero or empty."""

CERTAIN = pytest.mark.parametrize("case", [pytest.param(Case(method, make), id=name) for name, method, make in _CASES])
"""Values with one encoding only."""

ALL = pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in ALL_CASES])
