"""Every message of every accepted .proto file of the corpus: its bytes and its JSON are those of Google's upb.

Both ways: what we write upb reads as the same values and writes again, and we read that back; sorted, the bytes are
equal; so is the JSON, as soon as it is parsed. Of bytes that are messages, nearly, both think the same.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from kitexgen.runtime import protobuf
from kitexgen.runtime.contract.model import Message
from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.wire.protobuf_read import read_message
from kitexgen.runtime.wire.protobuf_write import write_message
from tests.builders.generated import GeneratedCode
from tests.builders.messages import assert_same, google_classes
from tests.builders.proto_corpus import generated_runs
from tests.strategies.messages import PACKED, is_inhabited, messages
from tests.strategies.wire_messages import WireMessages

upb = pytest.importorskip("google.protobuf.message", reason="the peer")
json_format = pytest.importorskip("google.protobuf.json_format", reason="the peer")

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

EXAMPLES = 6
"""Values a message. Files have hundreds of messages: it is their shapes that differ, not their values."""

# What lies in an Any must be known to Google's pool of descriptors.
IN_ANY = ("google/protobuf/any.proto", "google/protobuf/timestamp.proto", "google/protobuf/wrappers.proto")

# Copies of Google's own files under other names: nothing can be read together with both.
COPIES = "wellknowns"

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
    theirs: dict[str, Any] = {}
    for source in code.sources:
        # Each file alone: some declare what others do, which protoc takes for a mistake when it reads them together.
        in_any = () if COPIES in source.parts else IN_ANY
        theirs |= google_classes([source, *in_any], include_dirs=code.include_dirs)
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
        assert b"".join(write_message(made)) == data
        assert read_message(cls, data) == ours

    check()


def test_whatever_comes() -> None:
    verdicts = Counter[bool]()
    for code in runs():
        for ours, theirs in pairs(code):
            for seed in range(4 * EXAMPLES):
                verdicts[check_anything(ours, theirs, seed)] += 1
    assert min(verdicts[True], verdicts[False]) > sum(verdicts.values()) / 20


def check_anything(cls: type[Message], theirs: Any, seed: int) -> bool:
    """Fields in any order and number, unknown ones, faults. Returns whether the bytes are a message."""
    chance = WireMessages(Random(seed))
    data = chance.message(theirs.DESCRIPTOR, seed % 4)
    if seed % 2:
        data = chance.mutated(data)
    try:
        read = theirs.FromString(data)
    except upb.DecodeError:
        with pytest.raises(DecodeError):
            protobuf.decode(cls, data)
        return False
    ours = protobuf.decode(cls, data)
    assert_same(ours, read)
    if read.IsInitialized() and "nan" not in repr(ours):  # Python has no way to keep every one of the many
        written = protobuf.encode(ours, deterministic=True)
        wanted = read.SerializeToString(deterministic=True)
        # An entry of a map that has unknown fields is one itself: ours stays as it came, upb's is written anew.
        assert written == wanted or theirs.FromString(written).SerializeToString(deterministic=True) == wanted
    return True


def test_json() -> None:
    count = 0
    for code in runs():
        for ours, theirs in pairs(code):
            if not ours.__schema__[1].startswith("google.protobuf."):  # copies: beside them nothing can go into an Any
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
