"""Byte for byte: our client asks as Kitex's does, our server answers as Kitex's does.

A tap listens while our client calls the Kitex server, and while the Kitex client calls ours, the same method with the
same value. Sequence ids are each client's own, so they are left out of the comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from kitexgen.runtime.framing import Packet
from kitexgen.runtime.protocol import unpack
from kitexgen.runtime.thrift import encode
from tests.interop_kitex.ours import Code
from tests.interop_kitex.tap import Tap
from tests.interop_kitex.values import CERTAIN, Case
from tests.interop_kitex.ways import BareTransport
from tests.peers.kitex_processes import KitexClient, KitexServer

pytestmark = pytest.mark.interop


class Taps(NamedTuple):
    """The ways to both servers."""

    kitex: Tap
    ours: Tap


@pytest.fixture
def taps(kitex_server: KitexServer, our_server: str) -> Iterator[Taps]:
    with Tap(kitex_server.address) as kitex, Tap(our_server) as ours:
        yield Taps(kitex, ours)


def said(packet: Packet) -> tuple[object, ...]:
    """All of a message but its sequence id."""
    message = unpack(packet)
    return packet.format, message.kind, message.method, message.payload[message.body_at :]


@CERTAIN
def test_calls_and_replies_are_alike(
    taps: Taps, kitex_client: KitexClient, code: Code, transport: BareTransport, case: Case
) -> None:
    value = case.make(code.probe)
    connect = code.probe_service.ProbeClient.blocking
    with connect("kitex-peer", hosts=[taps.kitex.address], transport=transport) as client:
        getattr(client, case.method)(value)
    arguments = encode(code.arguments(case.method, value))
    kitex_client.call(
        "Probe", case.method, address=taps.ours.address, transport=transport, short=True, args_thrift=arguments
    )
    our_call, kitex_reply = taps.kitex.exchange()
    kitex_call, our_reply = taps.ours.exchange()
    assert said(our_call) == said(kitex_call)
    assert said(our_reply) == said(kitex_reply)
