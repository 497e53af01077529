"""Which codec is used, and how one finds out."""

from __future__ import annotations

import inspect
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from kitexgen.runtime import protobuf, thrift
from kitexgen.runtime.wire import append_binary, decode_binary, read_message_begin, write_message_begin
from kitexgen.runtime.wire.native import fallbacks, is_compiled, pure_only
from kitexgen.runtime.wire.protobuf_codec import append_protobuf, decode_protobuf, encode_protobuf
from tests.builders.records import User

ROOT = Path(__file__).parents[3]

SAY = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, format="%(name)s %(levelname)s %(message)s")
{before}
from kitexgen.runtime import thrift
from kitexgen.runtime.wire import decode_binary, read_message_begin
from kitexgen.runtime.wire.native import is_compiled, pure_only
from tests.builders.records import User
with pure_only():
    data = thrift.encode(User(id=1))
assert thrift.decode(User, thrift.encode(User(id=1))) == User(id=1)
assert thrift.encode(User(id=1)) == data
print(is_compiled())
"""


@pytest.fixture(scope="module", autouse=True)
def codec() -> None:
    """Each of these chooses itself."""


def run(*, pure: str = "", before: str = "") -> tuple[str, str]:
    """What a new process says on its two streams."""
    environment = {**os.environ, "KITEXGEN_PURE": pure, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", SAY.format(before=before)], capture_output=True, text=True, env=environment, check=True
    )
    return done.stdout.strip(), done.stderr


def test_pure_python_on_demand() -> None:
    said, logged = run(pure="1")
    assert said == "False"
    assert logged.count("kitexgen.wire DEBUG") == 1
    assert "KITEXGEN_PURE" in logged


def test_pure_python_where_nothing_was_compiled() -> None:
    said, logged = run(before="sys.modules['kitexgen.runtime.wire._native'] = None")
    assert said == "False"
    assert logged.count("kitexgen.wire DEBUG") == 1


@pytest.mark.skipif(not is_compiled(), reason="the compiled codec was not built")
def test_compiled_where_it_can_be() -> None:
    assert run(pure="0") == ("True", "")


def test_functions_stay_functions() -> None:
    """They have their signature and documentation, and can be pickled, whatever is behind them."""
    assert str(inspect.signature(thrift.encode)).startswith("(record")
    assert list(inspect.signature(thrift.decode).parameters) == ["cls", "data", "protocol"]
    assert list(inspect.signature(protobuf.encode).parameters) == ["message", "deterministic"]
    assert list(inspect.signature(protobuf.decode).parameters) == ["cls", "data"]
    for function in (
        thrift.encode,
        thrift.decode,
        append_binary,
        decode_binary,
        write_message_begin,
        read_message_begin,
        protobuf.encode,
        protobuf.decode,
        protobuf.encoded_size,
        encode_protobuf,
        append_protobuf,
        decode_protobuf,
    ):
        assert function.__doc__
        assert pickle.loads(pickle.dumps(function)) is function


def test_pure_only_ends() -> None:
    before = is_compiled()
    with pure_only(), pure_only():
        assert not is_compiled()
    assert is_compiled() is before


@pytest.mark.skipif(not is_compiled(), reason="the compiled codec was not built")
def test_calls_that_are_left_to_python_are_counted() -> None:
    before = fallbacks()
    thrift.encode(User(id=1))
    assert fallbacks() == before
    with pytest.raises(TypeError):
        thrift.encode(None)  # type: ignore[arg-type]
    assert fallbacks() == before + 1
