"""The clients that `bench_client.py` compares, each a process of its own.

    clients.py NAME PORT CALLERS SECONDS METHOD

CALLERS call without a pause for SECONDS, after a warming up of half a second. Prints one line of JSON: `calls` answered
within `seconds`, processor `cpu` seconds of this process meanwhile, and, where there is one caller, the median latency
`p50` in microseconds. `BENCH_GENERATED` is the folder of generated code. The floors send and take the bytes alone.
"""

# ruff: noqa: PLC0415 - a client must not pay for what the others import
# mypy: disable-error-code="import-not-found, import-untyped, no-untyped-call, arg-type, misc, attr-defined"

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import socket
import statistics
import sys
import threading
import time
from array import array
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
GENERATED = Path(os.environ.get("BENCH_GENERATED", "."))
ROOT = Path(__file__).resolve().parents[3]
IDL = Path(__file__).with_name("client.thrift")
MESSAGE = "m" * 1000
_CHANCE = random.Random(7)
NUMBERS = [_CHANCE.getrandbits(64) - (1 << 63) for _ in range(10_000)]
WARM = 0.5


class Meter:
    """Counts calls between the end of the warming up and that of the run."""

    def __init__(self, callers: int, seconds: float) -> None:
        self.callers = callers
        self.warm = time.perf_counter() + WARM
        self.end = self.warm + seconds
        self.counts = [0] * callers
        self._before: tuple[int, float, float] | None = None
        self._latencies: list[int] = []

    def begin(self) -> None:
        """The warming up is over."""
        gc.collect()
        gc.freeze()
        self._before = sum(self.counts), time.perf_counter(), time.process_time()

    def report(self) -> None:
        assert self._before is not None
        calls, began, cpu = self._before
        found: dict[str, float] = {
            "calls": sum(self.counts) - calls,
            "seconds": time.perf_counter() - began,
            "cpu": time.process_time() - cpu,
        }
        if self._latencies:
            found["p50"] = statistics.median(self._latencies) / 1000
        print(json.dumps(found), flush=True)

    async def tasks(self, call: Callable[[], Awaitable[object]]) -> None:
        """Every caller a task."""
        counts, going = self.counts, True

        async def caller(number: int) -> None:
            while going:
                await call()
                counts[number] += 1

        tasks = [asyncio.create_task(caller(number)) for number in range(self.callers)]
        await asyncio.sleep(self.warm - time.perf_counter())
        self.begin()
        await asyncio.sleep(self.end - time.perf_counter())
        self.report()
        going = False
        await asyncio.gather(*tasks)

    def threads(self, make: Callable[[], Callable[[], object]]) -> None:
        """Every caller a thread with a client of its own; a single one is the main thread, and looks at the clock."""
        if self.callers == 1:
            self._alone(make())
            return
        going = True

        def caller(number: int) -> None:
            call = make()
            while going:
                call()
                self.counts[number] += 1

        threads = [threading.Thread(target=caller, args=(number,)) for number in range(self.callers)]
        for thread in threads:
            thread.start()
        time.sleep(self.warm - time.perf_counter())
        self.begin()
        time.sleep(self.end - time.perf_counter())
        self.report()
        going = False
        for thread in threads:
            thread.join()

    def _alone(self, call: Callable[[], object]) -> None:
        clock, counts, latencies = time.perf_counter_ns, self.counts, self._latencies
        warm, end = self.warm * 1e9, self.end * 1e9
        while clock() < warm:
            call()
        self.begin()
        now = clock()
        while now < end:
            call()
            before, now = now, clock()
            latencies.append(now - before)
        counts[0] += len(latencies)
        self.report()


# ---- ours -----------------------------------------------------------------------------------------------------------


def _generated() -> tuple[Any, Any]:
    sys.path[:0] = [str(ROOT), str(GENERATED)]
    from kitex_gen.bench_client import client, echo

    return client, echo


def _argument(client: Any, method: str) -> Any:
    return client.Small(msg=MESSAGE) if method == "small" else array("q", NUMBERS)


def kitexgen(pool: str, *, uvloop: bool = False, timeout: float | None = None, own_idle: bool = True) -> Any:
    """One client for all tasks. `long` keeps as many connections as there are callers."""

    def run(port: int, meter: Meter, method: str) -> None:
        client, service = _generated()
        from kitexgen.runtime.channel.idle import IdleLimits

        settings: dict[str, Any] = {"hosts": [f"{HOST}:{port}"], "pool": pool, "timeout": timeout}
        if pool == "long" and own_idle:
            settings["idle"] = IdleLimits(per_address=meter.callers, total=meter.callers)

        async def main() -> None:
            async with service.EchoClient("bench.echo", **settings) as echo:
                argument, called = _argument(client, method), getattr(echo, method)
                await meter.tasks(lambda: called(argument))

        with asyncio.Runner(loop_factory=_uvloop() if uvloop else None) as runner:
            runner.run(main())

    return run


def _uvloop() -> Callable[[], Any]:
    import uvloop

    factory: Callable[[], Any] = uvloop.new_event_loop
    return factory


def kitexgen_blocking(timeout: float | None = None) -> Any:
    def run(port: int, meter: Meter, method: str) -> None:
        client, service = _generated()
        argument = _argument(client, method)

        def make() -> Callable[[], object]:
            echo = service.EchoClient.blocking("bench.echo", hosts=[f"{HOST}:{port}"], timeout=timeout)
            called = getattr(echo, method)
            return lambda: called(argument)

        meter.threads(make)

    return run


# ---- floors ---------------------------------------------------------------------------------------------------------


def _request(method: str) -> bytes:
    """What our blocking client sends for the call: framed Thrift Binary."""
    client, service = _generated()
    from kitexgen.runtime.framing.format import FRAMED_BINARY
    from kitexgen.runtime.protocol.packing import pack
    from kitexgen.runtime.wire.thrift_types import MessageKind

    info = service.SERVICE.method(method)
    arguments = info.arguments(req=_argument(client, method))
    return b"".join(pack(FRAMED_BINARY, MessageKind.CALL, method, 7, arguments))


def bare_socket(port: int, meter: Meter, method: str) -> None:
    """Sends the bytes, and receives until the frame is whole."""
    request = _request(method)

    def make() -> Callable[[], object]:
        connected = socket.create_connection((HOST, port))
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        send, receive = connected.sendall, connected.recv

        def call() -> bytes:
            send(request)
            answer = receive(65536)
            while len(answer) < 4 + int.from_bytes(answer[:4], "big"):
                answer += receive(65536)
            return answer

        return call

    meter.threads(make)


class BareProtocol(asyncio.Protocol):
    """One call at a time; what comes in is taken for the whole answer."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._answer.set_result(data)

    def call(self, request: bytes) -> asyncio.Future[bytes]:
        self._answer: asyncio.Future[bytes] = self._loop.create_future()
        self._transport.write(request)
        return self._answer


def bare_asyncio(port: int, meter: Meter, method: str) -> None:
    """A connection for each caller, a future for each call."""
    request = _request(method)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        free = [(await loop.create_connection(BareProtocol, HOST, port))[1] for _ in range(meter.callers)]

        async def call() -> bytes:
            connection = free.pop()
            answer = await connection.call(request)
            free.append(connection)
            return answer

        await meter.tasks(call)

    asyncio.run(main())


# ---- rivals ---------------------------------------------------------------------------------------------------------


def thriftpy2(port: int, meter: Meter, method: str) -> None:
    import thriftpy2 as library
    from thriftpy2.protocol import TCyBinaryProtocolFactory
    from thriftpy2.rpc import make_client
    from thriftpy2.transport import TCyFramedTransportFactory

    module = library.load(str(IDL), module_name="bench_thrift")
    argument = module.Small(MESSAGE) if method == "small" else NUMBERS

    def make() -> Callable[[], object]:
        protocol, transport = TCyBinaryProtocolFactory(), TCyFramedTransportFactory()
        echo = make_client(module.Echo, HOST, port, proto_factory=protocol, trans_factory=transport, timeout=None)
        called = getattr(echo, method)
        return lambda: called(argument)

    meter.threads(make)


def thriftpy2_asyncio(port: int, meter: Meter, method: str) -> None:
    import thriftpy2 as library
    from thriftpy2.contrib.aio.protocol import TAsyncBinaryProtocolFactory
    from thriftpy2.contrib.aio.rpc import make_client
    from thriftpy2.contrib.aio.transport import TAsyncFramedTransportFactory

    module = library.load(str(IDL), module_name="bench_thrift")

    async def main() -> None:
        argument = module.Small(MESSAGE) if method == "small" else NUMBERS
        protocol, transport = TAsyncBinaryProtocolFactory(), TAsyncFramedTransportFactory()
        free = [
            await make_client(module.Echo, HOST, port, proto_factory=protocol, trans_factory=transport, timeout=None)
            for _ in range(meter.callers)
        ]

        async def call() -> object:
            echo = free.pop()
            answer = await getattr(echo, method)(argument)
            free.append(echo)
            return answer

        await meter.tasks(call)

    asyncio.run(main())


def apache(port: int, meter: Meter, method: str) -> None:
    sys.path.insert(0, str(GENERATED / "gen-py"))
    from bench_client import Echo
    from bench_client.ttypes import Small
    from thrift.protocol.TBinaryProtocol import TBinaryProtocolAccelerated
    from thrift.transport import TSocket, TTransport

    argument = Small(MESSAGE) if method == "small" else NUMBERS

    def make() -> Callable[[], object]:
        framed = TTransport.TFramedTransport(TSocket.TSocket(HOST, port))
        framed.open()
        called = getattr(Echo.Client(TBinaryProtocolAccelerated(framed, fallback=False)), method)
        return lambda: called(argument)

    meter.threads(make)


CLIENTS: dict[str, Callable[[int, Meter, str], None]] = {
    "kitexgen-mux": kitexgen("mux"),
    "kitexgen-mux-timeout": kitexgen("mux", timeout=1.0),
    "kitexgen-mux-uvloop": kitexgen("mux", uvloop=True),
    "kitexgen-long": kitexgen("long"),
    "kitexgen-long-timeout": kitexgen("long", timeout=1.0),
    "kitexgen-long-uvloop": kitexgen("long", uvloop=True),
    "kitexgen-blocking": kitexgen_blocking(),
    "kitexgen-blocking-timeout": kitexgen_blocking(timeout=1.0),
    "bare-asyncio": bare_asyncio,
    "bare-socket": bare_socket,
    "thriftpy2": thriftpy2,
    "thriftpy2-asyncio": thriftpy2_asyncio,
    "apache": apache,
}

if __name__ == "__main__":
    name, port, callers, seconds, method = sys.argv[1:]
    CLIENTS[name](int(port), Meter(int(callers), float(seconds)), method)
