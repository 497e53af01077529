"""A service of Protobuf as the generator prints it, written by hand, and a handler for it. Its IDL:

syntax = "proto2"; package words.v1;
message Word { optional string msg = 1 [implicit presence]; optional int32 n = 2 [implicit presence]; }
message Strict { required string name = 1; }
service Words {
  rpc Echo(Word) returns (Word);
  rpc Fail(Word) returns (Word);
  rpc Name(Word) returns (Strict);
  rpc Slow(Word) returns (Word);
  rpc Talk(stream Word) returns (stream Word);
}
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from kitexgen.runtime.contract.endpoints import BlockingClient, Client
from kitexgen.runtime.contract.model import Message
from kitexgen.runtime.contract.service import MethodInfo, Payload, ServiceInfo, Streaming
from kitexgen.runtime.contract.streams import BidirectionalCall
from kitexgen.runtime.errors import ApplicationError, BizStatusError


class Word(Message):
    __match_args__ = ("msg", "n")
    __slots__ = (*__match_args__, "__unknown__")
    __schema__ = (
        "message",
        "words.v1.Word",
        "words.proto:2",
        ((1, "msg", "msg", "default", "string"), (2, "n", "n", "default", "int32")),
        (),
    )

    msg: str
    n: int

    def __init__(self, *, msg: str = "", n: int = 0) -> None:
        self.msg = msg
        self.n = n
        self.__unknown__ = b""


class Strict(Message):
    __match_args__ = ("name",)
    __slots__ = (*__match_args__, "__unknown__")
    __schema__ = ("message", "words.v1.Strict", "words.proto:3", ((1, "name", "name", "required", "string"),), ())

    name: str | None

    def __init__(self, *, name: str | None = None) -> None:
        self.name = name
        self.__unknown__ = b""


ECHO: Final = MethodInfo(name="Echo", attribute="echo", arguments=Word, result=Word)
FAIL: Final = MethodInfo(name="Fail", attribute="fail", arguments=Word, result=Word)
NAME: Final = MethodInfo(name="Name", attribute="name", arguments=Word, result=Strict)
SLOW: Final = MethodInfo(name="Slow", attribute="slow", arguments=Word, result=Word)
TALK: Final = MethodInfo(name="Talk", attribute="talk", arguments=Word, result=Word, streaming=Streaming.BIDIRECTIONAL)
WORDS: Final = ServiceInfo(
    name="Words", package="words.v1", methods=(ECHO, FAIL, NAME, SLOW, TALK), payload=Payload.PROTOBUF
)


class WordsHandler:
    """`Fail` does what its `msg` says: "biz", "own number", "none", "wrong" or anything else, for a plain failure."""

    async def echo(self, request: Word) -> Word:
        return Word(msg=f"re:{request.msg}", n=request.n)

    def fail(self, request: Word) -> Any:
        match request.msg:
            case "biz":
                raise BizStatusError(1001, "no money", {"k": "v<1>"})
            case "own number":
                raise ApplicationError(1000, "closed today")
            case "none":
                return None
            case "wrong":
                return Strict(name="x")
        raise RuntimeError("plain failure")

    async def name(self, request: Word) -> Strict:
        if request.msg == "biz":
            raise BizStatusError(7, "nameless")
        return Strict(name=request.msg or None)

    async def slow(self, request: Word) -> Word:
        await asyncio.sleep(request.n / 1000)
        return request

    async def talk(self, stream: Any) -> None:
        async for word in stream:
            await stream.send(word)


class WordsClient(Client):
    __slots__ = ()
    __service__ = WORDS

    @staticmethod
    def blocking(destination: str, **settings: Any) -> WordsBlockingClient:
        return WordsBlockingClient(destination, **settings)

    async def echo(self, request: Word, *, timeout: float | None = None) -> Word:
        answer: Word = await self._kx_call(ECHO, request, timeout)
        return answer

    async def fail(self, request: Word, *, timeout: float | None = None) -> Word:
        answer: Word = await self._kx_call(FAIL, request, timeout)
        return answer

    async def name(self, request: Word, *, timeout: float | None = None) -> Strict:
        answer: Strict = await self._kx_call(NAME, request, timeout)
        return answer

    async def slow(self, request: Word, *, timeout: float | None = None) -> Word:
        answer: Word = await self._kx_call(SLOW, request, timeout)
        return answer

    def talk(
        self, *, timeout: float | None = None, receive_timeout: float | None = None
    ) -> BidirectionalCall[Word, Word]:
        return BidirectionalCall(self._kx_stream(TALK, timeout, receive_timeout))


class WordsBlockingClient(BlockingClient):
    __slots__ = ()
    __service__ = WORDS

    def echo(self, request: Word, *, timeout: float | None = None) -> Word:
        answer: Word = self._kx_call(ECHO, request, timeout)
        return answer

    def fail(self, request: Word, *, timeout: float | None = None) -> Word:
        answer: Word = self._kx_call(FAIL, request, timeout)
        return answer

    def name(self, request: Word, *, timeout: float | None = None) -> Strict:
        answer: Strict = self._kx_call(NAME, request, timeout)
        return answer

    def slow(self, request: Word, *, timeout: float | None = None) -> Word:
        answer: Word = self._kx_call(SLOW, request, timeout)
        return answer

    def talk(self) -> None:
        self._kx_stream(TALK)
