"""Every message of every accepted .proto file of the corpus: its bytes and its JSON are those of Google's upb.

Both ways: what we write upb reads as the same values and writes again, and we read that back; sorted, the bytes are
equal; so is the JSON, as soon as it is parsed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from kitexgen.runtime import protobuf
from kitexgen.runtime.contract.model import Message
from tests.builders.generated import GeneratedCode
from tests.builders.messages import assert_same, google_classes
from tests.builders.proto_corpus import generated_runs
from tests.strategies.messages import PACKED, is_inhabited, messages

json_format = pytest.importorskip("google.protobuf.json_format", reason="the peer")

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

EXAMPLES = 6
"""Values a message. Files have hundreds of messages: it is their shapes that differ, not their values."""

# What lies in an Any must be known to Google's pool of descriptors.
IN_ANY = ("google/protobuf/any.proto", "google/protobuf/timestamp.proto", "google/protobuf/wrappers.proto")

check_settings = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[*HealthCheck],
    phases=[Phase.generate, Phase.shrink],
)


@cache
def runs() -> list[GeneratedCode]:
    return list(generated_runs(Path(mkdtemp())))


def pairs(code: GeneratedCode) -> Iterator[tuple[type[Message], Any]]:
    """Each message class of ours that has values, and Google's."""
    theirs = google_classes([*code.sources, *IN_ANY], include_dirs=code.include_dirs)
    for cls in code.records():
        if issubclass(cls, Message) and is_inhabited(cls):
            yield cls, theirs[cls.__schema__[1]]


def test_bytes() -> None:
    count = 0
    for code in runs():
        for ours, theirs in pairs(code):
            check_bytes(ours, theirs)
            count += 1
    assert count


def check_bytes(cls: type[Message], theirs: Any) -> None:
    @check_settings
    @given(messages(cls))
    def check(made: Any) -> None:
        data = protobuf.encode(made)
        assert protobuf.encoded_size(made) == len(data)
        read = theirs.FromString(data)
        ours = protobuf.decode(cls, data)
        assert_same(ours, read)
        assert protobuf.decode(cls, read.SerializeToString()) == ours
        assert protobuf.encode(made, deterministic=True) == read.SerializeToString(deterministic=True)

    check()


def test_json() -> None:
    count = 0
    for code in runs():
        for ours, theirs in pairs(code):
            check_json(ours, theirs)
            count += 1
    assert count


def check_json(cls: type[Message], theirs: Any) -> None:
    pool = theirs.DESCRIPTOR.file.pool

    @check_settings
    @given(messages(cls, for_json=True))
    def check(made: Any) -> None:
        text = protobuf.to_json(made, types=PACKED)
        data = protobuf.encode(made)
        written = json_format.MessageToJson(theirs.FromString(data), descriptor_pool=pool)
        assert json.loads(text) == json.loads(written)
        assert protobuf.from_json(cls, written, types=PACKED) == protobuf.from_json(cls, text, types=PACKED)
        read = json_format.Parse(text, theirs(), descriptor_pool=pool).SerializeToString(deterministic=True)
        assert read == protobuf.encode(protobuf.from_json(cls, text, types=PACKED), deterministic=True)

    check()
