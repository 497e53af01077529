"""What a server costs a call: ours, its rivals, the floor and the ceiling, in one run.

    python tests/benchmarks/bench_rpc.py [--short] [--servers a,b,...] [--json FILE]

The server has one core to itself, the load (`rpc/load.c`, built here by `cc`) another, as its own process. A call
brings and takes 1 KB. Figures are medians of the rounds; `C x D` is C connections with D calls in flight on each.
Rivals whose packages are not installed are named and left out; without a C compiler or two cores nothing can be
measured.

gRPC is loaded by its own Python client (`rpc/grpc_load.py`), which is as slow as the server: compare processor times.
They also say more than calls a second where other work shares the machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent / "rpc"
SERVER_CORE, LOAD_CORE = 0, 1
MESSAGE = b"m" * 1000

sys.path.insert(0, str(ROOT))

from kitexgen.runtime.framing.stream_frame import FrameKind, StreamFrame, encode_frame  # noqa: E402 - found there
from kitexgen.runtime.framing.ttheader import Flag, TTHeader, encode_header  # noqa: E402
from kitexgen.runtime.framing.ttheader_keys import IntKey  # noqa: E402
from tests.peers import kitex_build  # noqa: E402


@dataclass(frozen=True, slots=True)
class Shape:
    """How calls come.

    `way` is framed, or `full`: TTHeader with metainfo and a timeout, through two middlewares; or `mux`: TTHeader with
    the flag that lets replies come in any order; or `stream`: calls are messages of one stream a connection.
    """

    connections: int
    depth: int
    way: str = "framed"

    def __str__(self) -> str:
        return f"{self.connections}x{self.depth}" + ("" if self.way == "framed" else f" {self.way}")


SHAPES = (
    Shape(1, 1),
    Shape(64, 1),
    Shape(64, 1, "full"),
    Shape(512, 1),
    Shape(1, 64),
    Shape(1, 64, "mux"),
    Shape(64, 1, "stream"),
    Shape(1, 64, "stream"),
)
SHORT_SHAPES = (Shape(64, 1), Shape(64, 1, "full"), Shape(1, 64), Shape(1, 64, "mux"), Shape(64, 1, "stream"))


@dataclass(frozen=True, slots=True)
class Figures:
    """Calls a second; latencies and processor time of the server a call in microseconds."""

    qps: float
    p50: float
    p99: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Tools:
    """What was built for this run. `kitex` is None without Go."""

    load: Path
    generated: Path
    kitex: Path | None


@dataclass(frozen=True, slots=True)
class Rival:
    """A server of the comparison: `missing` says why it cannot run here, if it cannot."""

    name: str
    missing: str | None
    speaks: frozenset[str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="two shapes, one round of a second")
    parser.add_argument("--servers", help="only these, joined by commas")
    parser.add_argument("--seconds", type=float, help="of one measurement")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    chosen = parser.parse_args(arguments)
    reason = cannot_run()
    if reason:
        print(f"skipped: {reason}")
        return 0
    seconds = chosen.seconds or (1.0 if chosen.short else 3.0)
    rounds = chosen.rounds or (1 if chosen.short else 3)
    with tempfile.TemporaryDirectory() as folder:
        tools = build(Path(folder))
        names = chosen.servers.split(",") if chosen.servers else None
        table: dict[str, dict[str, Figures]] = {}
        for rival in rivals(tools):
            if names is not None and rival.name not in names:
                continue
            if rival.missing:
                print(f"{rival.name:<22} left out: {rival.missing}")
                continue
            table[rival.name] = measure_all(rival, SHORT_SHAPES if chosen.short else SHAPES, tools, seconds, rounds)
            if not rival.name.startswith("grpc"):
                idle = idle_memory(rival.name, tools, 200 if chosen.short else 500)
                print(f"{rival.name:<22} idle      {idle:9.1f} KB a connection", flush=True)
    print_ratios(table)
    if chosen.json:
        found = {name: {shape: asdict(each) for shape, each in row.items()} for name, row in table.items()}
        chosen.json.write_text(json.dumps(found, indent=1))
    return 0


def cannot_run() -> str | None:
    """Why nothing can be measured here, if so."""
    if not sys.platform.startswith("linux"):
        return "the load generator uses epoll"
    if shutil.which("cc") is None:
        return "there is no `cc` to build the load generator with"
    if not {SERVER_CORE, LOAD_CORE} <= os.sched_getaffinity(0):
        return "server and load need a core each"
    return None


def build(folder: Path) -> Tools:
    """The load generator, the generated code, and the Kitex peer."""
    load = folder / "load"
    subprocess.run(["cc", "-O2", "-o", load, HERE / "load.c"], check=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ours = [sys.executable, "-m", "kitexgen", "gen", "--quiet", "--out", str(folder / "kitex_gen")]
    subprocess.run([*ours, str(HERE / "echo.thrift")], check=True, env=environment, cwd=folder)
    if shutil.which("thrift"):
        subprocess.run(["thrift", "--gen", "py:slots", "-o", folder, HERE / "echo.thrift"], check=True)
    if importlib.util.find_spec("grpc_tools"):
        command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{HERE}", f"--python_out={folder}"]
        subprocess.run([*command, f"--grpc_python_out={folder}", HERE / "echo.proto"], check=True)
    return Tools(load, folder, _kitex_peer())


def _kitex_peer() -> Path | None:
    try:
        return kitex_build.build().server
    except kitex_build.PeersUnavailable:
        return None


def rivals(tools: Tools) -> Iterator[Rival]:
    """Every server we know, in the order of the report."""
    framed = frozenset({"framed"})
    ours = frozenset({"framed", "mux", "stream"})
    uvloop = _without("uvloop")
    grpc = _without("grpc", "grpc_tools")
    thriftpy2 = _without("thriftpy2")
    apache = _without("thrift") or (None if shutil.which("thrift") else "no thrift compiler")
    yield Rival("echo-asyncio", None, framed)
    yield Rival("echo-asyncio-buffered", None, framed)
    yield Rival("echo-uvloop", uvloop, framed)
    yield Rival("echo-uvloop-buffered", uvloop, framed)
    yield Rival("kitexgen", None, ours)
    yield Rival("kitexgen-full", None, frozenset({"full"}))
    yield Rival("kitexgen-waiting", None, ours)
    yield Rival("kitexgen-plain", None, ours)
    yield Rival("kitexgen-uvloop", uvloop, ours)
    yield Rival("thriftpy2-threads", thriftpy2, framed)
    yield Rival("thriftpy2-asyncio", thriftpy2, framed)
    yield Rival("apache-threads", apache, framed)
    yield Rival("apache-nonblocking", apache, framed)
    yield Rival("grpcio-threads", grpc, framed)
    yield Rival("grpcio-asyncio", grpc, framed)
    go = None if tools.kitex else "no Go to build it with"
    yield Rival("kitex", go, frozenset({"framed", "full", "stream"}))
    yield Rival("kitex-mux", go, frozenset({"mux"}))


def _without(*modules: str) -> str | None:
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    return f"{' and '.join(missing)} not installed" if missing else None


def measure_all(rival: Rival, shapes: Sequence[Shape], tools: Tools, seconds: float, rounds: int) -> dict[str, Figures]:
    """The figures of one server by shape; shapes that it cannot cope with are told, and left out."""
    found: dict[str, Figures] = {}
    for shape in shapes:
        if shape.way not in rival.speaks:
            continue
        name = f"{rival.name:<22} {shape!s:<9}"
        try:
            figures = found[str(shape)] = measure(rival.name, shape, tools, seconds, rounds)
        except (RuntimeError, subprocess.SubprocessError) as error:
            print(f"{name} failed: {error}", flush=True)
            continue
        latencies = f"p50 {figures.p50:8.0f}   p99 {figures.p99:8.0f} us"
        print(f"{name} {figures.qps:9,.0f} calls/s   {latencies}   {figures.cpu:6.1f} us of CPU a call", flush=True)
    return found


def measure(name: str, shape: Shape, tools: Tools, seconds: float, rounds: int) -> Figures:
    """The median of `rounds`, each with a fresh server."""
    found = [_measure_once(name, shape, tools, seconds) for _ in range(rounds)]
    return Figures(*(statistics.median(values) for values in zip(*map(_values, found), strict=True)))


def _values(figures: Figures) -> tuple[float, float, float, float]:
    return figures.qps, figures.p50, figures.p99, figures.cpu


def _measure_once(name: str, shape: Shape, tools: Tools, seconds: float) -> Figures:
    with running(name, tools) as (pid, port):
        before = _cpu_seconds(pid)
        figures, total = _load(name, tools, port, shape, seconds)
        if not total:
            raise RuntimeError("no call was answered")
        return Figures(figures.qps, figures.p50, figures.p99, (_cpu_seconds(pid) - before) / total * 1e6)


@contextmanager
def running(name: str, tools: Tools) -> Iterator[tuple[int, int]]:
    """A server on its core: its process id and port."""
    if name.startswith("kitex") and not name.startswith("kitexgen"):
        assert tools.kitex is not None
        command = [str(tools.kitex), *(["--mux"] if name == "kitex-mux" else [])]
    else:
        command = [sys.executable, str(HERE / "servers.py"), name]
    environment = {**os.environ, "BENCH_GENERATED": str(tools.generated), "GOMAXPROCS": "1"}
    with subprocess.Popen(
        ["taskset", "-c", str(SERVER_CORE), *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as server:
        try:
            assert server.stdout is not None
            first = server.stdout.readline().decode()
            if not first:
                raise RuntimeError(f"{name} did not start")
            yield server.pid, int(first) if first[0].isdigit() else int(json.loads(first)["address"].rpartition(":")[2])
        finally:
            server.kill()


def _load(name: str, tools: Tools, port: int, shape: Shape, seconds: float) -> tuple[Figures, int]:
    """The figures but for processor time, and how many calls were answered, those of the warming up too."""
    request = tools.generated / "request"
    more: list[Path] = []
    if name.startswith("grpc"):
        request.write_bytes(MESSAGE)
        program = [sys.executable, HERE / "grpc_load.py"]
    else:
        opening, message = REQUESTS[shape.way]()
        request.write_bytes(message)
        program = [tools.load]
        if opening:
            (tools.generated / "opening").write_bytes(opening)
            more = [tools.generated / "opening"]
    command = ["taskset", "-c", LOAD_CORE, *program, port, shape.connections, shape.depth, 0.5, seconds, request, *more]
    done = subprocess.run(
        [str(part) for part in command],
        check=True,
        stdout=subprocess.PIPE,
        timeout=seconds + 20,
        env={**os.environ, "BENCH_GENERATED": str(tools.generated)},
    )
    told = json.loads(done.stdout)
    return Figures(told["calls"] / told["seconds"], told["p50"], told["p99"], 0.0), told["total"]


def framed_request() -> bytes:
    """A call of `small` with 1 KB of message, framed Thrift Binary."""
    return struct.pack(">I", len(_call())) + _call()


def full_request() -> bytes:
    """The same behind a TTHeader as a Kitex client writes it, with a timeout and two persistent values."""
    ints = {
        IntKey.TRANSPORT_TYPE.value: "framed",
        IntKey.FROM_SERVICE.value: "bench.load",
        IntKey.TO_SERVICE.value: "bench.echo",
        IntKey.TO_METHOD.value: "small",
        IntKey.RPC_TIMEOUT.value: "1000",
        IntKey.FROM_METHOD.value: "main",
        IntKey.MSG_TYPE.value: "1",
    }
    strings = {"isn": "Echo", "RPC_PERSIST_tenant": "acme", "RPC_PERSIST_log-id": "02173485920934857"}
    message = framed_request()
    return encode_header(TTHeader(sequence_id=7, string_infos=strings, int_infos=ints), len(message)) + message


def mux_request() -> bytes:
    """The same behind a bare TTHeader that lets the reply come in any order."""
    return encode_header(TTHeader(sequence_id=7, flags=Flag.OUT_OF_ORDER), len(_call())) + _call()


def _opening() -> bytes:
    """What opens a stream of `bidi`."""
    frame = StreamFrame(kind=FrameKind.HEADER, stream_id=1, method="bidi", infos={"isn": "Echo"})
    return b"".join(encode_frame(frame))


def _message() -> bytes:
    """A message of 1 KB for it."""
    return b"".join(encode_frame(StreamFrame(kind=FrameKind.DATA, stream_id=1, method="bidi", payload=_small())))


def _small() -> bytes:
    return b"\x0b\x00\x01" + struct.pack(">i", len(MESSAGE)) + MESSAGE + b"\x00"


def _call() -> bytes:
    begin = b"\x80\x01\x00\x01" + struct.pack(">i", 5) + b"small" + struct.pack(">i", 7)
    return begin + b"\x0c\x00\x01" + _small() + b"\x00"


REQUESTS: dict[str, Callable[[], tuple[bytes, bytes]]] = {
    "framed": lambda: (b"", framed_request()),
    "full": lambda: (b"", full_request()),
    "mux": lambda: (b"", mux_request()),
    "stream": lambda: (_opening(), _message()),
}
"""For each way calls come: what opens a connection, and what is sent again and again."""


def idle_memory(name: str, tools: Tools, count: int) -> float:
    """Resident KB for each connection that made one call and stands idle; the kernel's share is not in it."""
    with running(name, tools) as (pid, port):
        connections: list[socket.socket] = []
        request = mux_request() if name == "kitex-mux" else framed_request()
        try:
            _open_and_call(connections, 10, port, request)  # what the first calls load is no connection's
            before = _resident_kb(pid)
            _open_and_call(connections, count, port, request)
            return (_resident_kb(pid) - before) / count
        finally:
            for each in connections:
                each.close()


def _open_and_call(connections: list[socket.socket], count: int, port: int, request: bytes) -> None:
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port), 10)
        connections.append(connection)
        connection.sendall(request)
        if not connection.recv(1 << 16):
            raise RuntimeError("a connection was closed before its reply")


def _resident_kb(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1])


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def print_ratios(table: dict[str, dict[str, Figures]]) -> None:
    """What the others need for a call, as a multiple of what ours needs."""
    for ours in ("kitexgen", "kitexgen-full", "kitexgen-uvloop"):
        if ours not in table:
            continue
        print(f"\nprocessor time a call, and calls a second, as multiples of those of {ours}")
        for name, row in table.items():
            if name.startswith("kitexgen"):
                continue
            shared = {shape: (each, table[ours][shape]) for shape, each in row.items() if shape in table[ours]}
            if not shared:
                continue
            ratios = (f"{shape}: {its.cpu / us.cpu:.2f}, {its.qps / us.qps:.2f}" for shape, (its, us) in shared.items())
            print(f"  {name:<22} {'   '.join(ratios)}")


if __name__ == "__main__":
    sys.exit(main())
