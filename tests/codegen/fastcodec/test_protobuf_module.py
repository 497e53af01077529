"""The names that generated Protobuf codecs avoid are those of the door, all of them."""

from __future__ import annotations

from kitexgen.codegen.fastcodec.protobuf_module import DOOR_NAMES
from kitexgen.runtime.contract import protobuf


def test_every_name_of_the_door_is_avoided() -> None:
    assert frozenset(protobuf.__all__) == DOOR_NAMES
