"""What a server costs a call: ours, its rivals, the floor and the ceiling, in one run.

    python tests/benchmarks/bench_rpc.py [--short] [--servers a,b,...] [--out FILE]

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
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent / "rpc"
SERVER_CORE, LOAD_CORE = 0, 1

sys.path.insert(0, str(ROOT))

from tests.benchmarks.page import write_page  # noqa: E402
from tests.benchmarks.rpc_report import Figures, Found, Shape, median, tables  # noqa: E402
from tests.benchmarks.rpc_requests import MESSAGE, REQUESTS, framed_request, mux_request  # noqa: E402
from tests.peers import kitex_build  # noqa: E402

PACKAGES = ("thriftpy2", "thrift", "grpcio", "uvloop")

HEAD = """# Performance of calls

Written by `make bench-rpc`; run it to see the figures of your own machine. Rivals are measured in the same run and take
turns with us; figures are medians of the rounds. The compiled codec is in use. Kitex is v0.16.3, with GOMAXPROCS=1.
"""

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
    """Run the comparison, print it, and write the page when it is whole; 1 when a goal is missed there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a few shapes, one round of a second")
    parser.add_argument("--servers", help="only these, joined by commas")
    parser.add_argument("--seconds", type=float, help="of one measurement")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--out", type=Path, help="the page; docs/performance-calls.md when nothing is left out")
    chosen = parser.parse_args(arguments)
    reason = cannot_run()
    if reason:
        print(f"skipped: {reason}")
        return 0
    seconds = chosen.seconds or (1.0 if chosen.short else 2.0)
    rounds = chosen.rounds or (1 if chosen.short else 3)
    names = chosen.servers.split(",") if chosen.servers else None
    with tempfile.TemporaryDirectory() as folder:
        tools = build(Path(folder))
        found = measure(rivals(tools, names), SHORT_SHAPES if chosen.short else SHAPES, tools, seconds, rounds)
    out = chosen.out or (None if chosen.short or names else ROOT / "docs" / "performance-calls.md")
    command = f"python tests/benchmarks/bench_rpc.py --rounds {rounds} --seconds {seconds:g}"
    if out is not None:
        return 1 if write_page(out, HEAD, PACKAGES, tables(found, command)) else 0
    for table in tables(found, command):
        print("\n".join(table.markdown()))
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


def rivals(tools: Tools, names: Sequence[str] | None) -> list[Rival]:
    """Those of `names`, all when there are none, that can run here, in the order of the report."""
    found = []
    for rival in known(tools):
        if names is not None and rival.name not in names:
            continue
        if rival.missing:
            print(f"{rival.name:<22} left out: {rival.missing}")
        else:
            found.append(rival)
    return found


def known(tools: Tools) -> Iterator[Rival]:
    """Every server we know."""
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


def measure(chosen: Sequence[Rival], shapes: Sequence[Shape], tools: Tools, seconds: float, rounds: int) -> Found:
    """The medians of `rounds`, each with fresh servers. In a round each has its turn, so that drift hits all alike.

    Shapes that a server cannot cope with are told, and left out.
    """
    pairs = [(rival.name, shape) for rival in chosen for shape in shapes if shape.way in rival.speaks]
    taken: dict[tuple[str, Shape], list[Figures]] = {pair: [] for pair in pairs}
    for _ in range(rounds):
        for (name, shape), figures in [*taken.items()]:
            try:
                figures.append(_measure_once(name, shape, tools, seconds))
            except (RuntimeError, subprocess.SubprocessError) as error:
                print(f"{name:<22} {shape!s:<12} failed: {error}", flush=True)
                del taken[name, shape]
            else:
                print(f"{name:<22} {shape!s:<12} {figures[-1]}", flush=True)
    found = Found()
    for (name, shape), figures in taken.items():
        found.calls.setdefault(name, {})[str(shape)] = median(figures)
    for rival in chosen:
        if not rival.name.startswith("grpc"):
            found.idle[rival.name] = idle_memory(rival.name, tools, 500)
    return found


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
    is_kitex = name in ("kitex", "kitex-mux")
    if is_kitex:
        assert tools.kitex is not None
        command = [str(tools.kitex), *(["--mux"] if name == "kitex-mux" else [])]
    else:
        command = [sys.executable, str(HERE / "servers.py"), name]
    environment = {**os.environ, "BENCH_GENERATED": str(tools.generated), "GOMAXPROCS": "1"}
    with subprocess.Popen(
        ["taskset", "-c", str(SERVER_CORE), *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if is_kitex else None,  # which complains of each stream that is closed
        env=environment,
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


if __name__ == "__main__":
    sys.exit(main())
