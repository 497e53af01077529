"""Calls for `native_driver.c`: what a client cuts out of a stream, and what a server runs of one.

A row as in `native_targets`; its classes only choose the method that is called. Nothing is written.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from kitexgen.runtime.framing import FRAMED_BINARY, TTHEADER_BINARY, TTHEADER_FRAMED_BINARY, TTHeader
from kitexgen.runtime.framing.ttheader import Flag, encode_header
from kitexgen.runtime.protocol.usual_call import NOT_USUAL, info_area, opening_of
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.stack import server_stack
from kitexgen.runtime.server.usual_calls import usual_calls
from kitexgen.runtime.server.workers import WorkerPool
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ADD, ALL, ECHO, NOTES, PING, PLAIN, Note, NotesHandler, args, result
from tests.builders.whole import pack

SEQUENCE_ID: Final = 7
LIMIT: Final = 1 << 20
FORMATS: Final = (FRAMED_BINARY, TTHEADER_BINARY, TTHEADER_FRAMED_BINARY)
RESULTS: Final = (
    (PING, result(PING)),
    (ADD, result(ADD, success=2**30)),
    (PLAIN, result(PLAIN, success="text" * 30)),
    (ECHO, result(ECHO, success=Note(text="text", count=-1))),
    (ALL, result(ALL, success=[Note(text="text"), Note(text="")])),
)
REQUESTS: Final = (
    (PING, args(PING)),
    (ECHO, args(ECHO, note=Note(text="text", count=-1))),
    (ALL, args(ALL)),
)
INFOS: Final = {"isn": "Notes", "RPC_PERSIST_p": "1", "RPC_TRANSIT_t": "2", "K": "v"}

Classes = tuple[tuple[type, tuple[str, ...]], ...]
Seeds = list[tuple[type, bytes]]


def answers(alone: dict[str, Any], refuse: Callable[..., Any]) -> tuple[Callable[..., Any], Classes, Seeds]:
    """A reply opened alone, and as the first of many that somebody waits for."""
    header = TTHeader(sequence_id=SEQUENCE_ID, int_infos={22: "2"})
    infos = info_area(encode_header(header, 8), 0)
    openings = {method.result: opening_of(method) for method, _ in RESULTS}

    def decode(cls: type, data: bytes) -> Any:
        waiting = {SEQUENCE_ID: (_Future(), openings[cls])}
        taken = alone["take_usual_answers"](data, waiting, infos, LIMIT)
        value = alone["open_usual_answer"](data, SEQUENCE_ID, openings[cls], infos, LIMIT)
        return refuse() if value is NOT_USUAL and not taken else value

    seeds = [
        (type(record), pack(format, MessageKind.REPLY, method.name, SEQUENCE_ID, record, header=header))
        for method, record in RESULTS
        for format in FORMATS
    ]
    return decode, tuple((type(record), ("success",)) for _, record in RESULTS), seeds


def requests(refuse: Callable[..., Any]) -> tuple[Callable[..., Any], Classes, Seeds]:
    """A chunk of requests, run to their replies by handlers that do not wait."""
    loop = asyncio.new_event_loop()
    routes, options = Routes([Served(NOTES, NotesHandler())]), ServerOptions()
    endpoint = server_stack(options, routes, WorkerPool(1, 1))
    calls = usual_calls(
        routes,
        endpoint,
        options,
        loop=loop,
        base=contextvars.Context(),
        at_work=set(),
        clock=time.monotonic,
        is_bare=True,
    )
    assert calls is not None

    def decode(cls: type, data: bytes) -> Any:
        replies: list[bytes] = []
        calls.run(data, 0, None, cls is type(REQUESTS[0][1]), replies, 64)
        return replies or refuse()

    return decode, tuple((type(record), ("append",)) for _, record in REQUESTS), [*_request_seeds()]


def _request_seeds() -> Iterator[tuple[type, bytes]]:
    for method, record in REQUESTS:
        for format in FORMATS:
            for flags in (0, Flag.OUT_OF_ORDER):
                header = TTHeader(sequence_id=SEQUENCE_ID, flags=flags, string_infos=INFOS, int_infos={12: "50"})
                message = pack(format, MessageKind.CALL, method.name, SEQUENCE_ID, record, header=header)
                yield type(record), message * 2


class _Future:
    def set_result(self, value: object) -> None:
        self.value = value
