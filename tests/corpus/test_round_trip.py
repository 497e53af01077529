"""Every record of every accepted file of the corpus survives `decode(encode(x)) == x`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitexgen.runtime.contract.model import Struct
from kitexgen.runtime.thrift import decode, encode, encoded_size, from_dict, to_dict
from kitexgen.runtime.wire.native import fallbacks, pure_only
from tests.builders.corpus import CorpusFile, corpus_files
from tests.builders.generated import Refused, generate_code
from tests.strategies.values import is_inhabited, records

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

FILES = [file for file in corpus_files() if file.is_accepted]
EXAMPLES = 8
"""Values a record. Files have hundreds of records: it is their shapes that differ, not their values."""


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_records_round_trip(file: CorpusFile, tmp_path: Path) -> None:
    try:
        code = generate_code([file.path], tmp_path, include_dirs=file.include_dirs)
    except Refused as refused:
        pytest.skip(f"we refuse it, which the tests of verdicts judge: {sorted(set(refused.codes))}")
    for cls in code.records():
        if is_inhabited(cls):
            check_round_trip(cls)


def check_round_trip(cls: type[Struct]) -> None:
    @settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=[*HealthCheck])
    @given(records(cls), st.sampled_from(["binary", "compact"]))
    def check(record: Any, protocol: Any) -> None:
        before = fallbacks()
        data = encode(record, protocol=protocol)
        assert decode(cls, data, protocol=protocol) == record
        assert encoded_size(record, protocol=protocol) == len(data)
        assert from_dict(cls, to_dict(record)) == record
        with pure_only():  # which changes nothing where nothing was compiled
            assert encode(record, protocol=protocol) == data
            assert decode(cls, data, protocol=protocol) == record
        assert fallbacks() == before

    check()
