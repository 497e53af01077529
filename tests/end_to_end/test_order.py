"""One call from end to end, written down: every middleware, hook and event of client and server, in the order they run.

What is expected is Kitex's order as reference/runtime.md has it, for clients in 2.2 and 2.3, for servers in 5.2 to 5.4
and 7; the numbers beside the lines are those of 2.2.
"""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from kitexgen.runtime.call.endpoint import Endpoint, Middleware
from kitexgen.runtime.call.in_context import middlewares
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.channel.reporter import ConnectionEvent
from kitexgen.runtime.errors import ApplicationError, BizStatusError, ConnectError
from kitexgen.runtime.net import Address
from kitexgen.runtime.server import Served, Server
from tests.builders.services import NOTES, Note, NotesBlockingClient, NotesClient, NotesHandler, Refused


class Diary:
    """Where everyone writes what happens."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def middleware(self, name: str) -> Middleware:
        """One that writes down when it is entered and left, and how."""

        def middleware(call_next: Endpoint) -> Endpoint:
            async def endpoint(info: RpcInfo, arguments: Any) -> Any:
                self.lines.append(f"> {name}")
                try:
                    value = await call_next(info, arguments)
                except Exception as error:
                    self.lines.append(f"< {name}: {type(error).__name__}")
                    raise
                self.lines.append(f"< {name}")
                return value

            return endpoint

        return middleware

    def several(self, name: str) -> list[Middleware]:
        return [self.middleware(f"{name} 1"), self.middleware(f"{name} 2")]

    def error_handler(self, name: str) -> Any:
        def handler(info: RpcInfo, error: Exception) -> Exception:
            self.lines.append(f"! {name}: {type(error).__name__}")
            return error

        return handler

    # Reporter

    def conn_succeed(self, event: ConnectionEvent) -> None:
        self.lines.append("connected")

    def conn_failed(self, event: ConnectionEvent) -> None:
        self.lines.append("not connected")

    def reuse_succeed(self, event: ConnectionEvent) -> None:
        self.lines.append("connected already")


class Handler(NotesHandler):
    def __init__(self, diary: Diary) -> None:
        super().__init__()
        self._diary = diary

    async def ping(self) -> None:
        self._diary.lines.append("handler")

    async def echo(self, note: Note) -> Note:
        self._diary.lines.append("handler")
        match note.text:
            case "status":
                raise BizStatusError(7, "no")
            case "declared":
                raise Refused(code=1)
            case "undeclared":
                raise ValueError(note.text)
        return note


def server_of(diary: Diary, address: str) -> Server:
    def started(_: Address) -> None:
        diary.lines.append("start hook")

    def stopping() -> None:
        diary.lines.append("stop hook")

    return Server(
        Served(NOTES, Handler(diary)),
        address=address,
        middlewares=diary.several("server"),
        unary_middlewares=diary.several("server unary"),
        error_handler=diary.error_handler("server"),
        on_start=[started, started],
        on_stop=[stopping, stopping],
        late_requests=0.0,
    )


def client_of(diary: Diary, *hosts: str) -> NotesClient:
    return NotesClient(
        "notes",
        hosts=hosts,
        transport="ttheader",
        middlewares=diary.several("client"),
        unary_middlewares=diary.several("unary"),
        instance_middlewares=diary.several("instance"),
        error_handler=diary.error_handler("client"),
        reporter=diary,
    )


OUTSIDE = [
    *("> unary 1", "> unary 2"),  # 10
    *("> context 1", "> context 2"),  # 11
    *("> client 1", "> client 2"),  # 12
]
INSTANCE = ["> instance 1", "> instance 2"]  # 16; 15, 13 and what stands before 10 come with later layers
SERVER = ["> server 1", "> server 2", "> server unary 1", "> server unary 2", "handler"]


def left(entered: list[str], error: str = "") -> list[str]:
    """The lines of the way back through what was entered."""
    ending = f": {error}" if error else ""
    return [f"<{line[1:]}{ending}" for line in reversed(entered) if line.startswith(">")]


async def call(diary: Diary, text: str, *hosts: str) -> list[str]:
    """The lines of one call, its server's life included."""
    async with server_of(diary, "memory:order"), client_of(diary, *hosts) as notes:
        with middlewares(diary.middleware("context 1"), diary.middleware("context 2")):
            try:
                await notes.echo(Note(text=text))
            except Exception as error:
                diary.lines.append(f"raised {type(error).__name__}")
    return diary.lines


STARTED, STOPPED = ["start hook", "start hook"], ["stop hook", "stop hook"]


async def test_a_call_that_goes_well() -> None:
    assert await call(Diary(), "well", "memory:order") == [
        *STARTED,
        *OUTSIDE,
        *INSTANCE,
        "connected",  # 18; 17, the error handler, has nothing to do
        *SERVER,
        *left(SERVER),
        *left(INSTANCE),
        *left(OUTSIDE),
        *STOPPED,
    ]


async def test_a_business_status_is_raised_outside_of_all() -> None:
    assert await call(Diary(), "status", "memory:order") == [
        *STARTED,
        *OUTSIDE,
        *INSTANCE,
        "connected",
        *SERVER,
        *left(SERVER),  # to every middleware, on both sides, the call went well
        *left(INSTANCE),
        *left(OUTSIDE),
        "raised BizStatusError",  # 20
        *STOPPED,
    ]


async def test_a_declared_exception_is_an_answer() -> None:
    assert await call(Diary(), "declared", "memory:order") == [
        *STARTED,
        *OUTSIDE,
        *INSTANCE,
        "connected",
        *SERVER,
        *left(SERVER, "Refused"),  # no error handler is asked
        *left(INSTANCE, "Refused"),
        *left(OUTSIDE, "Refused"),
        "raised Refused",
        *STOPPED,
    ]


async def test_an_error_of_the_handler_meets_both_error_handlers() -> None:
    assert await call(Diary(), "undeclared", "memory:order") == [
        *STARTED,
        *OUTSIDE,
        *INSTANCE,
        "connected",
        *SERVER,
        "! server: ValueError",  # sees the handler's error before any middleware does
        *left(SERVER, "ValueError"),
        "! client: ApplicationError",  # 17: inside of the instance middlewares
        *left(INSTANCE, "ApplicationError"),
        *left(OUTSIDE, "ApplicationError"),
        "raised ApplicationError",
        *STOPPED,
    ]


async def test_what_stands_inside_of_the_choice_of_an_address_runs_for_each() -> None:
    assert await call(Diary(), "well", "memory:nobody", "memory:order") == [
        *STARTED,
        *OUTSIDE,
        *INSTANCE,
        "not connected",
        "! client: ConnectError",
        *left(INSTANCE, "ConnectError"),
        *INSTANCE,
        "connected",
        *SERVER,
        *left(SERVER),
        *left(INSTANCE),
        *left(OUTSIDE),
        *STOPPED,
    ]


async def test_the_second_call_uses_the_connection_of_the_first() -> None:
    diary = Diary()
    async with server_of(diary, "memory:order"), client_of(diary, "memory:order") as notes:
        await notes.ping()
        diary.lines.clear()
        await notes.ping()
        outside = [line for line in OUTSIDE if "context" not in line]
        assert diary.lines == [
            *outside,
            *INSTANCE,
            "connected already",
            *SERVER,
            *left(SERVER),
            *left(INSTANCE),
            *left(outside),
        ]


async def test_nobody_there() -> None:
    diary = Diary()
    async with client_of(diary, "memory:nobody") as notes:
        with pytest.raises(ConnectError):
            await notes.ping()
    outside = [line for line in OUTSIDE if "context" not in line]
    assert diary.lines == [
        *outside,
        *INSTANCE,
        "not connected",
        "! client: ConnectError",
        *left(INSTANCE, "ConnectError"),
        *left(outside, "ConnectError"),
    ]


def test_the_order_of_a_blocking_client_is_the_same() -> None:
    diary = Diary()
    client = NotesBlockingClient(
        "notes",
        hosts=["memory:nobody"],
        middlewares=diary.several("client"),
        unary_middlewares=diary.several("unary"),
        instance_middlewares=diary.several("instance"),
        error_handler=diary.error_handler("client"),
        reporter=diary,
    )
    with client as notes, middlewares(*diary.several("context")), pytest.raises(ConnectError):
        notes.ping()
    assert diary.lines == [
        *OUTSIDE,
        *INSTANCE,
        "not connected",
        "! client: ConnectError",
        *left(INSTANCE, "ConnectError"),
        *left(OUTSIDE, "ConnectError"),
    ]


async def test_a_stream(generate: Any) -> None:
    main = generate(
        'struct Word { 1: string text } service Talk { Word talk(1: Word w) (streaming.mode = "bidirectional") }'
    )
    module = importlib.import_module(f"{main.__name__}.talk")
    here, there = Diary(), Diary()

    class Talk:
        async def talk(self, stream: Any) -> None:
            there.lines.append("handler")
            async for word in stream:
                await stream.send(word)

    server = Server(
        Served(module.SERVICE, Talk()),
        address="memory:order",
        middlewares=there.several("server"),
        unary_middlewares=there.several("never"),
        stream_middlewares=there.several("stream"),
        send_middlewares=there.several("send"),
        receive_middlewares=there.several("receive"),
        late_requests=0.0,
    )
    client = module.TalkClient(
        "talk",
        hosts=["memory:order"],
        middlewares=here.several("client"),
        unary_middlewares=here.several("never"),
        instance_middlewares=here.several("instance"),
        stream_middlewares=here.several("stream"),
        send_middlewares=here.several("send"),
        receive_middlewares=here.several("receive"),
    )
    async with server, client as talk:
        with middlewares(*here.several("context")):
            async with talk.talk() as stream:
                await stream.send(main.Word(text="word"))
                assert await stream.receive() == main.Word(text="word")
                await stream.close_send()
                assert await stream.receive() is None
    opened = ["> stream 1", "> stream 2", "> context 1", "> context 2", "> client 1", "> client 2", *INSTANCE]
    sent, received = ["> send 1", "> send 2"], ["> receive 1", "> receive 2"]
    assert here.lines == [
        *opened,
        *left(opened),  # the stream is open; what is done with it has layers of its own
        *sent,
        *left(sent),
        *received,
        *left(received),
        *received,  # the end is received as well
        *left(received),
    ]
    served = ["> server 1", "> server 2", "> stream 1", "> stream 2"]
    assert there.lines == [
        *served,
        "handler",
        *received,
        *left(received),
        *sent,
        *left(sent),
        *received,
        *left(received),
        *left(served),
    ]


async def test_hooks_run_even_when_nobody_calls() -> None:
    diary = Diary()
    async with server_of(diary, "memory:order"):
        assert diary.lines == STARTED
    assert diary.lines == [*STARTED, *STOPPED]


async def test_an_application_error_of_its_own_is_seen_as_raised() -> None:
    class Numbered(Handler):
        async def ping(self) -> None:
            raise ApplicationError(1000, "mine")

    diary = Diary()
    server = Server(Served(NOTES, Numbered(diary)), address="memory:order", middlewares=diary.several("server"))
    async with server, NotesClient("notes", hosts=["memory:order"]) as notes:
        with pytest.raises(ApplicationError):
            await notes.ping()
    entered = ["> server 1", "> server 2"]
    assert diary.lines == [*entered, *left(entered, "ApplicationError")]
