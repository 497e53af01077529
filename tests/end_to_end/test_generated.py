"""Calls with really generated code: the samples through the compiler, clients and handlers on top."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kitexgen.codegen import generate
from kitexgen.codegen.options import GenerateOptions
from kitexgen.idl import load
from kitexgen.runtime.errors import ApplicationError, IncompleteHandler, UnsupportedStreaming
from kitexgen.runtime.net import Address
from kitexgen.runtime.server import Served, Server
from tests.end_to_end.endpoints import Speaks

SAMPLES = Path(__file__).parents[2] / "idl_samples" / "thrift"
PACKAGE = "generated_for_end_to_end"


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The service module of the kitchen sink."""
    root = tmp_path_factory.mktemp("generated")
    loaded = load([SAMPLES / "kitchen_sink.thrift"])
    assert loaded.schema is not None, loaded.report
    for file in generate(loaded.schema, GenerateOptions()).files:
        path = root / PACKAGE / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    sys.path.insert(0, str(root))
    try:
        yield importlib.import_module(f"{PACKAGE}.kitchen.sink.sink")
    finally:
        sys.path.remove(str(root))
        for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
            del sys.modules[name]


@pytest.fixture(scope="module")
def types(sink: ModuleType) -> ModuleType:
    """The records of the kitchen sink."""
    return importlib.import_module(f"{PACKAGE}.kitchen.sink.kitchen_sink")


class SinkHandler:
    """Some methods async, some plain, as it pleases."""

    def __init__(self, types: ModuleType) -> None:
        self.types = types
        self.fired: asyncio.Queue[str] = asyncio.Queue()

    def nothing(self) -> None:
        """Inherited from the base service."""

    async def swap(self, value: Any) -> Any:
        if value.must == "fail":
            raise self.types.Failure(code=3, message="as told")
        if value.must == "empty":
            raise self.types.Empty
        return value

    def add(self, a: int, b: int) -> int:
        return a + b

    async def shapes(self, named: dict[str, Any]) -> list[Any]:
        return list(named.values())

    async def fire(self, text: str) -> None:
        self.fired.put_nowait(text)

    async def import_(self, from_: str, async_: bool) -> str:
        return f"{from_} {async_}"

    async def unary(self, p: Any) -> Any:
        return p

    def upload(self, p: Any) -> Any: ...
    def download(self, p: Any) -> Any: ...
    def talk(self, p: Any) -> Any: ...


def everything(types: ModuleType, must: str) -> Any:
    """A record with most of its fields set."""
    return types.Everything(
        must=must,
        text="hé",
        blob=b"\xff",
        words={"a", "b"},
        counts={"k": -(2**63)},
        point=types.Point(x=1.5, y=-2.0),
        grid=[[types.Point(x=1.0, y=2.0)], []],
        labels={types.Key(zone="z", number=1): "one"},
        shape=types.Shape(circle=2.0),
        tree=types.Tree(label="root", children=[types.Tree(label="leaf")]),
        deep={1: {"x": [types.Level.HIGH]}},
    )


async def test_calls(sink: ModuleType, types: ModuleType, speaks: Speaks) -> None:
    handler = SinkHandler(types)
    async with (
        Server(Served(sink.SERVICE, handler), address="127.0.0.1:0", late_requests=0) as server,
        sink.SinkClient("sink", hosts=[str(server.address)], timeout=20, **speaks) as client,
    ):
        value = everything(types, "be")
        assert await client.swap(value) == value
        assert await client.add(2) == 3  # the default of the IDL
        assert await client.add(2, b=5) == 7
        circle = types.Shape(circle=1.0)
        assert await client.shapes({"c": circle}) == [circle]
        assert await client.import_("x", True) == "x True"
        assert await client.unary(types.Point(x=1.0, y=2.0)) == types.Point(x=1.0, y=2.0)
        await client.nothing()
        await client.fire("away")
        assert await handler.fired.get() == "away"
        with pytest.raises(types.Failure) as failed:
            await client.swap(everything(types, "fail"))
        assert failed.value == types.Failure(code=3, message="as told")
        with pytest.raises(types.Empty):
            await client.swap(everything(types, "empty"))


async def test_blocking_calls(sink: ModuleType, types: ModuleType, speaks: Speaks) -> None:
    handler = SinkHandler(types)

    def calls(address: str) -> None:
        with sink.SinkClient.blocking("sink", hosts=[address], timeout=20, **speaks) as client:
            value = everything(types, "be")
            assert client.swap(value) == value
            assert client.add(2) == 3
            client.nothing()
            client.fire("away")
            with pytest.raises(types.Failure):
                client.swap(everything(types, "fail"))

    async with Server(Served(sink.SERVICE, handler), address="127.0.0.1:0", late_requests=0) as server:
        await asyncio.to_thread(calls, str(server.address))
        assert await handler.fired.get() == "away"


def test_blocking_streams_are_refused(sink: ModuleType, types: ModuleType) -> None:
    with sink.SinkClient.blocking("sink", hosts=["127.0.0.1:1"]) as client:
        with pytest.raises(UnsupportedStreaming):
            client.download(types.Point())
        with pytest.raises(UnsupportedStreaming):
            client.upload()


async def test_the_generated_serve(sink: ModuleType, types: ModuleType) -> None:
    started: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        sink.serve(SinkHandler(types), address="127.0.0.1:0", on_start=started.set_result, late_requests=0)
    )
    async with sink.SinkClient("sink", hosts=[str(await started)]) as client:
        assert await client.add(1, 1) == 2
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


def test_a_handler_that_only_inherits_the_promise_is_incomplete(sink: ModuleType) -> None:
    class Lazy(sink.Sink):  # type: ignore[name-defined, misc]
        async def swap(self, value: Any) -> Any:
            return value

    with pytest.raises(IncompleteHandler) as caught:
        Server(Served(sink.SERVICE, Lazy()))
    assert "swap" not in caught.value.missing
    assert "nothing" in caught.value.missing


async def test_a_handler_that_returns_what_the_idl_does_not_say(sink: ModuleType, types: ModuleType) -> None:
    class Wrong(SinkHandler):
        def add(self, a: int, b: int) -> Any:
            return "three"

    async with (
        Server(Served(sink.SERVICE, Wrong(types)), address="127.0.0.1:0", late_requests=0) as server,
        sink.SinkClient("sink", hosts=[str(server.address)]) as client,
    ):
        with pytest.raises(ApplicationError, match=r"biz error: add_result\.success: expected int, got str"):
            await client.add(1, 2)
