"""Every message of every accepted Protobuf file of the corpus survives `decode(encode(x)) == x`, with both codecs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from kitexgen.runtime.model.message import Message
from kitexgen.runtime.protobuf import decode, encode, encoded_size
from kitexgen.runtime.wire.native import fallbacks, pure_only
from kitexgen.runtime.wire.protobuf_table import MapTable, MessageRef, MessageTable, message_table
from tests.builders.proto_corpus import generated_runs
from tests.strategies.messages import is_inhabited, messages

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

EXAMPLES = 4
"""Values a message. Files have thousands of messages: it is their shapes that differ, not their values."""


def test_messages_round_trip(tmp_path: Path) -> None:
    found = 0
    for code in generated_runs(tmp_path):
        for cls in code.records():
            if issubclass(cls, Message) and is_inhabited(cls):
                check_round_trip(cls)
                found += 1
    assert found


def check_round_trip(cls: type[Message]) -> None:
    @settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=[*HealthCheck])
    @given(messages(cls))
    def check(message: Any) -> None:
        before = fallbacks()
        data = encode(message)
        # By its text, since NaN does not equal itself.
        assert repr(decode(cls, data)) == repr(message)
        assert encoded_size(message) == len(data)
        assert fallbacks() == before or holds_message_set(message_table(cls), set())
        with pure_only():  # which changes nothing where nothing was compiled
            assert encode(message) == data
            assert repr(decode(cls, data)) == repr(message)

    check()


def holds_message_set(table: MessageTable, seen: set[type]) -> bool:
    """Whether a MessageSet, which is read in Python, may be in a message."""
    if table.cls in seen:
        return False
    seen.add(table.cls)
    types = [field.value.type if isinstance(field.type, MapTable) else field.type for field in table.fields]
    return table.is_message_set or any(
        holds_message_set(message_table(type_.cls), seen) for type_ in types if isinstance(type_, MessageRef)
    )
