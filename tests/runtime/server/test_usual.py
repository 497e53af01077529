"""The short way of usual calls decides nothing: with it and without, the same goes out for the same that came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest

from kitexgen.runtime import BizStatusError
from kitexgen.runtime.buffer.pieces import LARGE
from kitexgen.runtime.call import RpcInfo
from kitexgen.runtime.errors import KitexError
from kitexgen.runtime.framing import MessageDecoder, TTHeader
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE, Format
from kitexgen.runtime.net import TcpAddress
from kitexgen.runtime.server import answer
from kitexgen.runtime.server.answer import Refusal, run, understand
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import NOTES, NotesHandler, args
from tests.builders.whole import pack

ROUTES = Routes([Served(NOTES, NotesHandler())])
TRANSPORTS = ("framed", "buffered", "ttheader", "ttheader_framed")
METHODS = {each.name: each for each in NOTES.all_methods()}
SPOILED = (None, *range(0, 32, 3))
"""Places, from 40 bytes before the end, at which a byte is changed; None for none."""


@contextmanager
def the_long_way() -> Iterator[None]:
    with (
        patch.object(answer, "read_usual", lambda *_: None),
        patch.object(MessageDecoder, "_next_usual", lambda _: None),
    ):
        yield


async def answered(stream: bytes, outcome: Any, max_message: int = DEFAULT_MAX_MESSAGE) -> object:
    """What goes out for `stream` when the handler gives or raises `outcome`, and what is known of the call."""
    seen: list[object] = []

    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        seen.append((arguments, info.method.name, info.sequence_id, info.caller, info.timeout, info.metainfo))
        if isinstance(outcome, Exception):
            raise outcome
        if outcome == "with backward":
            info.backward["k"] = "v"
        return outcome

    decoder = MessageDecoder()
    decoder.feed(stream)
    try:
        packet = decoder.next_message()
        if packet is None:
            return None
        request = understand(packet, ROUTES, TcpAddress("10.0.0.1", 9), max_message=max_message)
    except KitexError as error:
        return type(error), str(error)
    if isinstance(request, Refusal):
        return b"".join(request.reply), request.closes
    return b"".join(await run(request, endpoint)), seen


OUTCOMES = ("text", "x" * LARGE, "with backward", 7, None, BizStatusError(3, "no"), RuntimeError("no"))


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda value: repr(value)[:12])
async def test_the_same_answer(transport: Any, outcome: object) -> None:
    infos = {"isn": "Notes", "RPC_PERSIST_p": "1", "RPC_TRANSIT_t": "2"}
    for name, values in (("plain", {"text": "a"}), ("add", {"a": 1, "b": 2})):
        method = METHODS[name]
        for place in SPOILED:
            header = TTHeader(sequence_id=0, string_infos=dict(infos), int_infos={3: "me", 12: "250"})
            message = args(method, **values)
            whole = pack(Format(transport, "binary"), MessageKind.CALL, name, -7, message, header=header)
            stream = bytearray(whole)
            start = max(len(stream) - 40, 0)
            if place is not None:
                stream[min(start + place, len(stream) - 1)] ^= 1
            with the_long_way():
                expected = await answered(bytes(stream), outcome)
            assert await answered(bytes(stream), outcome) == expected


async def test_an_answer_that_is_too_long_is_an_error_all_the_same() -> None:
    method = METHODS["plain"]
    stream = pack(Format("framed", "binary"), MessageKind.CALL, "plain", 1, args(method, text="a"))
    with the_long_way():
        expected = await answered(stream, "x" * 200, 100)
    assert await answered(stream, "x" * 200, 100) == expected
