"""The race of `bench_protobuf.py`, run by the interpreter that has the rivals.

`python protobuf_race.py FOLDER ROUNDS SECONDS PAYLOAD...`: FOLDER has our generated package `ours` and betterproto2's
`theirs`. Prints a line of JSON for each payload, written and read: [payload, kind, {codec: [median, spread]}].
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2])]

from tests.benchmarks.codec_payloads import TYPES, build, given, is_same, payloads  # noqa: E402
from tests.benchmarks.race import race  # noqa: E402

Candidate = tuple[Callable[[], bytes], Callable[[], Any]]


def ours(struct: str, data: Mapping[str, Any]) -> Candidate:
    from kitexgen.runtime import protobuf  # noqa: PLC0415  # the folder is on the path only now

    classes = vars(importlib.import_module("ours.payloads.codec"))
    message = build(struct, given(struct, data), classes)
    return partial(protobuf.encode, message), partial(protobuf.decode, classes[struct], protobuf.encode(message))


def betterproto2(struct: str, data: Mapping[str, Any]) -> Candidate:
    classes = vars(importlib.import_module("theirs.payloads"))
    message = build(struct, data, classes)
    return message.__bytes__, partial(classes[struct].parse, bytes(message))


def betterproto1(struct: str, data: Mapping[str, Any]) -> Candidate:
    classes = _betterproto1_classes()
    message = build(struct, data, classes)
    wire = bytes(message)
    return message.__bytes__, lambda: classes[struct]().parse(wire)


def _betterproto1_classes() -> dict[str, Any]:
    """What its compiler would print; it finds the types of fields through the module of a class."""
    bp: Any = importlib.import_module("betterproto")
    fields: dict[str, list[tuple[str, Any, Any]]] = {
        "Small": [
            ("b", bool, bp.bool_field(1)),
            ("y", int, bp.int32_field(2)),
            ("h", int, bp.int32_field(3)),
            ("i", int, bp.int32_field(4)),
            ("l", int, bp.int64_field(5)),
            ("d", float, bp.double_field(6)),
            ("s1", str, bp.string_field(7)),
            ("s2", str, bp.string_field(8)),
            ("s3", str, bp.string_field(9)),
            ("j", int, bp.int32_field(10)),
        ],
        "Leaf": [("id", int, bp.int64_field(1)), ("value", str, bp.string_field(2))],
        "Mid": [
            ("id", int, bp.int64_field(1)),
            ("value", str, bp.string_field(2)),
            ("leaves", "list[Leaf]", bp.message_field(3)),
        ],
        "Nested": [
            ("action", str, bp.string_field(1)),
            ("msg", str, bp.string_field(2)),
            ("tags", dict[str, str], bp.map_field(3, bp.TYPE_STRING, bp.TYPE_STRING)),
            ("items", "list[Leaf]", bp.message_field(4)),
            ("flag", "Mid", bp.message_field(5)),
        ],
        "ListI64": [("v", list[int], bp.sfixed64_field(1))],
        "ListI64Packed": [("v", list[int], bp.sfixed64_field(1))],
        "ListDouble": [("v", list[float], bp.double_field(1))],
        "Strings": [("v", list[str], bp.string_field(1))],
        "Blob": [("v", bytes, bp.bytes_field(1))],
        "MapStrI64": [("v", dict[str, int], bp.map_field(1, bp.TYPE_STRING, bp.TYPE_INT64))],
        "ListStruct": [("v", "list[Small]", bp.message_field(1))],
    }
    home = vars(sys.modules[__name__])
    for name, shape in fields.items():
        home[name] = dataclasses.make_dataclass(
            name,
            shape,
            bases=(bp.Message,),
            namespace={"__module__": __name__},
            eq=True,
        )
        home[name].__module__ = __name__
    return {name: home[name] for name in fields}


MAKERS: Mapping[str, Callable[[str, Mapping[str, Any]], Candidate]] = {
    "kitexgen": ours,
    "betterproto 1": betterproto1,
    "betterproto2": betterproto2,
}


def main() -> None:
    folder, rounds, seconds, *names = sys.argv[1:]
    sys.path.append(folder)
    every = payloads()
    for name in names:
        struct, data = TYPES[name], every[name]
        candidates = {label: make(struct, data) for label, make in MAKERS.items()}
        for label, (_, decode) in candidates.items():
            assert is_same(struct, decode(), data), f"{label} does not read {name} back"
        for place, kind in enumerate(("encode", "decode")):
            taken = race({label: each[place] for label, each in candidates.items()}, int(rounds), float(seconds))
            print(json.dumps([name, kind, taken]), flush=True)


if __name__ == "__main__":
    main()
