"""Values cross to Kitex and back, whoever calls."""

from __future__ import annotations

from typing import Any

import pytest

from kitexgen.runtime.thrift import decode, encode
from tests.interop_kitex.ours import Code, OurClient
from tests.interop_kitex.values import ALL, Case, same
from tests.interop_kitex.ways import BareTransport
from tests.peers.kitex_processes import KitexClient

pytestmark = pytest.mark.interop


@ALL
def test_we_call_kitex(probe: OurClient, code: Code, case: Case) -> None:
    value = case.make(code.probe)
    assert same(probe(case.method, value), value)


@ALL
def test_kitex_calls_us(
    kitex_client: KitexClient, our_server: str, code: Code, transport: BareTransport, case: Case
) -> None:
    value = case.make(code.probe)
    arguments = encode(code.arguments(case.method, value))
    answer = kitex_client.call("Probe", case.method, address=our_server, transport=transport, args_thrift=arguments)
    assert answer.failure is None
    assert answer.result_thrift is not None
    result: Any = decode(type(code.result(case.method, value)), answer.result_thrift)
    assert same(result.success, value)


SIZES = pytest.mark.parametrize("size", [1 << 20, 16 << 20], ids=["1 MiB", "16 MiB"])


@SIZES
@pytest.mark.slow
def test_we_send_much(probe: OurClient, size: int) -> None:
    blob = bytes(range(256)) * (size // 256)
    assert probe("give_binary", blob) == blob


@SIZES
@pytest.mark.slow
def test_kitex_sends_much(
    kitex_client: KitexClient, our_server: str, code: Code, transport: BareTransport, size: int
) -> None:
    arguments = encode(code.arguments("give_binary", bytes(range(256)) * (size // 256)))
    answer = kitex_client.call("Probe", "give_binary", address=our_server, transport=transport, args_thrift=arguments)
    assert answer.failure is None
    assert answer.result_thrift == encode(code.result("give_binary", bytes(range(256)) * (size // 256)))
