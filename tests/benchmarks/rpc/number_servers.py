"""Servers of `numbers` of `client.thrift`, each a process of its own: `number_servers.py NAME`.

They send back the numbers that came; what they print, and where generated code is, as in `servers.py`.
"""

# ruff: noqa: PLC0415 - a server must not pay for what the others import
# mypy: disable-error-code="import-not-found, import-untyped, no-untyped-call, arg-type, misc"

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[3]


def kitexgen() -> None:
    sys.path[:0] = [str(ROOT), os.environ["BENCH_GENERATED"]]
    from kitex_gen.bench_client.echo import serve

    class Handler:
        async def small(self, req: Any) -> Any:
            return req

        async def numbers(self, req: Any) -> Any:
            return req

    asyncio.run(serve(Handler(), address=f"{HOST}:0", on_start=lambda address: print(address.port, flush=True)))


def thriftpy2() -> None:
    import thriftpy2 as library
    from thriftpy2.protocol import TCyBinaryProtocolFactory
    from thriftpy2.rpc import make_server
    from thriftpy2.transport import TCyFramedTransportFactory

    module = library.load(str(Path(__file__).with_name("client.thrift")), module_name="bench_thrift")

    class Handler:
        def numbers(self, req: Any) -> Any:
            return req

    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    protocol, transport = TCyBinaryProtocolFactory(), TCyFramedTransportFactory()
    server = make_server(module.Echo, Handler(), HOST, port, proto_factory=protocol, trans_factory=transport)

    def tell() -> None:
        while True:
            try:
                socket.create_connection((HOST, port), 1).close()
            except OSError:
                continue
            print(port, flush=True)
            return

    threading.Thread(target=tell, daemon=True).start()
    server.serve()


if __name__ == "__main__":
    {"kitexgen": kitexgen, "thriftpy2": thriftpy2}[sys.argv[1]]()
