"""Our handlers of the services in `tests/peers/kitex/*.thrift`: they do what the comments there say, as Kitex's do.

Some methods are `async def` and some plain, so that both ways of serving meet a Kitex client.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from types import ModuleType
from typing import Any

from kitexgen.runtime.call import current, metainfo
from kitexgen.runtime.errors import ApplicationError, BizStatusError
from tests.interop_kitex.ours import Code

SERVER_NAME = "our-server"
"""What this server calls itself, towards its clients and, in `relay`, towards the next server."""


class EchoHandler:
    def __init__(self, types: ModuleType) -> None:
        self.types = types

    async def echo(self, req: Any) -> Any:
        if req.msg == "boom":
            raise self.types.Ex(code=7, msg="boom")
        if req.msg in {"fail", "panic"}:
            raise RuntimeError("plain failure")
        if req.msg == "biz":
            raise BizStatusError(1001, "no money", {"k": "v<1>"})
        return self.types.Resp(msg=req.msg, n=req.n)

    def hello(self, name: str) -> str:
        return f"hi {name}"

    async def nop(self) -> None:
        """Does nothing, as it should."""

    async def fire(self, s: str) -> None:
        """Does nothing with it."""

    def small(self, req: Any) -> Any:
        return self.types.Small(msg=f"re:{req.msg}")

    def un(self, req: Any) -> Any:
        return self.types.Small(msg=f"re:{req.msg}")

    async def bidi(self, stream: Any) -> None:
        async for req in stream:
            await stream.send(self.small(req))


class LoudEchoHandler(EchoHandler):
    async def shout(self, text: str) -> str:
        return text.upper()


class Giver:
    """The methods that give back what they get."""

    async def _give(self, value: Any) -> Any:
        return value

    give_bool = give_byte = give_i16 = give_i32 = give_i64 = give_double = _give
    give_string = give_binary = give_level = give_words = give_set = give_map = _give
    give_scalars = give_containers = give_options = give_shape = give_node = _give


class ProbeHandler(Giver):
    """`backward_prefix` stands before the keys that are sent back: callers of some makers want one."""

    def __init__(self, code: Code, *, backward_prefix: str = "") -> None:
        self.types = code.probe
        self._prefix = backward_prefix
        self._client = code.probe_service.ProbeClient
        self._notes: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def join(self, text: str, times: int, leaf: Any) -> str:
        return str(text * times + leaf.name)

    async def nothing(self) -> None:
        """Does nothing, as it should."""

    async def note(self, text: str) -> None:
        self._notes[text].set()

    async def noted(self, text: str, milliseconds: int) -> bool:
        try:
            async with asyncio.timeout(milliseconds / 1000):
                return await self._notes[text].wait()
        except TimeoutError:
            return False

    def enter(self, who: str) -> str:
        if who == "mallory":
            raise self.types.Denied(who=who, level=self.types.Level.HIGH)
        if who == "nobody":
            raise self.types.Missing(id=-1)
        return f"welcome {who}"

    async def remove(self, id: int) -> None:
        if id <= 0:
            raise self.types.Missing(id=id)

    async def fail(self, text: str) -> str:
        raise RuntimeError(text)

    async def refuse(self, type: int, text: str) -> str:
        raise ApplicationError(type, text)

    def crash(self, text: str) -> str:
        raise SystemError(text)

    async def business(self, code: int, message: str, extra: dict[str, str]) -> str:
        raise BizStatusError(code, message, extra)

    async def sleep(self, milliseconds: int) -> int:
        await asyncio.sleep(milliseconds / 1000)
        return milliseconds

    async def seen(self) -> Any:
        info = current()
        assert info is not None
        metainfo.send_backward(f"{self._prefix}seen-by", SERVER_NAME)
        return self.types.Seen(
            caller=info.caller,
            caller_method=info.caller_method,
            service=info.service.name,
            method=info.method.name,
            persistent=metainfo.all_persistent(),
            transient=metainfo.all_transient(),
            timeout_milliseconds=round((info.timeout or 0) * 1000),
        )

    async def relay(self, address: str) -> Any:
        settings = {"hosts": [address], "transport": "ttheader_framed", "pool": "short", "caller": SERVER_NAME}
        async with self._client("relayed", **settings) as following:
            with metainfo.received_backward() as back:
                seen = await following.seen()
        metainfo.send_backward(f"{self._prefix}relayed-from", back["seen-by"])
        return seen
