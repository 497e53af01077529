"""The mesh header: the one recorded, and bytes that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.errors import MalformedHeader
from kitexgen.runtime.framing.mesh_header import decode_mesh_header, header_size
from tests.builders.vectors import MESH


def test_the_recorded_one() -> None:
    assert decode_mesh_header(MESH) == {"isn": "Echo"}
    assert MESH[header_size(MESH) :] == MESH[-32:]


@pytest.mark.parametrize(
    ("data", "infos"),
    [
        ("ffaf 0002 0000", {}),
        ("ffaf 0004 0000 abcd", {}),  # what is left over is ignored
        ("ffaf 000f 0002 0001 61 0001 62 0001 61 0002 ffff", {"a": "\udcff\udcff"}),  # later wins; any bytes
    ],
)
def test_accepted(data: str, infos: dict[str, str]) -> None:
    assert decode_mesh_header(bytes.fromhex(data)) == infos


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("", "not a mesh header (first4Bytes=0x)"),
        ("ffae 0002 0000", "not a mesh header (first4Bytes=0xffae0002)"),
        ("ffaf 0003 0000", "a mesh header of 7 bytes cannot stand in 6"),
        ("ffaf 0001 00", "meshHeader read kv info failed, error reading str kv info size: EOF"),
        ("ffaf 0004 0001 0001 61", "meshHeader read kv info failed, error reading str kv info: EOF"),
    ],
)
def test_refused(data: str, text: str) -> None:
    with pytest.raises(MalformedHeader) as refusal:
        decode_mesh_header(bytes.fromhex(data))
    assert str(refusal.value) == text


@given(st.binary(max_size=60).map(lambda tail: b"\xff\xaf\x00" + tail) | st.binary(max_size=60))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        decode_mesh_header(data)
    except MalformedHeader:
        return
    assert header_size(data) <= len(data)
