"""The load for gRPC, by grpcio's own client: `grpc_load.py PORT CONNECTIONS DEPTH WARM_SECONDS SECONDS MESSAGE_FILE`.

Prints what `load.c` prints. It costs as much as the server does, so calls a second are those of the pair; the server's
processor time a call is its own all the same.
"""

# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import grpc

sys.path.insert(0, os.environ["BENCH_GENERATED"])

import echo_pb2  # found by the line above
import echo_pb2_grpc


async def main(*, port: int, connections: int, depth: int, warm: float, seconds: float, message: str) -> None:
    """Call until the time is over, and print the figures."""
    request = echo_pb2.Small(msg=message)
    latencies: list[float] = []
    total = 0
    # A pool of its own for each channel: else all of them share one connection.
    channels = [
        grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)])
        for _ in range(connections)
    ]
    started = time.perf_counter() + warm

    async def caller(stub: Any) -> None:
        nonlocal total
        while (began := time.perf_counter()) < started + seconds:
            await stub.Again(request)
            total += 1
            if began > started:
                latencies.append(time.perf_counter() - began)

    stubs = [echo_pb2_grpc.EchoStub(channel) for channel in channels]
    await asyncio.gather(*(caller(stub) for stub in stubs for _ in range(depth)))
    took = time.perf_counter() - started
    latencies.sort()
    p50, p99 = (latencies[int(len(latencies) * share)] * 1e6 for share in (0.5, 0.99))
    print(json.dumps({"seconds": took, "calls": len(latencies), "total": total, "p50": p50, "p99": p99}))
    sys.stdout.flush()
    os._exit(0)  # closing hundreds of channels one by one takes longer than the measurement


if __name__ == "__main__":
    asyncio.run(
        main(
            port=int(sys.argv[1]),
            connections=int(sys.argv[2]),
            depth=int(sys.argv[3]),
            warm=float(sys.argv[4]),
            seconds=float(sys.argv[5]),
            message=Path(sys.argv[6]).read_text(),
        )
    )
