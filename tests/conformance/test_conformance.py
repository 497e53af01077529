"""Protobuf's own conformance suite, binary and JSON, proto2, proto3 and editions: nothing is expected to fail.

Where its runner can run, it asks and judges. Anywhere, its questions are put once more from a recording, and the
answers must be those that it was content with.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import get_args

import pytest

from kitexgen.runtime.protobuf import decode
from tests.builders.generated import GeneratedCode, generate_code
from tests.conformance import testee as testee_module
from tests.conformance.recording import RECORDING, load
from tests.conformance.runner import find_runner, run_suite
from tests.conformance.testee import Codec, Testee
from tests.peers.building import PeersUnavailable

PROTOS = Path(__file__).with_name("protos")
CODECS = get_args(Codec)
IS_RECORDED = os.environ.get("KITEXGEN_GOLDEN") == "write"


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> GeneratedCode:
    return generate_code(sorted(PROTOS.rglob("*.proto")), tmp_path_factory.mktemp("suite"), include_dirs=[PROTOS])


@pytest.mark.parametrize("codec", CODECS)
def test_recorded(code: GeneratedCode, codec: Codec) -> None:
    testee = Testee(code.root, codec)
    exchanges = load(RECORDING)
    assert len(exchanges) > 5000
    wrong = [exchange for exchange in exchanges if testee.result(exchange.request) != exchange]
    assert [_shown(testee, exchange.request) for exchange in wrong] == []


def _shown(testee: Testee, request: bytes) -> str:
    return repr(decode(testee.conformance.ConformanceRequest, request))


@pytest.mark.slow
@pytest.mark.parametrize("codec", CODECS)
def test_suite(code: GeneratedCode, codec: Codec, tmp_path: Path) -> None:
    try:
        runner = find_runner()
    except PeersUnavailable as reason:
        pytest.skip(str(reason))
    recording = tmp_path / "recording.gz"
    path = os.pathsep.join([str(Path(__file__).parents[2]), str(code.folder.parent)])
    program = str(testee_module.__file__)
    testee = ["env", f"PYTHONPATH={path}", sys.executable, program, code.root, codec, str(recording)]
    verdict = run_suite(runner, testee, tmp_path)
    assert verdict.is_content, verdict.text
    assert "0 expected failures, 0 unexpected failures" in verdict.text
    if IS_RECORDED and codec == "generated":
        RECORDING.write_bytes(recording.read_bytes())
    # What was recorded is still what the runner asks.
    assert set(load(recording)) == set(load(RECORDING))
