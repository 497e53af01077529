"""Random Thrift IDL that every implementation accepts: no uuid, keys that are hashable in every Python."""

from __future__ import annotations

from random import Random

_INTEGERS = ("i8", "i16", "i32", "i64")
_SCALARS = ("bool", *_INTEGERS, "double", "string", "binary")
_KEYS = ("bool", *_INTEGERS, "double", "string", "Colour")
_DEFAULTS = {"bool": "true", "double": "1.5", "string": '"text"', "Colour": "Colour.GREEN", "binary": '"bytes"'}


def random_idl(seed: int, records: int = 8) -> str:
    """One file: the enum `Colour`, then `records` structs, unions and exceptions R0, R1, ... that use earlier ones."""
    rng = Random(seed)
    parts = [f"namespace py random_{seed}", "enum Colour { RED = -1, GREEN, BLUE = 70000 }"]
    parts += [_record(rng, number) for number in range(records)]
    return "\n".join(parts) + "\n"


def _record(rng: Random, number: int) -> str:
    kind = rng.choices(("struct", "union", "exception"), (6, 2, 1))[0]
    ids = sorted(rng.sample(range(1, 40), rng.randint(1, 9)) + rng.sample(range(300, 32768), rng.randint(0, 2)))
    rng.shuffle(ids)
    fields = [f"  {id_}: {_field(rng, kind, number, index)}" for index, id_ in enumerate(ids)]
    return "\n".join([f"{kind} R{number} {{", *fields, "}"])


def _field(rng: Random, kind: str, number: int, index: int) -> str:
    type_ = _type(rng, number, 0)
    if kind == "union":
        return f"{type_} f{index}"
    word = rng.choice(("required ", "", "", "optional "))
    default = ""
    if not word and rng.random() < 0.3 and (type_ in _DEFAULTS or type_ in _INTEGERS):
        default = f" = {_DEFAULTS.get(type_, '-7')}"
    return f"{word}{type_} f{index}{default}"


def _type(rng: Random, number: int, depth: int) -> str:
    shape = rng.choices(("scalar", "enum", "record", "list", "set", "map"), (6, 1, 2, 2, 1, 2))[0]
    if depth >= 3:
        shape = "scalar"
    match shape:
        case "enum":
            return "Colour"
        case "record" if number:
            return f"R{rng.randrange(number)}"
        case "list":
            return f"list<{_type(rng, number, depth + 1)}>"
        case "set":
            return f"set<{rng.choice(_KEYS)}>"
        case "map":
            return f"map<{rng.choice(_KEYS)}, {_type(rng, number, depth + 1)}>"
    return rng.choice(_SCALARS)
