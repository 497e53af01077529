"""A service of Protobuf, and calls to it by both clients: on the port of the shop, which is one of Thrift."""

from __future__ import annotations

from collections.abc import AsyncIterator

from calls import show
from kitex_gen.greeter.v1.greeter import HelloReply, HelloRequest
from kitex_gen.greeter.v1.greeter_service import Greeter, GreeterClient

from kitexgen.runtime import BizStatusError, protobuf
from kitexgen.runtime.contract.streams import BidirectionalStream


class GreeterHandler(Greeter):
    """Takes messages, gives messages; streams have the shapes that they have in Thrift."""

    async def say_hello(self, request: HelloRequest) -> HelloReply:
        if not request.name:
            raise BizStatusError(400, "nobody to greet")
        return HelloReply(message=f"hello {request.name}")

    async def keep_greeting(self, request: HelloRequest) -> AsyncIterator[HelloReply]:
        yield await self.say_hello(request)

    async def greet_all(self, requests: AsyncIterator[HelloRequest]) -> HelloReply:
        return HelloReply(message="hello " + " and ".join([request.name async for request in requests]))

    async def chat(self, stream: BidirectionalStream[HelloRequest, HelloReply]) -> None:
        async for request in stream:
            await stream.send(await self.say_hello(request))


async def show_protobuf_calls(address: str) -> None:
    print("\nasyncio client, TTHeader transport, Protobuf")
    async with GreeterClient("greeter", hosts=[address]) as greeter:
        reply = await greeter.say_hello(HelloRequest(name="Ada"), timeout=0.5)
        show('await greeter.say_hello(HelloRequest(name="Ada"))', reply)
        show("protobuf.encode(reply)", protobuf.encode(reply))
        show("protobuf.to_json(reply)", protobuf.to_json(reply))
        try:
            await greeter.say_hello(HelloRequest())
        except BizStatusError as error:
            show("await greeter.say_hello(HelloRequest())", f"raises {error!r}")


def show_blocking_protobuf_calls(address: str) -> None:
    print("\nblocking client, framed transport, Protobuf")
    with GreeterClient.blocking("greeter", hosts=[address], transport="framed") as greeter:
        show('greeter.say_hello(HelloRequest(name="Bob"))', greeter.say_hello(HelloRequest(name="Bob")))
