"""What `native_driver.c` drives: the functions of the compiled codec, classes to read and write, seeds, and bad values.

A row is a way to write records: decode(cls, data), encode(record), encoded_size(record), and the classes of its format.
"""

from __future__ import annotations

import gc
import os
import random
import tempfile
from array import array
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kitexgen.codegen import GenerateOptions
from kitexgen.runtime import protobuf, thrift
from kitexgen.runtime.contract.model import FrozenMap
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.wire import (
    _native,
    native,
)
from tests.builders.generated import generate_code, generate_text
from tests.builders.messages import generated
from tests.builders.records import ALL, Choice, Color, Containers, Key, User
from tests.fuzz import native_calls
from tests.strategies import messages as message_values
from tests.strategies import values as record_values

ROOT: Final = Path(__file__).resolve().parents[2]
EXAMPLES: Final = 1500
PACKED: Final = """
struct Packed {
  1: list<i8> a (py.packed), 2: list<i16> b (py.packed), 3: list<i32> c (py.packed), 4: list<i64> d (py.packed),
  5: list<double> e (py.packed), 6: optional list<i16> f (py.packed), 7: list<Packed> more
}
"""
Row = tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any], tuple[tuple[type, tuple[str, ...]], ...]]


def prepare(refuse: Callable[..., Any]) -> tuple[tuple[Row, ...], tuple[Any, ...]]:
    """Rows, and what to put into records. Writes seeds into the folder `$KX_CORPUS`; from now on nothing is left to
    Python, `refuse` is called in its place.
    """
    assert native.is_compiled()
    assert getattr(_native, "__file__", None) is None, "this is not the module that is linked to the driver"
    records, messages = _record_classes(), _message_classes()
    found_records = _drawn([record_values.records(cls) for cls in records])
    found_messages = _drawn([message_values.messages(cls) for cls in messages])
    seeds: list[native_calls.Seeds] = [
        [(type(record), thrift.encode(record)) for record in found_records],
        [(type(record), thrift.encode(record, protocol="compact")) for record in found_records],
        [(type(message), protobuf.encode(message)) for message in found_messages],
    ]
    seeds += [[(cls, _ENVELOPE + data) for cls, data in seeds[0]], []]
    alone = _alone(refuse)
    rows = _rows(alone, _described(records), _described(messages))
    for decode, classes, found in (native_calls.answers(alone, refuse), native_calls.requests(refuse)):
        rows += ((decode, refuse, refuse, classes),)
        seeds.append(found)
    _write_seeds(rows, seeds)
    gc.collect()
    gc.freeze()
    return rows, _pool()


_ENVELOPE: Final = b"\x80\x01\x00\x01\x00\x00\x00\x04Echo\x00\x00\x00\x07"


def _record_classes() -> list[Any]:
    folder = Path(tempfile.mkdtemp(dir=os.environ["KX_CORPUS"] + "/.."))
    everything = [ROOT / "tests" / "codegen" / "fastcodec" / "everything.thrift"]
    keeps = GenerateOptions(keep_unknown_fields=True)
    generated_ones = (
        *generate_code(everything, folder).records(),
        *generate_code(everything, folder, options=keeps).records(),
        *generate_text(PACKED, folder).records(),
    )
    return [cls for cls in (*ALL, *generated_ones) if record_values.is_inhabited(cls)]


def _message_classes() -> list[Any]:
    every: list[Any] = [cls for cls in generated().records() if issubclass(cls, Message)]
    return [cls for cls in every if message_values.is_inhabited(cls)]


def _described(classes: list[Any]) -> tuple[tuple[type, tuple[str, ...]], ...]:
    """At most 256 of them, as one byte chooses."""
    return tuple([(cls, tuple(cls.__match_args__)) for cls in classes[:256]])


def _drawn(strategies: list[Any]) -> list[Any]:
    found: list[Any] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(st.one_of(strategies))
    def collect(record: Any) -> None:
        found.append(record)

    collect()
    return found


def _alone(refuse: Callable[..., Any]) -> dict[str, Any]:
    """The compiled functions, with nothing behind them."""
    names = (
        *("encode", "decode", "encoded_size", "append_binary", "decode_binary", "encode_compact", "decode_compact"),
        *("write_message_begin", "read_message_begin", "encode_message", "decode_message", "message_size"),
        *("encode_binary", "encode_protobuf", "append_protobuf", "decode_protobuf"),
        *("copy_slots", "read_info_area", "write_usual_call", "take_usual_answers", "open_usual_answer"),
    )
    return {name: _native.install(name, refuse) for name in names}


def _rows(alone: dict[str, Any], records: Any, messages: Any) -> tuple[Row, ...]:
    encode, decode, size = alone["encode"], alone["decode"], alone["encoded_size"]

    def open_message(cls: type, data: bytes) -> Any:
        begin = alone["read_message_begin"]("binary", data)
        alone["write_message_begin"]("binary", begin.name, begin.kind, begin.sequence)
        record, _ = alone["decode_binary"](cls, data, begin.at)
        return record

    def close_message(record: Any) -> bytes:
        pieces = [_ENVELOPE]
        alone["append_binary"](record, pieces)
        return b"".join(pieces)

    def deterministic(message: Any) -> bytes:
        pieces: list[bytes] = []
        alone["append_protobuf"](message, pieces)
        written: bytes = alone["encode_message"](message, deterministic=True)
        assert len(written) == sum(map(len, pieces))
        return written

    return (
        (partial(decode, protocol="binary"), encode, size, records),
        (
            partial(decode, protocol="compact"),
            partial(encode, protocol="compact"),
            partial(size, protocol="compact"),
            records,
        ),
        (alone["decode_message"], alone["encode_message"], alone["message_size"], messages),
        (open_message, close_message, lambda record: len(_ENVELOPE) + size(record), records),
        (alone["decode_message"], deterministic, alone["message_size"], messages),
    )


def _write_seeds(rows: tuple[Row, ...], seeds: list[list[tuple[type, bytes]]]) -> None:
    folder = Path(os.environ["KX_CORPUS"])
    chance = random.Random(7)
    for row, found in enumerate(seeds):
        places = {cls: place for place, (cls, _) in enumerate(rows[row][3])}
        for number, (cls, data) in enumerate(found):
            changes = bytes([2, *chance.randbytes(4)]) if number % 3 == 0 else b"\0"
            if cls in places and len(data) < 1500:
                Path(folder, f"{row}_{number}").write_bytes(bytes([row, places[cls]]) + changes + data)


class Number:
    """Stands for an int, and does something when it is asked."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act

    def __index__(self) -> int:
        self.act()
        return 4


class OddInt(int):
    def __index__(self) -> int:
        return 99


class OddText(str):
    def encode(self, *_: Any) -> bytes:
        return b"other"


class OddList(list[Any]):
    def __len__(self) -> int:
        return 1 << 40


def _interrupt() -> None:
    raise KeyboardInterrupt


def _pool() -> tuple[Any, ...]:
    itself: list[Any] = []
    itself.append(itself)
    round_ = User(id=1)
    round_.manager = round_
    shrinking: list[Any] = [1, 2, 3, 4]

    def shrink() -> None:
        shrinking[:] = [1, Number(shrinking.clear), 3, 4] if len(shrinking) < 2 else []

    numbers = [
        0,
        -1,
        127,
        128,
        -129,
        2**15,
        2**31 - 1,
        2**31,
        2**32,
        2**53,
        2**63 - 1,
        -(2**63),
        2**63,
        2**64 - 1,
        2**200,
    ]
    texts = [
        "",
        "a",
        "é" * 20,
        "\ud800",
        "\udc80",
        "x" * 5000,
        "\0",
        "a\U0001f600",
        OddText("a"),
        b"",
        b"ab",
        b"\xff" * 3000,
    ]
    lists: list[Any] = [
        [],
        [None],
        [1, 2, 3],
        [0.5, 1.5],
        ["a", "b"],
        [b"a"],
        [1, "a", None, 2**70],
        [True, False, 1],
        [[1], [2]],
        [User(id=1), User(id=2, name="n")],
        [User(id=1), None],
        [Key(x=1), Choice(number=2)],
        list(range(1000)),
        ["text"] * 500,
        [OddInt(3), 4],
        (1, 2),
        ("p",),
        OddList([1]),
        itself,
        [{}],
        [{1}],
        shrinking,
        [Number(shrink), 2],
    ]
    sets = [set(), {1, 2}, {"a", "b"}, {b"x"}, {None}, frozenset({1}), frozenset({"a"}), {0.5}, {1, "a"}, {Color.RED}]
    maps: list[Any] = [
        {},
        {1: 2},
        {"a": "b"},
        {"a": 1},
        {1: "a"},
        {None: None},
        {True: 1},
        {"a": User(id=1)},
        {"a": [1]},
        {Key(x=1): User(id=1)},
        {Color.RED: {1}},
        {"k" * 100: 2**40},
        {"\ud800": 1},
        FrozenMap({"a": 1}),
        FrozenMap({}),
        dict.fromkeys(range(300), 1),
    ]
    arrays: list[Any] = [array(code, [1, 2, 3]) for code in "bhiqdBHIQflL"]
    arrays += [array("i"), memoryview(array("q", range(600))), memoryview(array("i", range(9)))[::2], bytearray(8)]
    arrays += [memoryview(bytes(16)).cast("B", (4, 4)), memoryview(bytes(16)).cast("d"), memoryview(b"")]
    odd: list[Any] = [
        *(None, True, False, 0.0, -0.0, 1.5, float("nan"), float("inf"), 1e300, 2**0.5),
        *(
            object(),
            int,
            Color,
            Color.RED,
            Color(77),
            User(id=1),
            User(id=2, tags=["x"]),
            round_,
            Key(),
            Choice(number=1),
        ),
        *(Containers(), Containers(matrix=[[0.5]]), OddInt(5), Number(lambda: None), Number(lambda: 1 / 0)),
        *(Number(_interrupt), iter([1]), range(3), Choice.__new__(Choice), User.__new__(User), Ellipsis),
    ]
    return (*odd, *numbers, *texts, *lists, *sets, *maps, *arrays)
