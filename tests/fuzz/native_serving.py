"""Calls for `native_driver.c`: requests that come through a socket, to handlers that do as the input says.

An input is [cuts, (size, turns) * cuts, message...], each of one byte but the last. The message is sent in pieces of
that size, the rest in one, and the loop has its turns after each. What a handler does it reads out of its call: it
answers, raises, or waits, for what is then completed, failed or cancelled. Aborts when a call that was run is neither
answered nor refused, when anything undocumented is raised, or when a task, a future or a waiting call stays.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from kitexgen.runtime import BizStatusError, metainfo
from kitexgen.runtime.errors import KitexError
from kitexgen.runtime.framing import FRAMED_BINARY, TTHEADER_BINARY, TTHEADER_FRAMED_BINARY, TTHeader
from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.ttheader import Flag
from kitexgen.runtime.net.connection import Connection
from kitexgen.runtime.net.socket_transport import attach
from kitexgen.runtime.server.connection import ServerConnection
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.shared import Shared
from kitexgen.runtime.server.stack import server_stack, stream_endpoints
from kitexgen.runtime.server.workers import WorkerPool
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ECHO, NOTES, PLAIN, Note, NotesHandler, Refused, args
from tests.builders.whole import pack

FORMATS: Final = (FRAMED_BINARY, TTHEADER_BINARY, TTHEADER_FRAMED_BINARY)
MAX_CUTS: Final = 15
PATIENCE: Final = 20_000
"""Turns of the loop in which all that waits has to end."""

KEPT_TASKS: Final = 3
"""That of this input, one for the next call that goes the long way, and one for the next that does not."""


class Bad(Exception):
    """What must not happen has."""


class FutureLike:
    """What can be awaited as a future, and refuses to be watched."""

    def __init__(self, refuses: str) -> None:
        self._asyncio_future_blocking = False
        self._refuses = refuses
        self._loop = asyncio.get_running_loop()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def add_done_callback(self, function: Any, *, context: Any = None) -> None:
        # Not to a task, which then never goes on: that is asyncio's way, whoever runs the call.
        if self._refuses == "add" and getattr(function, "__name__", "") == "step":
            raise ValueError("nobody is told")
        self._loop.call_soon(function, self, context=context)

    def remove_done_callback(self, _: Any) -> int:
        raise ValueError("who is told stays")

    def result(self) -> str:
        if self._refuses == "result":
            raise ValueError("there is no result")
        return "like"

    def cancel(self, msg: Any = None) -> bool:
        if self._refuses == "cancel":
            raise ValueError("this goes on")
        return False

    def __await__(self) -> Iterator[Any]:
        self._asyncio_future_blocking = True
        yield self
        return self.result()


class Yields:
    """Yields what no task can wait for."""

    def __init__(self, what: object) -> None:
        self._what = what

    def __await__(self) -> Iterator[Any]:
        yield self._what


class Handler(NotesHandler):
    """Does what each character of the text says, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = self.ended = 0
        self.waiting: list[tuple[str, asyncio.Future[Any]]] = []
        self.tasks: list[Any] = []
        self.futures: weakref.WeakSet[asyncio.Future[Any]] = weakref.WeakSet()

    async def plain(self, text: str) -> Any:
        self.begun += 1
        try:
            for step in text[:12]:
                await self._do(step)
            return text
        finally:
            self.ended += 1

    async def echo(self, note: Note) -> Any:
        await self.plain(note.text)
        return note

    async def _do(self, step: str) -> None:  # noqa: PLR0915 - a table
        task: Any = asyncio.current_task()
        match step:
            case "0":
                await asyncio.sleep(0)
            case "v" | "e" | "c" | "x":  # value, error, cancelled future, cancelled task
                future = asyncio.get_running_loop().create_future()
                self.futures.add(future)
                self.waiting.append((step, future))
                if step == "x":
                    self.tasks.append(task)
                del task
                await future
            case "d":
                done = asyncio.get_running_loop().create_future()
                done.set_result(1)
                await done
            case "r":
                raise Refused(code=1)
            case "R":
                raise ValueError("no")
            case "b":
                raise BizStatusError(7, "full", {"k": "v"})
            case "C":
                raise asyncio.CancelledError("raised")
            case "G":
                raise GeneratorExit
            case "s":
                with suppress(ValueError):  # of `FutureLike`
                    task.cancel("myself")
            case "u":
                task.uncancel()
            case "S":
                asyncio.Task.cancel(task)
            case "n":
                task.set_name("named")
            case "k":
                self.tasks.append(task)
                self.waiting.append(("k", asyncio.get_running_loop().create_future()))
            case "t":
                async with asyncio.timeout(0):
                    await asyncio.sleep(60)
            case "m":
                metainfo.send_backward("k", "v")
            case "a" | "q" | "l":
                await FutureLike({"a": "add", "q": "result", "l": "cancel"}[step])
            case "y":
                await Yields(7)
            case "i":
                await Yields(asyncio.get_running_loop().create_future())
            case "T":
                async with asyncio.TaskGroup() as group:
                    group.create_task(asyncio.sleep(0))

    def go_on(self) -> bool:
        """Have something happen to what the first call waits for; whether there is anything."""
        if not self.waiting:
            return False
        what, future = self.waiting.pop(0)
        if what in "xk":
            task = self.tasks.pop(0)
            if what == "x":
                with suppress(ValueError):
                    task.cancel("enough")
        elif not future.done():
            if what == "v":
                future.set_result(1)
            elif what == "e":
                future.set_exception(ValueError("so"))
            else:
                future.cancel("so")
        return True


def prepare(refuse: Callable[..., Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """One row, whose classes choose how much of an answer the socket takes at once, and no values.

    Writes seeds into the folder `$KX_CORPUS`.
    """
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # as in every Python that is not embedded
    logging.getLogger("kitexgen").setLevel(logging.CRITICAL + 1)  # what is wrong with inputs
    loop = asyncio.new_event_loop()
    loop.run_until_complete(asyncio.sleep(0))
    found: list[Any] = []
    loop.set_exception_handler(lambda _, context: found.append(context) if _is_bad(context) else None)
    server = loop.run_until_complete(_shared())

    def decode(cls: type, data: bytes) -> Any:
        del found[:]
        written = loop.run_until_complete(_served(*server, data, is_small=cls is PLAIN.arguments))
        if found:
            raise Bad(repr(found))
        return written or refuse()

    for number, seed in enumerate(_seeds()):
        Path(os.environ["KX_CORPUS"], str(number)).write_bytes(bytes([0, number % 2, 0]) + seed)
    gc.collect()
    gc.freeze()
    return ((decode, refuse, refuse, ((ECHO.arguments, ()), (PLAIN.arguments, ()))),), ()


def _is_bad(context: dict[str, Any]) -> bool:
    """Whether what the loop was told is no doing of handlers: what is no Exception a task ends with, as everywhere."""
    return not isinstance(context.get("exception"), GeneratorExit)


async def _shared() -> tuple[Shared, Handler]:
    handler = Handler()
    options, routes = ServerOptions(), Routes([Served(NOTES, handler)])
    endpoint = server_stack(options, routes, WorkerPool(1, 1))
    loop = asyncio.get_running_loop()
    return Shared(routes, endpoint, options, loop, stream_endpoints(options, routes), is_bare=True), handler


async def _served(shared: Shared, handler: Handler, data: bytes, *, is_small: bool) -> int:
    """Bytes that were written. `is_small` is whether the socket takes few bytes of replies at once."""
    if not data:
        return 0
    cuts = data[0] % (MAX_CUTS + 1)
    chosen, message = data[1 : 1 + 2 * cuts], data[1 + 2 * cuts :]
    near, far = socket.socketpair()
    if is_small:
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    near.setblocking(False)
    far.setblocking(False)
    connection = Connection(ServerConnection(shared), shared.loop)
    await attach(near, connection, shared.loop)
    written = bytearray()
    at = 0
    for size, turns in zip(chosen[::2], chosen[1::2], strict=False):
        _send(far, message[at : at + size])
        at += size
        for _ in range(turns % 4):
            await asyncio.sleep(0)
        if turns & 4:
            handler.go_on()
        if turns & 8:
            _take(far, written)
        if turns & 16:
            shared.relax()
        if turns & 32:
            connection.abort()
    _send(far, message[at:])
    far.shutdown(socket.SHUT_WR)
    for _ in range(PATIENCE):
        await asyncio.sleep(0)
        _take(far, written)
        handler.go_on()
        if not connection.is_open and not shared.connections and not shared.tasks:
            break
    else:
        raise Bad(f"{connection.is_open=} {shared.connections} {shared.tasks} {handler.waiting}")
    far.close()
    while handler.go_on():
        await asyncio.sleep(0)
    for _ in range(2):
        shared.relax()
        for _ in range(4):
            await asyncio.sleep(0)
    _check(shared, handler, bytes(written))
    return len(written)


def _check(shared: Shared, handler: Handler, written: bytes) -> None:
    if handler.begun != handler.ended:
        raise Bad(f"{handler.begun - handler.ended} calls go on")
    if len(tasks := asyncio.all_tasks()) > KEPT_TASKS:
        raise Bad(f"{tasks} stay")
    if left := [future for future in handler.futures if not future.done()]:
        raise Bad(f"{left} stay")
    decoder = MessageDecoder()
    decoder.feed(written)
    try:
        while decoder.next_message() is not None:
            pass
    except KitexError as error:
        raise Bad("what was written is no message") from error
    finally:
        decoder.close()


def _send(far: socket.socket, data: bytes) -> None:
    try:
        far.send(data)
    except (BlockingIOError, BrokenPipeError, ConnectionResetError):
        return  # the server has closed


def _take(far: socket.socket, written: bytearray) -> None:
    try:
        while data := far.recv(1 << 16):
            written += data
    except (BlockingIOError, ConnectionResetError):
        return


STEPS: Final = (
    "",
    "0",
    "v",
    "e",
    "c",
    "x",
    "d",
    "r",
    "R",
    "b",
    "C",
    "G",
    "s",
    "us",
    "0s",
    "0S",
    "S0",
    "n0",
    "0n0",
    "k0",
)
MORE_STEPS: Final = (
    "0k",
    "t",
    "0t",
    "m",
    "a",
    "0a",
    "q",
    "l",
    "y",
    "0y",
    "i",
    "T",
    "0v0e",
    "vx",
    "0x",
    "sx",
    "ls",
    "0ls",
)


def _seeds() -> Iterator[bytes]:
    for number, steps in enumerate(STEPS + MORE_STEPS):
        for format in FORMATS:
            for flags in (0, Flag.OUT_OF_ORDER):
                header = TTHeader(sequence_id=7, flags=flags, string_infos={"isn": "Notes"}, int_infos={12: "50"})
                first = pack(format, MessageKind.CALL, "plain", 6, args(PLAIN, text=""), header=header)
                plain = pack(format, MessageKind.CALL, "plain", 7, args(PLAIN, text=steps), header=header)
                echo = pack(format, MessageKind.CALL, "echo", 8, args(ECHO, note=Note(text=steps)), header=header)
                cuts = bytes([2, len(first), 3 + 8, 20 + number, 4 + number % 4])
                yield cuts + first + plain + echo
                yield cuts + first + plain * 3
