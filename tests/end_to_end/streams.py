"""A service of streams: generated code, and a handler for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

from kitexgen.runtime import BizStatusError, current, metainfo, streaming
from tests.builders.generated import GeneratedCode


class Code:
    """The generated modules."""

    def __init__(self, generated: GeneratedCode) -> None:
        self.types: ModuleType = generated.module("streamed.notes_stream")
        self.service: ModuleType = generated.module("streamed.notes")

    def note(self, text: str = "", count: int = 0, blob: bytes | None = None) -> Any:
        return self.types.Note(text=text, count=count, blob=blob)


class NotesHandler:
    """What happens to it can be awaited: `ended` gets the name of each handler that was left, and how."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.entered = asyncio.Event()
        self.gate = asyncio.Event()
        self.ended: asyncio.Queue[tuple[str, BaseException | None]] = asyncio.Queue()
        self.sent = 0
        self.received: list[Any] = []

    def ping(self) -> None:
        """Nothing to do."""

    async def download(self, request: Any) -> AsyncIterator[Any]:
        self.entered.set()
        try:
            async for note in self._download(request):
                yield note
                self.sent += 1
        except BaseException as error:
            self.ended.put_nowait(("download", error))
            raise
        self.ended.put_nowait(("download", None))

    async def _download(self, request: Any) -> AsyncIterator[Any]:
        match request.text:
            case "count":
                for number in range(request.count):
                    yield self.code.note(str(number), number)
            case "forever":
                while True:
                    yield self.code.note("again", self.sent, request.blob)
            case "silent":
                await self.gate.wait()
            case "declared":
                raise self.code.types.Refused(why="declared")
            case "business":
                yield self.code.note("first")
                raise BizStatusError(1001, "no money", {"k": "v<1>"})
            case "plain":
                raise RuntimeError("stream failure")
            case "wrong":
                yield "no note"
            case "told":
                streaming.set_header("node", "seven")
                streaming.set_trailer("rows", "1")
                tenant, info = metainfo.get_persistent("tenant"), current()
                assert info is not None
                yield self.code.note(tenant or "", info.sequence_id)
                streaming.set_header("late", "too late")

    async def upload(self, requests: AsyncIterator[Any]) -> Any:
        self.entered.set()
        count = total = 0
        async for note in requests:
            count, total = count + 1, total + note.count
            if note.text == "enough":
                break
            if note.text == "slow":
                await self.gate.wait()
        return self.code.note(str(count), total)

    async def talk(self, stream: Any) -> None:
        self.entered.set()
        try:
            async for note in stream:
                self.received.append(note)
                if note.text == "fail":
                    raise RuntimeError("stream failure")
                if note.text != "silent":
                    await stream.send(self.code.note(note.text, note.count + 1))
        except BaseException as error:
            self.ended.put_nowait(("talk", error))
            raise
        self.ended.put_nowait(("talk", None))

    async def once(self, note: Any) -> Any:
        return note

    async def words(self, stream: Any) -> None:
        """Never gets as far as here: a stream carries structs."""
