"""Two services as the generator prints them, written by hand, and handlers for them. Their IDL:

struct Note { 1: required string text, 2: i32 count }
exception Refused { 1: i32 code, 2: string why }
service Base { void ping() }
service Notes extends Base {
  Note echo(1: Note note) throws (1: Refused refused)
  i32 add(1: i32 a, 2: i32 b)
  string slow(1: string text)
  string plain(1: string text)
  list<Note> all()
  void fail(1: string how) throws (1: Refused refused)
  oneway void tell(1: string text)
  Note talk(1: Note note) (streaming.mode = "bidirectional")
}
service Clock { i64 now() }
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Final, Protocol

from kitexgen.runtime.contract.endpoints import BlockingClient, Client
from kitexgen.runtime.contract.model import ServiceError, Struct
from kitexgen.runtime.contract.service import MethodInfo, ServiceInfo, Streaming
from kitexgen.runtime.contract.streams import BidirectionalStream
from kitexgen.runtime.errors import ApplicationError
from tests.builders.records import NotFound


class Note(Struct):
    __slots__ = ("count", "text")
    __match_args__ = ("text", "count")
    __schema__ = (
        "struct",
        "Note",
        "notes.thrift:1",
        ((1, "text", "text", "required", "string"), (2, "count", "count", "default", "i32")),
        (),
    )

    text: str
    count: int

    def __init__(self, *, text: str, count: int = 0) -> None:
        self.text = text
        self.count = count


class Refused(ServiceError):
    __slots__ = ("code", "why")
    __match_args__ = __slots__
    __schema__ = (
        "exception",
        "Refused",
        "notes.thrift:2",
        ((1, "code", "code", "default", "i32"), (2, "why", "why", "default", "string")),
        (),
    )

    code: int
    why: str

    def __init__(self, *, code: int = 0, why: str = "") -> None:
        self.code = code
        self.why = why


def make_record(name: str, *fields: tuple[object, ...], module: str = __name__) -> type[Struct]:
    """An arguments or result record; the generator prints each as a class, here a table is easier to read."""
    attributes = tuple(str(field[1]) for field in fields)
    required = [field[1] for field in fields if field[3] == "required"]
    zeros = {"i32": 0, "i64": 0, "string": ""}

    def __init__(self: Struct, **values: object) -> None:
        if set(required) - values.keys() or values.keys() - set(attributes):
            raise TypeError(f"{name} takes {attributes}, not {tuple(values)}")
        for _, attribute, _, requirement, kind in fields:
            default = None if requirement == "optional" else zeros.get(str(kind))
            setattr(self, str(attribute), values.get(str(attribute), default))

    namespace = {
        "__slots__": attributes,
        "__match_args__": attributes,
        "__schema__": ("struct", name, "notes.thrift:3", fields, ()),
        "__init__": __init__,
        "__module__": module,
        "__qualname__": name,
    }
    return type(name, (Struct,), namespace)


def args(method: MethodInfo, **values: object) -> Struct:
    """An arguments record of `method`."""
    return _made(method.arguments, values)


def result(method: MethodInfo, **values: object) -> Struct:
    """A result record of `method`, which is not oneway."""
    assert method.result is not None
    return _made(method.result, values)


def _made(record: Any, values: dict[str, object]) -> Struct:
    made: Struct = record(**values)
    return made


_REFUSED = (1, "refused", "refused", "optional", ("struct", "Refused"))
_NOTE = (1, "note", "note", "required", ("struct", "Note"))
_TEXT = (1, "text", "text", "default", "string")


def _value(kind: object) -> tuple[object, ...]:
    return (0, "success", "success", "optional", kind)


PING: Final = MethodInfo(
    name="ping",
    attribute="ping",
    arguments=make_record("ping_args"),
    result=make_record("ping_result"),
    source="notes.thrift:3",
)
ECHO: Final = MethodInfo(
    name="echo",
    attribute="echo",
    arguments=make_record("echo_args", _NOTE),
    result=make_record("echo_result", _value(("struct", "Note")), _REFUSED),
)
ADD: Final = MethodInfo(
    name="add",
    attribute="add",
    arguments=make_record("add_args", (1, "a", "a", "default", "i32"), (2, "b", "b", "default", "i32")),
    result=make_record("add_result", _value("i32")),
)
SLOW: Final = MethodInfo(
    name="slow",
    attribute="slow",
    arguments=make_record("slow_args", _TEXT),
    result=make_record("slow_result", _value("string")),
)
PLAIN: Final = MethodInfo(
    name="plain",
    attribute="plain",
    arguments=make_record("plain_args", _TEXT),
    result=make_record("plain_result", _value("string")),
)
ALL: Final = MethodInfo(
    name="all",
    attribute="all",
    arguments=make_record("all_args"),
    result=make_record("all_result", _value(("list", ("struct", "Note")))),
)
FAIL: Final = MethodInfo(
    name="fail",
    attribute="fail",
    arguments=make_record("fail_args", (1, "how", "how", "default", "string")),
    result=make_record("fail_result", _REFUSED),
)
TELL: Final = MethodInfo(
    name="tell", attribute="tell", arguments=make_record("tell_args", _TEXT), result=None, is_oneway=True
)
TALK: Final = MethodInfo(
    name="talk",
    attribute="talk",
    arguments=make_record("talk_args", _NOTE),
    result=make_record("talk_result", _value(("struct", "Note"))),
    streaming=Streaming.BIDIRECTIONAL,
)
NOW: Final = MethodInfo(
    name="now", attribute="now", arguments=make_record("now_args"), result=make_record("now_result", _value("i64"))
)

BASE: Final = ServiceInfo(name="Base", methods=(PING,))
NOTES: Final = ServiceInfo(name="Notes", methods=(ECHO, ADD, SLOW, PLAIN, ALL, FAIL, TELL, TALK), base=BASE)
CLOCK: Final = ServiceInfo(name="Clock", methods=(NOW,))


class ClockService(Protocol):
    def now(self) -> Awaitable[int] | int: ...


class NotesClient(Client):
    __slots__ = ()
    __service__ = NOTES

    async def ping(self, *, timeout: float | None = None) -> None:
        await self._kx_call(PING, args(PING), timeout)

    async def echo(self, note: Note, *, timeout: float | None = None) -> Note:
        answer: Note = await self._kx_call(ECHO, args(ECHO, note=note), timeout)
        return answer

    async def add(self, a: int, b: int, *, timeout: float | None = None) -> int:
        answer: int = await self._kx_call(ADD, args(ADD, a=a, b=b), timeout)
        return answer

    async def slow(self, text: str, *, timeout: float | None = None) -> str:
        answer: str = await self._kx_call(SLOW, args(SLOW, text=text), timeout)
        return answer

    async def plain(self, text: str, *, timeout: float | None = None) -> str:
        answer: str = await self._kx_call(PLAIN, args(PLAIN, text=text), timeout)
        return answer

    async def all(self, *, timeout: float | None = None) -> list[Note]:
        answer: list[Note] = await self._kx_call(ALL, args(ALL), timeout)
        return answer

    async def fail(self, how: str, *, timeout: float | None = None) -> None:
        await self._kx_call(FAIL, args(FAIL, how=how), timeout)

    async def tell(self, text: str, *, timeout: float | None = None) -> None:
        await self._kx_call(TELL, args(TELL, text=text), timeout)

    async def talk(self, note: Note, *, timeout: float | None = None) -> Note:
        answer: Note = await self._kx_call(TALK, args(TALK, note=note), timeout)
        return answer


class ClockClient(Client):
    __slots__ = ()
    __service__ = CLOCK

    async def now(self, *, timeout: float | None = None) -> int:
        answer: int = await self._kx_call(NOW, args(NOW), timeout)
        return answer


class NotesBlockingClient(BlockingClient):
    __slots__ = ()
    __service__ = NOTES

    def ping(self, *, timeout: float | None = None) -> None:
        self._kx_call(PING, args(PING), timeout)

    def echo(self, note: Note, *, timeout: float | None = None) -> Note:
        answer: Note = self._kx_call(ECHO, args(ECHO, note=note), timeout)
        return answer

    def add(self, a: int, b: int, *, timeout: float | None = None) -> int:
        answer: int = self._kx_call(ADD, args(ADD, a=a, b=b), timeout)
        return answer

    def slow(self, text: str, *, timeout: float | None = None) -> str:
        answer: str = self._kx_call(SLOW, args(SLOW, text=text), timeout)
        return answer

    def all(self, *, timeout: float | None = None) -> list[Note]:
        answer: list[Note] = self._kx_call(ALL, args(ALL), timeout)
        return answer

    def fail(self, how: str, *, timeout: float | None = None) -> None:
        self._kx_call(FAIL, args(FAIL, how=how), timeout)

    def tell(self, text: str, *, timeout: float | None = None) -> None:
        self._kx_call(TELL, args(TELL, text=text), timeout)

    def talk(self, note: Note, *, timeout: float | None = None) -> Note:
        answer: Note = self._kx_call(TALK, args(TALK, note=note), timeout)
        return answer


class NotesHandler:
    """Async methods, and `plain` and `add` as plain functions. What happens to it can be awaited.

    `slow` sets `entered`, then waits for `gate`; `told` gets what `tell` is told.
    """

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.gate = asyncio.Event()
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self.over: asyncio.Queue[BaseException | None] = asyncio.Queue()

    async def ping(self) -> None:
        """Nothing to do."""

    async def echo(self, note: Note) -> Note:
        if note.text == "refuse":
            raise Refused(code=note.count, why="as you wish")
        return note

    def add(self, a: int, b: int) -> int:
        return a + b

    async def slow(self, text: str) -> str:
        self.entered.set()
        await self.gate.wait()
        return text

    def plain(self, text: str) -> str:
        if text == "stop":
            raise StopIteration
        return text

    async def all(self) -> list[Note]:
        return [Note(text="a"), Note(text="b", count=-1)]

    async def fail(self, how: str) -> None:
        match how:
            case "declared":
                raise Refused(code=1, why="declared")
            case "numbered":
                raise ApplicationError(1000, "my own number")
            case "cancelled":
                raise asyncio.CancelledError
            case "silent":
                raise KeyError
            case "lookup":
                raise KeyError("seven")
            case "undeclared":
                raise NotFound(code=7)
            case "unwritable":
                raise Refused(code=2**40)
        raise ValueError(how)

    async def tell(self, text: str) -> None:
        self.told.put_nowait(text)

    async def talk(self, stream: BidirectionalStream[Note, Note]) -> None:
        """Gives each note back; "wait" makes it wait for the gate first. `over` gets how it ended."""
        try:
            async for note in stream:
                if note.text == "wait":
                    self.entered.set()
                    await self.gate.wait()
                await stream.send(note)
        except BaseException as error:
            self.over.put_nowait(error)
            raise
        self.over.put_nowait(None)


class ClockHandler:
    async def now(self) -> int:
        return 1234567890123
