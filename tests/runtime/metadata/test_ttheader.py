"""RpcInfo and the infos of a TTHeader: every key that Kitex writes or reads, and what peers may send instead."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.call import Metainfo, RpcInfo
from kitexgen.runtime.errors import BizStatusError
from kitexgen.runtime.framing import TTHEADER_BINARY, TTHEADER_FRAMED_BINARY, TTHeader
from kitexgen.runtime.framing.ttheader_keys import IntKey
from kitexgen.runtime.metadata import read_call, read_reply, write_call, write_reply
from kitexgen.runtime.metadata.ttheader import read_metainfo, refusal, write_metainfo
from kitexgen.runtime.net import TcpAddress
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ADD, NOTES

PEER = TcpAddress("10.0.0.1", 99)


def call(**changes: Any) -> RpcInfo:
    info: dict[str, Any] = {"side": "client", "destination": "my.server", "service": NOTES, "method": ADD}
    return RpcInfo(**info | changes)


def served(header: TTHeader) -> RpcInfo:
    info = call(side="server", destination="Notes", address=PEER)
    read_call(header, info)
    return info


# --- requests ---------------------------------------------------------------------------------------------------------


def test_the_least_that_is_written() -> None:
    """Keys 3 and 20 are there even when empty; times only when an option fixed them."""
    header = write_call(call(), TTHEADER_BINARY, MessageKind.CALL)
    assert header.int_infos == {1: "unframed", 3: "", 6: "my.server", 9: "add", 20: "", 22: "1"}
    assert header.string_infos == {"isn": "Notes"}
    assert (header.flags, header.protocol_id) == (0, 0)


def test_all_that_is_written() -> None:
    info = call(
        caller="my.client",
        caller_method="serve",
        timeout=0.2,
        connect_timeout=0.05,
        tells_connect_timeout=True,
        sequence_id=7,
        metainfo=Metainfo({"far": "1"}, {"near": "2"}, {"old": "3"}),
    )
    header = write_call(info, TTHEADER_FRAMED_BINARY, MessageKind.ONEWAY, flags=1)
    assert header.int_infos == {
        1: "framed",
        3: "my.client",
        6: "my.server",
        9: "add",
        12: "200",
        17: "50",
        20: "serve",
        22: "4",
    }
    assert header.string_infos == {"isn": "Notes", "RPC_PERSIST_far": "1", "RPC_TRANSIT_near": "2"}
    assert (header.flags, header.sequence_id) == (1, 7)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.29, "290"), (1, "1000"), (0.0004, "1"), (86400.5, "86400500"), (0.57, "570")]
)
def test_times_are_whole_milliseconds_and_never_none(seconds: float, text: str) -> None:
    header = write_call(call(timeout=seconds), TTHEADER_BINARY, MessageKind.CALL)
    assert header.int_infos[12] == text


def test_a_default_connect_timeout_is_nobodys_business() -> None:
    assert 17 not in write_call(call(connect_timeout=1.0), TTHEADER_BINARY, MessageKind.CALL).int_infos


def test_what_a_server_reads() -> None:
    header = TTHeader(
        sequence_id=1,
        int_infos={3: "my.client", 20: "serve", 12: "250", 22: "\x01", 4242: "a key nobody knows"},
        string_infos={"rip": "10.9.9.9:1234", "RPC_PERSIST_far": "1", "RPC_TRANSIT_near": "2", "other": "x"},
    )
    info = served(header)
    assert (info.caller, info.caller_method, info.timeout) == ("my.client", "serve", 0.25)
    assert info.address == TcpAddress("10.9.9.9", 1234)
    assert info.metainfo == Metainfo({"far": "1"}, {"near": "2"})
    assert info.deadline is not None
    assert 0 < info.deadline.left() <= 0.25
    assert info.header is header


@pytest.mark.parametrize("text", ["", "0", "-5", "x", "1.5", "9" * 30, "\x02"])
def test_a_timeout_that_is_none_is_no_limit(text: str) -> None:
    info = served(TTHeader(sequence_id=1, int_infos={12: text}))
    assert (info.timeout, info.deadline) == (None, None)


@pytest.mark.parametrize("text", ["", "nowhere", "[::1]", "h:99999", "h:x"])
def test_an_address_that_is_none_is_the_sockets(text: str) -> None:
    assert served(TTHeader(sequence_id=1, string_infos={"rip": text})).address == PEER


@given(st.dictionaries(st.text(max_size=30), st.text(max_size=10)), st.dictionaries(st.integers(0, 65535), st.text()))
def test_no_infos_raise_anything(strings: dict[str, str], ints: dict[int, str]) -> None:
    served(TTHeader(sequence_id=1, string_infos=strings, int_infos=ints))
    read_reply(TTHeader(sequence_id=1, string_infos=strings, int_infos=ints), call())


# --- metainfo ---------------------------------------------------------------------------------------------------------

PREFIXES = ["RPC_PERSIST_", "RPC_TRANSIT_", "RPC_TRANSIT_UPSTREAM_", "RPC_BACKWARD_", "rpc_persist_", ""]
PAIRS = st.dictionaries(st.text(min_size=1).filter(lambda key: not key.startswith("UPSTREAM_")), st.text(min_size=1))


def test_a_caller_that_is_volos_gets_its_spelling_too() -> None:
    info = call(side="server")
    info.backward.update({"k": "v", "RPC_BACKWARD_own": "w"})
    assert write_reply(info, MessageKind.REPLY).string_infos == {"k": "v", "RPC_BACKWARD_own": "w"}
    info.header = TTHeader(sequence_id=1, int_infos={IntKey.WITH_MESH_HEADER: "3"})
    expected = {"k": "v", "RPC_BACKWARD_k": "v", "RPC_BACKWARD_own": "w"}
    assert write_reply(info, MessageKind.REPLY).string_infos == expected


def test_prefixes() -> None:
    infos = {prefix + "Key_ä": prefix or "none" for prefix in PREFIXES}
    assert read_metainfo(infos) == Metainfo(
        {"Key_ä": "RPC_PERSIST_"}, {"Key_ä": "RPC_TRANSIT_"}, {"Key_ä": "RPC_TRANSIT_UPSTREAM_"}
    )


def test_empty_keys_and_values_are_ignored() -> None:
    assert read_metainfo(dict.fromkeys(PREFIXES, "v") | {"RPC_PERSIST_k": ""}) == Metainfo()


def test_the_acl_token_is_transient() -> None:
    """It travels in a block of its own, which the framing stores under this key."""
    assert read_metainfo({"RPC_TRANSIT_gdpr-token": "tok"}).transient == {"gdpr-token": "tok"}


@given(PAIRS, PAIRS)
def test_what_is_sent_arrives(persistent: dict[str, str], transient: dict[str, str]) -> None:
    infos: dict[str, str] = {}
    write_metainfo(Metainfo(persistent, transient, {"never": "sent"}), infos)
    assert read_metainfo(infos) == Metainfo(persistent, transient)


# --- answers ----------------------------------------------------------------------------------------------------------


def test_a_reply_tells_its_kind_alone() -> None:
    header = write_reply(call(side="server"), MessageKind.REPLY)
    assert (header.string_infos, header.int_infos, header.flags) == ({}, {22: "2"}, 0)


def test_all_that_goes_back() -> None:
    info = call(side="server", ends_connection=True, biz_status=BizStatusError(5, "m"))
    info.backward = {"served-by": "me", "crrst": "mine", "biz-status": "mine"}
    reply = write_reply(info, MessageKind.REPLY)
    # The protocol's own keys are not the handler's to set.
    assert reply.string_infos == {"served-by": "me", "crrst": "1", "biz-status": "5", "biz-message": "m"}
    exception = write_reply(info, MessageKind.EXCEPTION)
    assert exception.string_infos == {"served-by": "me", "crrst": "1", "biz-status": "mine"}
    assert exception.int_infos == {22: "3"}
    assert write_reply(info, MessageKind.EXCEPTION, keeps=False).string_infos == {"crrst": "1"}


@pytest.mark.parametrize("ends", [True, False])
def test_a_refusal(ends: bool) -> None:
    header = refusal(MessageKind.EXCEPTION, ends_connection=ends)
    assert (header.string_infos, header.int_infos) == ({"crrst": "1"} if ends else {}, {22: "3"})


@pytest.mark.parametrize("value", ["1", "", "anything"])
def test_any_value_of_crrst_ends_the_connection(value: str) -> None:
    info = call()
    read_reply(TTHeader(sequence_id=1, string_infos={"crrst": value}), info)
    assert info.ends_connection


def test_a_proxy_may_tell_who_really_answered() -> None:
    info = call(address=PEER)
    read_reply(TTHeader(sequence_id=1, string_infos={"rip": "10.9.9.9:1"}), info)
    assert (info.address, info.ends_connection) == (TcpAddress("10.9.9.9", 1), False)
