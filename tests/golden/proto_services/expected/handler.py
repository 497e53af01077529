"""Handles `Greeter`. This file is yours: kitexgen only adds methods that the IDL gains."""

from __future__ import annotations

from collections.abc import AsyncIterator

from kitexgen.runtime.contract.streams import BidirectionalStream

from kitex_gen.greeter.v1.greeter import HelloReply, HelloRequest
from kitex_gen.greeter.v1.greeter_service import Greeter


class GreeterHandler(Greeter):
    async def say_hello(self, request: HelloRequest) -> HelloReply:
        raise NotImplementedError("Greeter.SayHello")

    def keep_greeting(self, request: HelloRequest) -> AsyncIterator[HelloReply]:
        raise NotImplementedError("Greeter.KeepGreeting")

    async def greet_all(self, requests: AsyncIterator[HelloRequest]) -> HelloReply:
        raise NotImplementedError("Greeter.GreetAll")

    async def chat(self, stream: BidirectionalStream[HelloRequest, HelloReply]) -> None:
        raise NotImplementedError("Greeter.Chat")
