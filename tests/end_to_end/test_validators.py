"""Payloads that an application signs: both sides check, whoever has another key is turned away."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kitexgen.runtime import PayloadRejected, TransportError
from kitexgen.runtime.server import Served, Server
from tests.builders.echo import SERVICE, EchoBlockingClient, EchoClient, EchoHandler


class Signature:
    """An HMAC over the payload, in `PV_signature`."""

    name = "signature"

    def __init__(self, key: bytes) -> None:
        self._key = key

    def generate(self, payload: tuple[bytes, ...]) -> str:
        mac = hmac.new(self._key, digestmod=hashlib.sha256)
        for piece in payload:
            mac.update(piece)
        return mac.hexdigest()

    def validate(self, said: str, payload: tuple[bytes, ...]) -> bool:
        return hmac.compare_digest(said, self.generate(payload))


OURS, THEIRS = Signature(b"ours"), Signature(b"theirs")


class Forger(Signature):
    """Signs with one key and checks with another."""

    def __init__(self, key: bytes, checked_with: Signature) -> None:
        super().__init__(key)
        self._checked_with = checked_with

    def validate(self, said: str, payload: tuple[bytes, ...]) -> bool:
        return self._checked_with.validate(said, payload)


@pytest.fixture
async def signed() -> AsyncIterator[Server]:
    served = Served(SERVICE, EchoHandler())
    async with Server(served, address="127.0.0.1:0", late_requests=0, exit_wait=0.5, validators=[OURS]) as running:
        yield running


TRANSPORTS = ("ttheader", "ttheader_framed")


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_both_sides_sign_and_check(signed: Server, transport: Any) -> None:
    settings: dict[str, Any] = {"hosts": [str(signed.address)], "transport": transport, "validators": [OURS]}
    async with EchoClient("echo", **settings) as client:
        assert await client.hello("bob") == "hi bob"
        assert await client.hello("b" * 50_000) == "hi " + "b" * 50_000

    def call() -> str:
        with EchoBlockingClient("echo", checksum=True, **settings) as client:
            return client.hello("bob")

    assert await asyncio.to_thread(call) == "hi bob"


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("validators", [[THEIRS], []], ids=["another key", "no signature"])
async def test_a_request_that_is_not_signed_is_closed_upon(signed: Server, transport: Any, validators: Any) -> None:
    settings: dict[str, Any] = {"hosts": [str(signed.address)], "transport": transport, "validators": validators}
    async with EchoClient("echo", **settings) as client:
        with pytest.raises(TransportError):
            await client.hello("bob")


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_an_answer_that_is_not_signed_is_refused(signed: Server, transport: Any) -> None:
    forger = Forger(b"ours", checked_with=THEIRS)
    settings: dict[str, Any] = {"hosts": [str(signed.address)], "transport": transport, "validators": [forger]}
    async with EchoClient("echo", **settings) as client:
        with pytest.raises(PayloadRejected, match="validation failed by signature"):
            await client.hello("bob")
