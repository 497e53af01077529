"""The service of the recorded messages, as far as those with a TTHeader need it. Its IDL:

exception Ex { 1: i32 code, 2: string msg }
service Echo {
  string hello(1: string name)
  string echo(1: string msg) throws (1: Ex e)
  oneway void fire(1: string s)
}

`echo` of the recordings has a struct where this one has a string; only answers without a value are compared.
"""

from __future__ import annotations

from typing import Final

from kitexgen.runtime import ApplicationError, BizStatusError, RpcInfo, current, metainfo
from kitexgen.runtime.contract.endpoints import BlockingClient, Client
from kitexgen.runtime.contract.model import ServiceError
from kitexgen.runtime.contract.service import MethodInfo, ServiceInfo
from tests.builders.services import args, make_record


class Ex(ServiceError):
    __slots__ = ("code", "msg")
    __match_args__ = __slots__
    __schema__ = (
        "exception",
        "Ex",
        "echo.thrift:1",
        ((1, "code", "code", "default", "i32"), (2, "msg", "msg", "default", "string")),
        (),
    )

    code: int
    msg: str

    def __init__(self, *, code: int = 0, msg: str = "") -> None:
        self.code = code
        self.msg = msg


_SUCCESS = (0, "success", "success", "optional", "string")

HELLO: Final = MethodInfo(
    name="hello",
    attribute="hello",
    arguments=make_record("hello_args", (1, "name", "name", "default", "string"), module=__name__),
    result=make_record("hello_result", _SUCCESS, module=__name__),
)
ECHO: Final = MethodInfo(
    name="echo",
    attribute="echo",
    arguments=make_record("echo_args", (1, "msg", "msg", "default", "string"), module=__name__),
    result=make_record("echo_result", _SUCCESS, (1, "e", "e", "optional", ("struct", "Ex")), module=__name__),
)
FIRE: Final = MethodInfo(
    name="fire",
    attribute="fire",
    arguments=make_record("fire_args", (1, "s", "s", "default", "string"), module=__name__),
    result=None,
    is_oneway=True,
)
SERVICE: Final = ServiceInfo(name="Echo", methods=(HELLO, ECHO, FIRE))


class EchoClient(Client):
    __slots__ = ()
    __service__ = SERVICE

    async def hello(self, name: str, *, timeout: float | None = None) -> str:
        answer: str = await self._kx_call(HELLO, args(HELLO, name=name), timeout)
        return answer

    async def echo(self, msg: str, *, timeout: float | None = None) -> str:
        answer: str = await self._kx_call(ECHO, args(ECHO, msg=msg), timeout)
        return answer

    async def fire(self, s: str, *, timeout: float | None = None) -> None:
        await self._kx_call(FIRE, args(FIRE, s=s), timeout)


class EchoBlockingClient(BlockingClient):
    __slots__ = ()
    __service__ = SERVICE

    def hello(self, name: str, *, timeout: float | None = None) -> str:
        answer: str = self._kx_call(HELLO, args(HELLO, name=name), timeout)
        return answer

    def echo(self, msg: str, *, timeout: float | None = None) -> str:
        answer: str = self._kx_call(ECHO, args(ECHO, msg=msg), timeout)
        return answer


class EchoHandler:
    """`echo` does what its word says. `calls` has the RpcInfo of each call, `transient` what metainfo it saw of it."""

    def __init__(self) -> None:
        self.calls: list[RpcInfo] = []
        self.transient: list[dict[str, str]] = []

    def _note(self) -> None:
        info = current()
        assert info is not None
        self.calls.append(info)
        self.transient.append(metainfo.all_transient())

    async def hello(self, name: str) -> str:
        self._note()
        return f"hi {name}"

    def echo(self, msg: str) -> str | None:
        self._note()
        match msg:
            case "back":
                metainfo.send_backward("served-by", "echo")
            case "biz":
                raise BizStatusError(1001, "no money", {"k": "v<1>"})
            case "boom":
                raise Ex(code=7, msg="boom")
            case "fail":
                raise RuntimeError("plain failure")
            case "number":
                raise ApplicationError(1000, "my own number")
            case "nothing":
                return None
            case "wordy":
                metainfo.send_backward("too-long", "x" * 70_000)
            case "wordy status":
                raise BizStatusError(1, "x" * 70_000)
        return msg

    async def fire(self, s: str) -> None:
        self._note()
        if s == "biz":
            raise BizStatusError(1, "nobody hears it")
