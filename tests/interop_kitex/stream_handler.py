"""Our handler of `tests/peers/kitex/streams.thrift`: it does what the comments there say, as Kitex's does."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

from kitexgen.runtime import BizStatusError, metainfo, streaming


class StreamsHandler:
    def __init__(self, types: ModuleType) -> None:
        self.types = types
        self._over: defaultdict[str, asyncio.Queue[str]] = defaultdict(asyncio.Queue)

    async def download(self, request: Any) -> AsyncIterator[Any]:
        match request.text:
            case "count":
                for number in range(request.number):
                    yield self.types.Word(text="count", number=number)
                return
            case "told":
                streaming.set_header("node", "seven")
                streaming.set_trailer("rows", "1")
                yield self.types.Word(text=metainfo.get_persistent("tenant") or "")
                return
            case "fail":
                yield request
            case "declared":
                raise self.types.Denied(why="declared")
        self._fail(request.text)
        number = 0
        try:
            while True:
                yield self.types.Word(text=request.text, number=number)
                number += 1
                await asyncio.sleep(0.001)
        except BaseException as error:
            self._over[request.text].put_nowait(type(error).__name__)
            raise

    async def upload(self, requests: AsyncIterator[Any]) -> Any:
        texts, total = [], 0
        async for word in requests:
            if word.text == "enough":
                break
            texts.append(word.text)
            total += word.number
        return self.types.Word(text=",".join(texts), number=total)

    async def talk(self, stream: Any) -> None:
        waits = False
        try:
            async for word in stream:
                self._fail(word.text)
                if word.text == "wait":
                    waits = True
                else:
                    await stream.send(self.types.Word(text=word.text, number=word.number + 1))
        except asyncio.CancelledError:
            if waits:
                self._over["wait"].put_nowait(await self._reason(stream))
            raise

    async def once(self, word: Any) -> Any:
        return self.types.Word(text=word.text, number=word.number + 1)

    async def ended(self, name: str, milliseconds: int) -> str:
        try:
            async with asyncio.timeout(milliseconds / 1000):
                return await self._over[name].get()
        except TimeoutError:
            return ""

    async def _reason(self, stream: Any) -> str:
        try:
            await stream.receive()
        except Exception as error:
            return str(error)
        return "in order"

    def _fail(self, text: str) -> None:
        if text in {"fail", "panic"}:
            raise RuntimeError("stream failure")
        if text == "biz":
            raise BizStatusError(1001, "no money", {"k": "v<1>"})
