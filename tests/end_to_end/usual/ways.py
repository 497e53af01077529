"""The short way of a client's calls and the long one: what to call by both, and how to tell which was gone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kitexgen.runtime import metainfo
from kitexgen.runtime.call import Endpoint, RpcInfo, current
from kitexgen.runtime.client.usual_blocking import BlockingCalls
from kitexgen.runtime.client.usual_waiting import PooledCalls, SharedCalls
from kitexgen.runtime.errors import BizStatusError
from tests.builders.services import Note, NotesClient, NotesHandler

WAYS = (("long", "framed"), ("long", "ttheader_framed"), ("long", "ttheader"), ("mux", "ttheader_framed"))


class Handler(NotesHandler):
    """Besides: what came with the call of `plain`, and what goes with its answer, as its text says."""

    async def plain(self, text: str) -> str:  # type: ignore[override]
        info = current()
        assert info is not None
        match text:
            case "who":
                return f"{info.caller_method}|{metainfo.get_persistent('tenant')}|{info.timeout}"
            case "back":
                metainfo.send_backward("served-by", "me")
            case "biz":
                raise BizStatusError(7, "no money", {"k": "v"})
            case "reset":
                metainfo.send_backward("crrst", "1")
            case "large":
                return "x" * 300_000
        return text


class Shortcuts:
    """How many calls went the long way after all."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.missed = 0
        for calls in (SharedCalls, PooledCalls, BlockingCalls):
            monkeypatch.setattr(calls, "_call_long", self._counted(calls._call_long))

    def _counted(self, long_way: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            self.missed += 1
            return long_way(*arguments)

        return counted


@asynccontextmanager
async def warm(settings: dict[str, Any], shortcuts: Shortcuts, **more: Any) -> AsyncIterator[NotesClient]:
    """A client with a connection, whose next usual call goes the short way."""
    async with NotesClient("notes", **settings, **more) as client:
        await client.ping()
        await client.ping()
        shortcuts.missed = 0
        yield client


def through(call_next: Endpoint) -> Endpoint:
    async def endpoint(info: RpcInfo, request: Any) -> Any:
        return await call_next(info, request)

    return endpoint


async def ended(call: Awaitable[Any]) -> tuple[Any, ...]:
    """How a call ended, to be compared."""
    try:
        value = await call
    except Exception as error:
        told = [getattr(error, name, None) for name in ("service", "method", "remote", "code", "message", "outcome")]
        return type(error), str(error), told, type(error.__cause__)
    return (value,)


CALLS: dict[str, Callable[[NotesClient], Awaitable[Any]]] = {
    "void": lambda notes: notes.ping(),
    "record": lambda notes: notes.echo(Note(text="a", count=3)),
    "number": lambda notes: notes.add(2, 3),
    "zero": lambda notes: notes.add(2, -2),
    "list": lambda notes: notes.all(),
    "declared": lambda notes: notes.echo(Note(text="refuse", count=9)),
    "declared by a void": lambda notes: notes.fail("declared"),
    "numbered": lambda notes: notes.fail("numbered"),
    "undeclared": lambda notes: notes.fail("lookup"),
    "oneway": lambda notes: notes.tell("x"),
    "a stream": lambda notes: notes.talk(Note(text="x")),
    "unwritable": lambda notes: notes.add(2**40, 1),
    "large": lambda notes: notes.plain("large"),
    "large both ways": lambda notes: notes.plain("y" * 200_000),
    "enough time": lambda notes: notes.ping(timeout=60),
    "who": lambda notes: notes.plain("who", timeout=60),
}
