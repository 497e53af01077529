"""The servers that `bench_rpc.py` compares, each a process of its own: `servers.py NAME`.

A server prints its port once it listens. `BENCH_GENERATED` is the folder of generated code. All have the one method of
`echo.thrift`, and do with a call what that says; the floors send back what came, so they show what a server costs that
does nothing.
"""

# ruff: noqa: PLC0415 - a server must not pay for what the others import
# mypy: disable-error-code="import-not-found, import-untyped, no-untyped-call, arg-type, misc"

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
BACKLOG = 4096
GENERATED = Path(os.environ.get("BENCH_GENERATED", "."))
ROOT = Path(__file__).resolve().parents[3]
IDL = Path(__file__).with_name("echo.thrift")
MANY_THREADS = 600
"""For servers that give each connection a thread: as many as connections are opened."""

_SHARED = memoryview(bytearray(1 << 18))


def ready(port: int) -> None:
    """Tell the benchmark where to connect."""
    print(port, flush=True)


# ---- floors ---------------------------------------------------------------------------------------------------------


class EchoProtocol(asyncio.Protocol):
    """Sends back every byte."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)


class EchoBuffered(asyncio.BufferedProtocol):
    """The same with one buffer for all connections: what it read has to be copied before the next read."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def get_buffer(self, _: int) -> memoryview:
        return _SHARED

    def buffer_updated(self, size: int) -> None:
        self._transport.write(bytes(_SHARED[:size]))


def echo(protocol: Callable[[], asyncio.BaseProtocol], loop_factory: Callable[[], Any] | None = None) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(protocol, HOST, 0, backlog=BACKLOG)
        ready(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(main())


def uvloop_factory() -> Callable[[], Any]:
    import uvloop

    factory: Callable[[], Any] = uvloop.new_event_loop
    return factory


# ---- ours -----------------------------------------------------------------------------------------------------------


def kitexgen(kind: str, loop_factory: Callable[[], Any] | None = None) -> None:
    """`kind` is how the handler works: `async` without waiting, `waiting` for one loop turn, `plain` on a worker.

    `full` is as `async`, with two middlewares.
    """
    sys.path[:0] = [str(ROOT), str(GENERATED)]
    from kitex_gen.bench.echo import Small
    from kitex_gen.bench.echo_service import serve

    class Async:
        async def small(self, req: Any) -> Any:
            return Small(msg="re:" + req.msg)

        async def bidi(self, stream: Any) -> Any:
            async for req in stream:
                await stream.send(Small(msg="re:" + req.msg))

    class Waiting(Async):
        async def small(self, req: Any) -> Any:
            await asyncio.sleep(0)
            return Small(msg="re:" + req.msg)

    class Plain(Async):
        def small(self, req: Any) -> Any:
            return Small(msg="re:" + req.msg)

    def through(call_next: Any) -> Any:
        async def endpoint(info: Any, request: Any) -> Any:
            return await call_next(info, request)

        return endpoint

    handler = {"async": Async, "full": Async, "waiting": Waiting, "plain": Plain}[kind]()
    layers = [through, through] if kind == "full" else []
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        started = serve(handler, address=f"{HOST}:0", on_start=lambda address: ready(address.port), middlewares=layers)
        runner.run(started)


# ---- rivals ---------------------------------------------------------------------------------------------------------


def _thriftpy2() -> Any:
    import thriftpy2

    return thriftpy2.load(str(IDL), module_name="bench_thrift")


def thriftpy2_threads() -> None:
    from thriftpy2.protocol import TCyBinaryProtocolFactory
    from thriftpy2.rpc import make_server
    from thriftpy2.transport import TCyFramedTransportFactory

    module = _thriftpy2()

    class Handler:
        def small(self, req: Any) -> Any:
            return module.Small("re:" + req.msg)

    port = _free_port()
    server = make_server(
        module.Echo,
        Handler(),
        HOST,
        port,
        proto_factory=TCyBinaryProtocolFactory(),
        trans_factory=TCyFramedTransportFactory(),
        client_timeout=None,
    )
    server.trans.backlog = BACKLOG
    threading.stack_size(256 * 1024)
    _when_listening(port)
    server.serve()


def thriftpy2_asyncio() -> None:
    from thriftpy2.contrib.aio.protocol import TAsyncBinaryProtocolFactory
    from thriftpy2.contrib.aio.rpc import make_server
    from thriftpy2.contrib.aio.transport import TAsyncFramedTransportFactory

    module = _thriftpy2()

    class Handler:
        async def small(self, req: Any) -> Any:
            return module.Small("re:" + req.msg)

    port = _free_port()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    server = make_server(
        module.Echo,
        Handler(),
        HOST,
        port,
        proto_factory=TAsyncBinaryProtocolFactory(),
        trans_factory=TAsyncFramedTransportFactory(),
        client_timeout=None,
        loop=loop,
    )
    _when_listening(port)
    server.serve()


def apache(kind: str) -> None:
    sys.path.insert(0, str(GENERATED / "gen-py"))
    from bench import Echo
    from bench.ttypes import Small
    from thrift.protocol.TBinaryProtocol import TBinaryProtocolAcceleratedFactory
    from thrift.server import TNonblockingServer, TServer
    from thrift.transport import TSocket, TTransport

    class Handler:
        def small(self, req: Any) -> Any:
            return Small("re:" + req.msg)

    port = _free_port()
    listening = TSocket.TServerSocket(HOST, port)
    processor, protocol = Echo.Processor(Handler()), TBinaryProtocolAcceleratedFactory(fallback=False)
    threading.stack_size(256 * 1024)
    if kind == "nonblocking":
        server = TNonblockingServer.TNonblockingServer(processor, listening, protocol, protocol)
    else:
        framed = TTransport.TFramedTransportFactory()
        server = TServer.TThreadedServer(processor, listening, framed, protocol, daemon=True)
    _when_listening(port)
    server.serve()


def grpc_threads() -> None:
    sys.path.insert(0, str(GENERATED))
    import echo_pb2
    import echo_pb2_grpc
    import grpc

    class Servicer(echo_pb2_grpc.EchoServicer):
        def Again(self, request: Any, context: Any) -> Any:
            return echo_pb2.Small(msg="re:" + request.msg)

    server = grpc.server(ThreadPoolExecutor(16), options=[("grpc.so_reuseport", 0)])
    echo_pb2_grpc.add_EchoServicer_to_server(Servicer(), server)
    port = server.add_insecure_port(f"{HOST}:0")
    server.start()
    ready(port)
    server.wait_for_termination()


def grpc_asyncio() -> None:
    sys.path.insert(0, str(GENERATED))
    import echo_pb2
    import echo_pb2_grpc
    import grpc

    class Servicer(echo_pb2_grpc.EchoServicer):
        async def Again(self, request: Any, context: Any) -> Any:
            return echo_pb2.Small(msg="re:" + request.msg)

    async def main() -> None:
        server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        echo_pb2_grpc.add_EchoServicer_to_server(Servicer(), server)
        port = server.add_insecure_port(f"{HOST}:0")
        await server.start()
        ready(port)
        await server.wait_for_termination()

    asyncio.run(main())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _when_listening(port: int) -> None:
    """Tell the port from a thread once it takes connections: these servers have nothing to call back."""

    def wait() -> None:
        while True:
            try:
                socket.create_connection((HOST, port), 1).close()
            except OSError:
                continue
            ready(port)
            return

    threading.Thread(target=wait, daemon=True).start()


SERVERS: dict[str, Callable[[], None]] = {
    "echo-asyncio": lambda: echo(EchoProtocol),
    "echo-asyncio-buffered": lambda: echo(EchoBuffered),
    "echo-uvloop": lambda: echo(EchoProtocol, uvloop_factory()),
    "echo-uvloop-buffered": lambda: echo(EchoBuffered, uvloop_factory()),
    "kitexgen": lambda: kitexgen("async"),
    "kitexgen-full": lambda: kitexgen("full"),
    "kitexgen-waiting": lambda: kitexgen("waiting"),
    "kitexgen-plain": lambda: kitexgen("plain"),
    "kitexgen-uvloop": lambda: kitexgen("async", uvloop_factory()),
    "thriftpy2-threads": thriftpy2_threads,
    "thriftpy2-asyncio": thriftpy2_asyncio,
    "apache-threads": lambda: apache("threads"),
    "apache-nonblocking": lambda: apache("nonblocking"),
    "grpcio-threads": grpc_threads,
    "grpcio-asyncio": grpc_asyncio,
}

if __name__ == "__main__":
    SERVERS[sys.argv[1]]()
