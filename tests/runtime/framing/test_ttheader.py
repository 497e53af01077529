"""TTHeader against recorded frames, against its own rules, and against bytes that are none."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.buffer.link import LinkBuffer
from kitexgen.runtime.errors import EncodeError, MalformedHeader
from kitexgen.runtime.framing.ttheader import (
    MAX_INFO_SIZE,
    MAX_STRING_SIZE,
    PREFIX_SIZE,
    Flag,
    Prefix,
    ProtocolId,
    TTHeader,
    TTHeaderDecoder,
    decode_header,
    encode_header,
    read_prefix,
    starts_streaming,
    starts_ttheader,
)
from kitexgen.runtime.framing.ttheader_keys import IntKey, StringKey
from tests.builders.vectors import FRAMES

recorded = pytest.mark.parametrize("vector", FRAMES, ids=[vector["name"] for vector in FRAMES])


def header_of(vector: dict[str, Any]) -> TTHeader:
    return TTHeader(
        sequence_id=vector["sequence_id"],
        flags=vector["flags"],
        protocol_id=vector["protocol_id"],
        string_infos=vector["string_infos"],
        int_infos={int(key): value for key, value in vector["int_infos"].items()},
    )


@recorded
def test_a_recorded_frame_is_read(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    header, prefix = decode_header(data)
    assert header == header_of(vector)
    assert prefix.header_size == vector["payload_at"]
    assert prefix.header_size + prefix.payload_size == len(data)


@recorded
def test_a_recorded_frame_is_written(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    payload = data[vector["payload_at"] :]
    assert encode_header(header_of(vector), len(payload)) + payload == data


# --- reading ----------------------------------------------------------------------------------------------------------


def frame(info: str, *, words: int | None = None) -> bytes:
    """A header with that info area, in hex, and no payload."""
    area = bytes.fromhex(info)
    size = len(area) // 4 if words is None else words
    return (10 + len(area)).to_bytes(4) + b"\x10\x00\x00\x00\x00\x00\x00\x07" + size.to_bytes(2) + area


ACCEPTED: list[tuple[str, dict[str, str], dict[int, str]]] = [
    ("0000 0000", {}, {}),  # the smallest
    ("00 03 010203 000000", {}, {}),  # transforms are read past, padding may stand anywhere
    ("0000 00 10 0001 0016 0001 32 00 01 0001 0001 61 0001 62 00 00", {"a": "b"}, {22: "2"}),
    # blocks may repeat, and a later key wins
    ("0000 01 0001 0001 61 0001 62 01 0001 0001 61 0001 63", {"a": "c"}, {}),
    ("0000 10 0001 0016 0001 32 10 0001 0016 0001 33 0000", {}, {22: "3"}),
    ("0000 01 0000 10 0000", {}, {}),  # a block may be empty, which we never write
    ("0000 11 0003 746f6b", {"RPC_TRANSIT_gdpr-token": "tok"}, {}),
    ("0000 10 0001 ffff 0000 00 00 00", {}, {0xFFFF: ""}),  # no key is unknown to the format
    ("0000 10 0001 0016 0001 02", {}, {22: "\x02"}),  # Volo's message type is a raw byte
    ("0000 01 0001 0001 ff 0002 c328", {"\udcff": "\udcc3("}, {}),  # bytes that are no UTF-8 survive
]


@pytest.mark.parametrize(("info", "strings", "ints"), ACCEPTED)
def test_info_blocks(info: str, strings: dict[str, str], ints: dict[int, str]) -> None:
    area = bytes.fromhex(info)
    header, _ = decode_header(frame((area + bytes(-len(area) % 4)).hex()))
    assert (header.string_infos, header.int_infos) == (strings, ints)


@pytest.mark.parametrize("number", [*ProtocolId, 1, 5, 0xFF])
def test_protocol_ids(number: int) -> None:
    data = frame(f"{number:02x}00 0000")
    if number in {0x00, 0x03, 0x04, 0x10, 0x11}:
        assert decode_header(data)[0].protocol_id == number
    else:
        with pytest.raises(MalformedHeader, match=rf"^unsupported ProtocolID\[{number}\]$"):
            decode_header(data)


REFUSED = [
    ("0000", "a TTHeader of 14 bytes and more cannot stand in 2"),
    (
        "00000000 8001 0001 00000000 0001 00000000",
        "not TTHeader protocol (first4Bytes=0x00000000, second4Bytes=0x80010001)",
    ),
    # the test data of gopkg's own decoder, with the bytes it lacks to be a prefix
    (
        "00010203 0405060708091011 1213",
        "not TTHeader protocol (first4Bytes=0x00010203, second4Bytes=0x04050607)",
    ),
    (frame("", words=0).hex(), "invalid header length[0]"),
    (frame("0000 0000", words=2).hex(), "a TTHeader of 22 bytes cannot stand in 18"),
    (frame("0003 0000").hex(), "need read 3 transformIDs, but not enough"),
    (frame("0000 0200").hex(), "ttHeader read kv info failed, invalid infoIDType[0x2], headerInfo=0x00000200"),
    (
        frame("0000 0100").hex(),
        "ttHeader read kv info failed, error reading str kv info size: EOF, headerInfo=0x00000100",
    ),
    (
        frame("0000 01 0001 0003 61").hex(),
        "ttHeader read kv info failed, error reading str kv info: EOF, headerInfo=0x0000010001000361",
    ),
    (
        frame("0000 01 0001 0001 61 0001 00 000000")[:22].hex(),
        "a TTHeader of 26 bytes cannot stand in 22",
    ),
    (
        frame("0000 1000").hex(),
        "ttHeader read kv info failed, error reading int kv info size: EOF, headerInfo=0x00001000",
    ),
    (
        frame("0000 10 0001 00 0000").hex(),
        "ttHeader read kv info failed, error reading int kv info: EOF, headerInfo=0x0000100001000000",
    ),
    (
        frame("0000 1100").hex(),
        "ttHeader read kv info failed, error reading acl token: EOF, headerInfo=0x00001100",
    ),
    (
        frame("0000 02" + 73 * "00").hex(),
        "ttHeader read kv info failed, invalid infoIDType[0x2], headerInfo=0x000002" + 61 * "00" + "...",
    ),
]


@pytest.mark.parametrize(("data", "text"), REFUSED)
def test_what_is_no_header(data: str, text: str) -> None:
    with pytest.raises(MalformedHeader) as refusal:
        decode_header(bytes.fromhex(data))
    assert str(refusal.value) == text


@pytest.mark.parametrize(
    ("length", "payload_size"),
    [(0xFFFFFFFF, 0xFFFFFFFF - 14), (14, 0), (0, -14)],
    ids=["longest", "no payload", "shorter than its header"],
)
def test_length_is_taken_at_its_word(length: int, payload_size: int) -> None:
    data = length.to_bytes(4) + frame("0000 0000")[4:]
    assert read_prefix(data).payload_size == payload_size


# --- recognising ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "ttheader", "streaming"),
    [
        ("0000002e 1000 0000", True, False),
        ("0000002a 1000 0002", True, True),
        ("0000002a 1000 0113", True, True),  # among other bits
        ("0000002a 1000 0200", True, False),
        ("0000002a 1000 00", True, False),  # not to be told yet
        ("0000002a 10", False, False),
        ("0000001c 8001 0002", False, False),
        ("10000000 0000 0002", False, False),
    ],
)
def test_first_bytes(start: str, *, ttheader: bool, streaming: bool) -> None:
    data = bytes.fromhex(start)
    assert (starts_ttheader(data), starts_streaming(data)) == (ttheader, streaming)


# --- writing ----------------------------------------------------------------------------------------------------------


def test_the_longest_string_passes() -> None:
    header = TTHeader(sequence_id=1, string_infos={"k": "v" * MAX_STRING_SIZE})
    assert decode_header(encode_header(header, 0))[0] == header


def test_the_largest_info_area_passes() -> None:
    # 2 for protocol id and transforms, 3 for the block, 4 and the text for each pair
    room = MAX_INFO_SIZE - 2 - 3 - 4 * 4
    full = dict.fromkeys(range(3), "v" * MAX_STRING_SIZE)
    header = TTHeader(sequence_id=1, int_infos={**full, 3: "v" * (room - 3 * MAX_STRING_SIZE)})
    data = encode_header(header, 0)
    assert len(data) == PREFIX_SIZE + MAX_INFO_SIZE
    assert decode_header(data)[0] == header
    header.int_infos[3] += "v"
    with pytest.raises(EncodeError, match=r"invalid header length\[262144\]"):
        encode_header(header, 0)


UNWRITABLE = [
    (TTHeader(sequence_id=2**31), 0, "TTHeader.sequence_id: 2147483648 is not between -2147483648 and 2147483647"),
    (TTHeader(sequence_id=0, flags=0x10000), 0, "TTHeader.flags: 65536 is not between 0 and 65535"),
    (TTHeader(sequence_id=0, protocol_id=256), 0, "TTHeader.protocol_id: 256 is not between 0 and 255"),
    (TTHeader(sequence_id=0), 2**32 - 14, "TTHeader.length: 4294967296 is not between 0 and 4294967295"),
    (TTHeader(sequence_id=0, int_infos={-1: ""}), 0, "TTHeader.int_infos: -1 is not between 0 and 65535"),
    (
        TTHeader(sequence_id=0, int_infos={IntKey.ENV: "é" * 40000}),
        0,
        "TTHeader.int_infos[10]: string exceeded 65535B max size (actual: 80000B)",
    ),
    (
        TTHeader(sequence_id=0, string_infos={StringKey.ACL_TOKEN: "t" * 65536}),
        0,
        "TTHeader.string_infos['RPC_TRANSIT_gdpr-token']: string exceeded 65535B max size (actual: 65536B)",
    ),
    (
        TTHeader(sequence_id=0, string_infos={"k" * 65536: ""}),
        0,
        f"TTHeader.string_infos['{'k' * 64}...']: string exceeded 65535B max size (actual: 65536B)",
    ),
    (
        TTHeader(sequence_id=0, string_infos={"k": "\ud800"}),
        0,
        "TTHeader.string_infos['k']: not encodable: 'utf-8' codec can't encode character '\\ud800' in position 0: "
        "surrogates not allowed",
    ),
    (
        TTHeader(sequence_id=0, string_infos={f"{number:05x}": "v" * 30000 for number in range(9)}),
        0,
        "TTHeader: invalid header length[270088]",
    ),
    (
        TTHeader(sequence_id=0, string_infos={f"{number:05x}": "" for number in range(1021)}),
        0,
        "TTHeader: 1021 infos, 1020 can be told",
    ),
]


@pytest.mark.parametrize(("header", "payload_size", "text"), UNWRITABLE, ids=[text[:40] for *_, text in UNWRITABLE])
def test_what_cannot_be_written(header: TTHeader, payload_size: int, text: str) -> None:
    with pytest.raises(EncodeError) as refusal:
        encode_header(header, payload_size)
    assert str(refusal.value) == text


def bomb(area: bytes) -> bytes:
    """A header whose info area is full of `area`."""
    area = b"\0\0" + area * ((MAX_INFO_SIZE - 2) // len(area))
    area += bytes(MAX_INFO_SIZE - len(area))
    return (len(area) + 10).to_bytes(4) + b"\x10\0" + bytes(6) + (len(area) // 4).to_bytes(2) + area


@pytest.mark.parametrize(
    ("area", "text"),
    [
        (b"\x01\xff\xff" + bytes(4 * 0xFFFF), "65535 pairs in a str kv info, 1024 are allowed"),
        (b"\x10\xff\xff" + bytes(4 * 0xFFFF), "65535 pairs in a int kv info, 1024 are allowed"),
        (b"\x10\x04\x00" + b"".join(key.to_bytes(2) + bytes(2) for key in range(1024)), "more than 1024 infos"),
        (b"\x01\x00\x00", "more than 1024 infos"),
        (b"\x11\x00\x00\x00", "more than 1024 infos"),
    ],
    ids=["strings", "ints", "many blocks", "empty blocks", "tokens"],
)
def test_the_work_that_a_header_makes_is_bounded(area: bytes, text: str) -> None:
    data = bomb(area[: MAX_INFO_SIZE - 2])
    started = time.process_time()
    with pytest.raises(MalformedHeader, match=text):
        decode_header(data)
    assert time.process_time() - started < 0.02


def test_padding_is_passed_at_once() -> None:
    started = time.process_time()
    assert decode_header(bomb(b"\0"))[0] == TTHeader(sequence_id=0)
    assert time.process_time() - started < 0.005


def test_what_we_may_say_we_can_read() -> None:
    header = TTHeader(
        sequence_id=0,
        string_infos={StringKey.ACL_TOKEN.value: "t", **{str(number): "" for number in range(509)}},
        int_infos=dict.fromkeys(range(510), ""),
    )
    assert decode_header(encode_header(header, 0))[0] == header


# --- properties -------------------------------------------------------------------------------------------------------

texts = st.binary(max_size=20).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
headers = st.builds(
    TTHeader,
    sequence_id=st.integers(-(2**31), 2**31 - 1),
    flags=st.integers(0, 0xFFFF),
    protocol_id=st.sampled_from(sorted(set(ProtocolId) - {ProtocolId.THRIFT_COMPACT})),
    string_infos=st.dictionaries(texts | st.sampled_from([key.value for key in StringKey]), texts, max_size=5),
    int_infos=st.dictionaries(st.integers(0, 0xFFFF), texts, max_size=5),
)


@given(headers, st.integers(0, 2**32 - 1000))
def test_what_is_written_can_be_read(header: TTHeader, payload_size: int) -> None:
    data = encode_header(header, payload_size)
    again, prefix = decode_header(data)
    assert again == header
    assert prefix == Prefix(len(data) - 4 + payload_size, header.flags, header.sequence_id, len(data) - PREFIX_SIZE)
    assert prefix.payload_size == payload_size
    assert len(data) % 4 == PREFIX_SIZE % 4


@given(headers, st.data())
def test_a_header_cut_short_is_malformed(header: TTHeader, data: st.DataObject) -> None:
    whole = encode_header(header, 0)
    with pytest.raises(MalformedHeader):
        decode_header(whole[: data.draw(st.integers(0, len(whole) - 1))])


def mutated(draw: st.DrawFn) -> bytes:
    whole = bytearray(encode_header(draw(headers), 0))
    for at, byte in draw(st.lists(st.tuples(st.integers(12, len(whole) - 1), st.integers(0, 255)), max_size=4)):
        whole[at] = byte
    return bytes(whole)


@given(st.composite(mutated)() | st.binary(max_size=80))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        header, _ = decode_header(data)
    except MalformedHeader:
        return
    assert decode_header(encode_header(header, 0))[0] == header  # what we accept, we can say again


@given(st.lists(headers, max_size=4), st.data())
def test_any_chunking_gives_the_same_headers(wanted: list[TTHeader], data: st.DataObject) -> None:
    stream = b"".join(encode_header(header, 0) for header in wanted)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pending = LinkBuffer()
    decoder = TTHeaderDecoder(pending)
    got: list[TTHeader] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        pending.feed(stream[start:end])
        while (found := decoder.next_header()) is not None:
            got.append(found[0])
    assert got == wanted
    assert len(pending) == 0


def test_a_bad_header_is_refused_before_it_is_whole() -> None:
    pending = LinkBuffer()
    pending.feed(bytes.fromhex("ffffffff 8001 0000 00000001 ffff"))
    with pytest.raises(MalformedHeader):
        TTHeaderDecoder(pending).next_header()


def test_the_payload_stays_where_it_is() -> None:
    data = bytes.fromhex(FRAMES[0]["hex"])
    pending = LinkBuffer()
    pending.feed(data)
    found = TTHeaderDecoder(pending).next_header()
    assert found is not None
    assert pending.read(found[1].payload_size) == data[18:]


def test_flags_are_those_of_kitex() -> None:
    assert [int(flag) for flag in Flag] == [1, 2, 8, 16]
