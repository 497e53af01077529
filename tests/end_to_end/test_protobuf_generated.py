"""The Protobuf samples as users have them: generated code, served beside a Thrift service and called."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kitexgen.runtime import Served, Server, UnsupportedStreaming, describe, protobuf
from kitexgen.runtime.testing import connected
from kitexgen.runtime.wellknown import Empty, durations
from tests.builders.generated import GeneratedCode, generate_code
from tests.builders.services import NOTES, Note, NotesClient, NotesHandler

SAMPLES = Path(__file__).parents[2] / "idl_samples" / "proto"


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> GeneratedCode:
    samples = [SAMPLES / "greeter.proto", SAMPLES / "shop" / "orders" / "orders.proto"]
    return generate_code(samples, tmp_path_factory.mktemp("samples"), include_dirs=[SAMPLES])


class GreeterHandler:
    def __init__(self, types: Any) -> None:
        self.types = types

    async def say_hello(self, request: Any) -> Any:
        return self.types.HelloReply(message=f"hello {request.name}")

    async def keep_greeting(self, request: Any) -> AsyncIterator[Any]:
        yield await self.say_hello(request)

    async def greet_all(self, requests: Any) -> Any:
        return self.types.HelloReply(message=str([request async for request in requests]))

    async def chat(self, stream: Any) -> None:
        async for request in stream:
            await stream.send(await self.say_hello(request))


class OrdersHandler:
    def __init__(self, types: Any) -> None:
        self.types = types
        self.orders: dict[str, Any] = {}

    def place_order(self, request: Any) -> Any:
        order = self.types.Order(
            id=str(len(self.orders) + 1),
            lines=request.lines,
            state=self.types.Order_State.STATE_NEW,
            payment=request.payment,
            delivery=durations.from_timedelta(timedelta(days=2)),
        )
        self.orders[order.id] = order
        return order

    async def get_order(self, request: Any) -> Any:
        return self.orders[request.id]

    async def cancel_order(self, request: Any) -> Empty:
        del self.orders[request.id]
        return Empty()


async def test_samples_beside_thrift(code: GeneratedCode) -> None:
    greetings, greeter = code.module("greeter.v1.greeter"), code.module("greeter.v1.greeter_service")
    shop, orders = code.module("shop.orders.v1.orders"), code.module("shop.orders.v1.orders_service")
    services = (
        Served(greeter.SERVICE, GreeterHandler(greetings)),
        Served(orders.SERVICE, OrdersHandler(shop)),
        Served(NOTES, NotesHandler()),
    )
    async with Server(*services, address="127.0.0.1:0", late_requests=0) as server:
        hosts = [str(server.address)]
        async with greeter.GreeterClient("greeter", hosts=hosts) as client:
            assert await client.say_hello(greetings.HelloRequest(name="Ada")) == greetings.HelloReply(
                message="hello Ada"
            )
            for stream in (lambda: client.keep_greeting(greetings.HelloRequest()), client.greet_all, client.chat):
                with pytest.raises(UnsupportedStreaming, match="over gRPC alone"):
                    stream()
        async with orders.OrdersClient("orders", hosts=hosts, transport="framed") as client:
            asked = shop.PlaceOrderRequest(
                lines=[shop.OrderLine(product=3, quantity=12)], payment=shop.Payment(card_token="tok")
            )
            order = await client.place_order(asked)
            assert (order.lines, order.payment) == (asked.lines, asked.payment)
            assert protobuf.which(order.payment, "method") == "card_token"
            assert durations.to_timedelta(order.delivery) == timedelta(days=2)
            assert await client.get_order(shop.GetOrderRequest(id=order.id)) == order
            assert await client.cancel_order(shop.GetOrderRequest(id=order.id)) == Empty()
        async with NotesClient("notes", hosts=hosts) as notes:
            assert await notes.echo(Note(text="x")) == Note(text="x")
        await asyncio.to_thread(_call_blocking, greeter, greetings, hosts)


def _call_blocking(greeter: Any, greetings: Any, hosts: list[str]) -> None:
    with greeter.GreeterClient.blocking("greeter", hosts=hosts) as client:
        assert client.say_hello(greetings.HelloRequest(name="Bob")).message == "hello Bob"
        for stream in (client.keep_greeting, client.greet_all, client.chat):
            with pytest.raises(UnsupportedStreaming, match="over gRPC alone"):
                stream()


async def test_a_sample_in_memory(code: GeneratedCode) -> None:
    greetings, greeter = code.module("greeter.v1.greeter"), code.module("greeter.v1.greeter_service")
    async with connected(greeter.GreeterClient, GreeterHandler(greetings)) as client:
        assert (await client.say_hello(greetings.HelloRequest(name="é"))).message == "hello é"
    assert [method.name for method in describe(greeter.GreeterClient).methods] == [
        "SayHello",
        "KeepGreeting",
        "GreetAll",
        "Chat",
    ]
