"""The payloads of the codec benchmark as plain data; every codec builds its own objects from them."""

from __future__ import annotations

import random
import string
from array import array
from collections.abc import Mapping
from typing import Any, Final

# payload -> struct
TYPES: Final = {
    "small": "Small",
    "nested": "Nested",
    "list_i64": "ListI64",
    "list_i64_packed": "ListI64Packed",
    "list_double": "ListDouble",
    "strings": "Strings",
    "blob": "Blob",
    "map_str_i64": "MapStrI64",
    "list_struct": "ListStruct",
    "strings_mixed": "Strings",
    "map_mixed": "MapStrI64",
}

# What codec.proto's messages have as arrays: the setting `py_packed`.
PY_PACKED: Final = ("payloads.ListI64Packed",)

# (struct, field) -> struct of the field, or of its elements
_INNER: Final = {
    ("Nested", "items"): "Leaf",
    ("Nested", "flag"): "Mid",
    ("Mid", "leaves"): "Leaf",
    ("ListStruct", "v"): "Small",
}
STRUCTS: Final = (*dict.fromkeys(TYPES.values()), "Leaf", "Mid")

_SEED: Final = 20240607
_ALPHABET: Final = string.ascii_letters + string.digits + "-_"


def payloads() -> dict[str, dict[str, Any]]:
    """Small: ten mixed fields. Nested: three levels, 40 leaves, a map of 20. The others: 1,000 or 10,000 elements.

    Strings have one length, which we make use of, but in the payloads that are called mixed.
    """
    rng = random.Random(_SEED)

    def word(length: int) -> str:
        return "".join(rng.choices(_ALPHABET, k=length))

    def integer(bits: int) -> int:
        return rng.randint(-(1 << bits - 1), (1 << bits - 1) - 1)

    def small() -> dict[str, Any]:
        return {
            "b": rng.random() < 0.5,
            "y": integer(8),
            "h": integer(16),
            "i": integer(32),
            "l": integer(64),
            "d": rng.random() * 1e6,
            "s1": word(8),
            "s2": word(16),
            "s3": word(32),
            "j": rng.randint(0, 1000),
        }

    def leaf() -> dict[str, Any]:
        return {"id": rng.randint(0, 2**40), "value": word(24)}

    found = {
        "small": small(),
        "nested": {
            "action": "echo",
            "msg": word(64),
            "tags": {word(12): word(20) for _ in range(20)},
            "items": [leaf() for _ in range(20)],
            "flag": {**leaf(), "leaves": [leaf() for _ in range(20)]},
        },
        "list_i64": {"v": [integer(64) for _ in range(10_000)]},
        "list_double": {"v": [rng.random() * 1e6 for _ in range(10_000)]},
        "strings": {"v": [word(20) for _ in range(1000)]},
        "blob": {"v": rng.randbytes(1 << 20)},
        "map_str_i64": {"v": {word(12): integer(64) for _ in range(1000)}},
        "list_struct": {"v": [small() for _ in range(1000)]},
        "strings_mixed": {"v": [word(rng.randint(4, 36)) for _ in range(1000)]},
        "map_mixed": {"v": {word(rng.randint(4, 20)): integer(64) for _ in range(1000)}},
    }
    return found | {"list_i64_packed": found["list_i64"]}


def build(struct: str, data: Mapping[str, Any], classes: Mapping[str, Any]) -> Any:
    """An object of `classes[struct]` with the fields of `data`, and those within."""

    def inner(name: str, value: Any) -> Any:
        within = _INNER.get((struct, name))
        if within is None:
            return value
        if isinstance(value, list):
            return [build(within, each, classes) for each in value]
        return build(within, value, classes)

    return classes[struct](**{name: inner(name, value) for name, value in data.items()})


def given(struct: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same as our records take it: a packed list as an array."""
    return {"v": array("q", data["v"])} if struct == "ListI64Packed" else data


def is_same(struct: str, found: Any, data: Mapping[str, Any]) -> bool:
    """Whether a decoded object has the fields of `data`."""
    for name, expected in data.items():
        value = getattr(found, name)
        inner = _INNER.get((struct, name))
        if inner is None:
            if (list(value) if isinstance(expected, list) else value) != expected:
                return False
        elif isinstance(expected, list):
            if len(value) != len(expected) or not all(
                is_same(inner, a, b) for a, b in zip(value, expected, strict=True)
            ):
                return False
        elif not is_same(inner, value, expected):
            return False
    return True
