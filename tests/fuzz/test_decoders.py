"""Whatever a peer sends, decoders answer with what they document, and take memory by the measure of the input."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.decoders import TARGETS, hold, seeds

SEEDS = seeds()

MAGIC = st.sampled_from(
    [b"\x80\x01\x00\x01", b"\x90\x01\x00\x01", b"\x82\x21", b"\x10\x00\x00\x00", b"\xff\xaf", b"\x00\x00\x00\x40"]
)
HUGE = st.sampled_from(
    [b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\xff\xff\xff", b"\xff\xff", b"\xff\xff\xff\x0f"]
)
ANY = st.lists(st.one_of(MAGIC, HUGE, st.binary(max_size=12), st.sampled_from(SEEDS)), max_size=8).map(b"".join)


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A right message with some bytes of it others, more, or missing; perhaps a byte that chooses in front."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(data)))
        match draw(st.integers(0, 3)):
            case 0:
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case 1:
                piece = draw(HUGE)
                data[at : at + len(piece)] = piece
            case 2:
                del data[at : at + draw(st.integers(1, 8))]
            case 3:
                data[at:at] = draw(st.binary(max_size=8))
    return bytes(draw(st.binary(max_size=1)) + data)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=150)
@given(data=st.one_of(ANY, spoiled()))
def test_any_bytes(name: str, data: bytes) -> None:
    hold(TARGETS[name], data)


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_themselves(name: str) -> None:
    for seed in SEEDS:
        hold(TARGETS[name], b"\x00" + seed)
        hold(TARGETS[name], seed)


# Few bytes that announce much: a list of so many, a string of such a length, a header with so many infos.
BOMBS = {
    "json": [
        b"\x09[" + b"[]," * 5000 + b"1]",
        b"\x09[" + b"{}," * 5000 + b"1]",
        b"\x04" + b'{"@type":"a/google.protobuf.Any","value":' * 90 + b"{}" + b"}" * 90,
        b"\x03" + b'{"a":' * 5000,
        b'\x07"' + b"9" * 20_000 + b'"',
    ],
    "message": [
        b"\x00\x80\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x0f\x00\x00\x0c\x7f\xff\xff\xff" + b"\x00" * 2000,
        b"\x00\x80\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x0b\x00\x02\x7f\xff\xff\xff" + b"x" * 2000,
        b"\x00\x80\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01" + b"\x0c\x00\x04" * 5000,
        b"\x01\x82\x21\x01\x00" + b"\x4c" * 5000,
        b"\x01\x82\x21\x01\x00" + b"\x19\xf1\xff\xff\xff\xff\x07" + b"\x01" * 5000,
    ],
    "protobuf": [
        b"\x01" + b"\x22\x00" * 2500,  # messages of no bytes
        b"\x01" + b"\x22\xff\xff\xff\xff\x07" + b"\x00" * 2000,
        b"\x01" + b"\x52\xf4\x03" + b"\x01" * 500,  # packed numbers
        b"\x01" + b"\x0b" * 5000,  # groups that never end
        b"\x03" + b"\x0a\x00" * 2500,  # the same key again and again
    ],
    "stream": [
        b"\x00\x7f\xff\xff\xff\x80\x01\x00\x01",
        b"\xff\xff\xff\xff\xff\x10\x00\x00\x00\x00\x00\x00\x01\xff\xff" + b"\x00" * 5000,
        b"\x00" + b"\x00" * 5000,
        b"\x10" + b"\x80\x01\x00\x01\x00\x00\x00\x01a\x00\x00\x00\x01" + b"\x0f\x00\x01\x0f\x00\x00\x00\x02" * 500,
    ],
    "header": [
        b"\x7f\xff\xff\xff\x10\x00\x00\x00\x00\x00\x00\x01\xff\xff\x00\x00" + b"\x01\xff\xff" + b"\x00" * 262_138,
        b"\x7f\xff\xff\xff\x10\x00\x00\x00\x00\x00\x00\x01\xff\xff\x00\xff" + b"\x00" * 262_140,
        b"\x7f\xff\xff\xff\x10\x00\x00\x00\x00\x00\x00\x01\x40\x00\x00\x00" + b"\x10\x00\x01\x00\x00\x00\x00" * 9362,
    ],
}


@pytest.mark.parametrize(("name", "number"), [(name, number) for name in BOMBS for number in range(len(BOMBS[name]))])
def test_bombs(name: str, number: int) -> None:
    hold(TARGETS[name], BOMBS[name][number])


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
@pytest.mark.parametrize("name", TARGETS)
def test_the_atheris_harness_runs(name: str) -> None:
    script = Path(__file__).with_name("run_atheris.py")
    run = subprocess.run(
        [sys.executable, str(script), name, "-runs=500"], capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stderr[-2000:]
