"""Threads that share records: one that gets other values meanwhile is written with values that it had.

With a GIL that is easily so; builds without one are what it is for. Lists that change in place are another thing: the
compiled codec locks them, Python's `for` does not, and writes a count that may be wrong by the end.
"""

from __future__ import annotations

import random
import sys
import sysconfig
import threading
import time
from typing import Any

import pytest

from kitexgen.runtime import protobuf, thrift
from kitexgen.runtime.contract.wellknown.descriptor import DescriptorProto, FileDescriptorProto
from kitexgen.runtime.wire.native import is_compiled
from tests.builders.records import FULL, User

SECONDS = 1.0
THREADS = 8


@pytest.mark.skipif(not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="this CPython has a GIL")
@pytest.mark.skipif(not is_compiled(), reason="the compiled codec was not built, or KITEXGEN_PURE is set")
def test_the_compiled_codec_wants_no_gil() -> None:
    assert not sys._is_gil_enabled()  # type: ignore[attr-defined]  # from 3.13 on


@pytest.mark.parametrize("protocol", ["binary", "compact"])
def test_records_that_others_change(protocol: Any, codec: str) -> None:
    shared = User(id=1, name="n", tags=["a"] * 50)
    names = {"n"} | {"x" * size for size in range(40)}

    def turn(chance: random.Random) -> None:
        match chance.randrange(5 if codec == "compiled" else 3):
            case 0:
                shared.name = "x" * chance.randrange(40)
            case 1:
                shared.tags = [f"b{chance.randrange(9)}"] * chance.randrange(60)
            case 2:
                shared.id = chance.randrange(1 << 60)
            case 3:
                shared.tags.append("é")
            case _:
                shared.tags[:] = []
        read = thrift.decode(User, thrift.encode(shared, protocol=protocol), protocol=protocol)
        assert read.name in names
        assert {tag[0] for tag in read.tags} <= {"a", "b", "é"}
        own = chance.choice(FULL)
        assert thrift.decode(type(own), thrift.encode(own, protocol=protocol), protocol=protocol) == own

    run_in_threads(turn)


def test_messages_that_others_change() -> None:
    shared = FileDescriptorProto(name="n", message_type=[DescriptorProto(name="M")], public_dependency=[1, 2])

    def turn(chance: random.Random) -> None:
        match chance.randrange(3):
            case 0:
                shared.name = "n" * chance.randrange(1, 300)
            case 1:
                shared.public_dependency = [chance.randrange(1000)] * chance.randrange(20)
            case _:
                shared.message_type[0].name = "M" * chance.randrange(1, 300)
        read = protobuf.decode(FileDescriptorProto, protobuf.encode(shared))
        assert set(read.name) == {"n"}
        assert len(set(read.public_dependency)) <= 1
        assert set(read.message_type[0].name) == {"M"}

    run_in_threads(turn)


def run_in_threads(turn: Any) -> None:
    """`turn` again and again in all threads; the first exception of any ends the test."""
    ends, errors = time.monotonic() + SECONDS, []

    def run(number: int) -> None:
        chance = random.Random(number)
        try:
            while not errors and time.monotonic() < ends:
                turn(chance)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
