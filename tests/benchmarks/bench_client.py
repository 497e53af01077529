"""What a call costs a client: ours, its rivals and floors, in one run.

    python tests/benchmarks/bench_client.py [--short] [--clients a,b,...] [--seconds S] [--rounds N]

The client has one core to itself; what answers, on another, is a C program that sends the same bytes every time
(`rpc/answer.c`, built here by `cc`), so that no server is what is measured; some cases have servers of ours and of
rivals instead. A call brings and takes 1 KB, but where numbers are said. Figures are medians of the rounds, which take
the clients of a case in turns. Prints tables of Markdown, and writes `docs/performance-clients.md` when nothing is left
out. Exits with 1 when a goal is missed. On a busy machine the processor time says more than calls a second.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent / "rpc"
CLIENT_CORE, SERVER_CORE = 1, 0
MESSAGE = b"m" * 1000
_CHANCE = random.Random(7)
NUMBERS = [_CHANCE.getrandbits(64) - (1 << 63) for _ in range(10_000)]

sys.path.insert(0, str(ROOT))

from kitexgen.runtime.framing.ttheader import TTHeader, encode_header  # noqa: E402 - found there
from kitexgen.runtime.framing.ttheader_keys import IntKey  # noqa: E402
from tests.benchmarks.page import write_page  # noqa: E402
from tests.benchmarks.table import HELD, MISSED, Table  # noqa: E402


@dataclass(frozen=True, slots=True)
class Case:
    """`callers` at work at once on `method`, the answer in `way` (`framed` or `ttheader`).

    The first client of each pair in `goals` must come to so many calls a second; the first in `times` must be at least
    so many times as fast as the second, by median latency. `server` is one of `servers.py` that is called instead, or
    `own` for that of `number_servers.py` that goes with the client. Where both are on `one_core`, a call takes as long
    as all the work for it; otherwise waking a processor that sleeps comes on top, twice.
    """

    title: str
    callers: int
    clients: tuple[str, ...]
    way: str = "framed"
    method: str = "small"
    goals: tuple[tuple[str, float], ...] = ()
    times: tuple[tuple[str, str, float], ...] = ()
    server: str = ""
    one_core: bool = False


PACKAGES = ("thriftpy2", "thrift", "uvloop")

HEAD = """# Performance of clients

Written by `make bench-client`; run it to see the figures of your own machine. The client has one core, what answers
another: a C program that sends the same bytes every time, where nothing else is said. A call brings and takes 1 KB.
Rivals take turns with us in the same run; figures are medians. The compiled codec is in use.
"""

OWN_SERVERS = (
    "On two cores a call twice waits until a processor that sleeps is awake, whoever makes it: for as many bytes a bare"
    " socket takes 69 to 71 µs there, and 33 on one core. On one core a call takes as long as all the work for it."
    " On two it was 8.3 to 10 times as fast.",
    "Designs on two cores, median µs of the whole call: a server that reads 80 KB in two parts 216, one that goes on"
    " reading much at a time 90, one that reads and answers in one compiled run 87; with a client, too, that goes on"
    " reading much at a time 72 to 86. Of the client alone: an answer that goes through the decoder 152, one that is"
    " joined once 60 to 80.",
    "Waking the other side sooner, bare sockets in C: all at once 59 to 70; a first part of 1, 4, 8 or 16 KB sent ahead"
    " 60, 60, 60 to 80 and 60 to 79; in parts of 32, 16 and 8 KB 61, 62 and 102.",
)

MUX = ("kitexgen-mux", "kitexgen-mux-timeout", "kitexgen-mux-uvloop")
POOLED = ("kitexgen-long", "kitexgen-long-timeout", "kitexgen-long-uvloop", "bare-asyncio", "thriftpy2-asyncio")
BLOCKING = ("kitexgen-blocking", "kitexgen-blocking-timeout", "bare-socket", "thriftpy2", "apache")
CASES = (
    Case("one multiplexed connection, 64 callers", 64, MUX, "ttheader", goals=(("kitexgen-mux", 120_000),)),
    Case("one multiplexed connection, 512 callers", 512, MUX, "ttheader", goals=(("kitexgen-mux", 250_000),)),
    Case("the same against our server on uvloop", 64, MUX, server="kitexgen-uvloop"),
    Case("pooled connections, 64 callers", 64, POOLED, goals=(("kitexgen-long", 65_000),)),
    Case("64 threads", 64, ("thriftpy2", "apache")),
    Case("blocking, one caller", 1, BLOCKING, times=(("kitexgen-blocking", "bare-socket", 1 / 1.1),)),
    Case(
        "10,000 numbers each way, one caller, our client with packed lists",
        1,
        ("kitexgen-blocking", "bare-socket", "thriftpy2", "apache"),
        method="numbers",
    ),
    Case(
        "the same, each with a server of its own",
        1,
        ("kitexgen-blocking", "thriftpy2"),
        method="numbers",
        times=(("kitexgen-blocking", "thriftpy2", 10),),
        server="own",
    ),
    Case(
        "the same, client and server on one core",
        1,
        ("kitexgen-blocking", "thriftpy2"),
        method="numbers",
        times=(("kitexgen-blocking", "thriftpy2", 10),),
        server="own",
        one_core=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Calls a second; processor time a call, median latency (0 where it is not measured): microseconds."""

    qps: float
    cpu: float
    p50: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="one round of a second")
    parser.add_argument("--clients", help="only these, joined by commas")
    parser.add_argument("--cases", help="only those whose numbers (from 0), joined by commas, are given")
    parser.add_argument("--seconds", type=float, help="of one measurement")
    parser.add_argument("--rounds", type=int)
    chosen = parser.parse_args(arguments)
    reason = cannot_run()
    if reason:
        print(f"skipped: {reason}")
        return 0
    seconds = chosen.seconds or (1.0 if chosen.short else 3.0)
    rounds = chosen.rounds or (1 if chosen.short else 5)
    names = None if chosen.clients is None else set(chosen.clients.split(","))
    numbers = range(len(CASES)) if chosen.cases is None else [*map(int, chosen.cases.split(","))]
    tables = measured(numbers, names, seconds, rounds)
    if not chosen.short and names is None and len(numbers) == len(CASES):
        return min(write_page(ROOT / "docs" / "performance-clients.md", HEAD, PACKAGES, tables), 1)
    missed = 0
    for table in tables:
        print("\n".join(table.markdown()), flush=True)
        missed += table.missed
    return min(missed, 1)


def measured(numbers: Sequence[int], names: set[str] | None, seconds: float, rounds: int) -> Iterator[Table]:
    """The tables of these cases, of the clients that can run here, and are named if any are."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        for number in numbers:
            case = CASES[number]
            clients = [name for name in case.clients if _is_here(name) and (names is None or name in names)]
            if clients:
                yield table_of(case, measure(case, clients, Path(folder), seconds, rounds), rounds, seconds)


def cannot_run() -> str | None:
    """Why nothing can be measured here, if so."""
    if not sys.platform.startswith("linux"):
        return "what answers uses epoll"
    if shutil.which("cc") is None:
        return "there is no `cc` to build what answers with"
    if not {SERVER_CORE, CLIENT_CORE} <= os.sched_getaffinity(0):
        return "client and server need a core each"
    return None


def build(folder: Path) -> None:
    """What answers, its answers, and the generated code."""
    subprocess.run(["cc", "-O2", "-o", folder / "answer", HERE / "answer.c"], check=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ours = [sys.executable, "-m", "kitexgen", "gen", "--quiet", "--out", str(folder / "kitex_gen")]
    subprocess.run([*ours, HERE / "client.thrift", HERE / "echo.thrift"], check=True, env=environment, cwd=folder)
    if shutil.which("thrift"):
        subprocess.run(["thrift", "--gen", "py:slots", "-o", folder, HERE / "client.thrift"], check=True)
    for method, answer in (("small", _small()), ("numbers", _numbers())):
        body = b"\x80\x01\x00\x02" + struct.pack(">i", len(method)) + method.encode() + bytes(4) + answer
        framed = struct.pack(">I", len(body)) + body
        header = TTHeader(sequence_id=0, int_infos={IntKey.MSG_TYPE.value: "2"})
        (folder / f"{method}-framed").write_bytes(framed)
        (folder / f"{method}-ttheader").write_bytes(encode_header(header, len(framed)) + framed)


def _small() -> bytes:
    return b"\x0c\x00\x00\x0b\x00\x01" + struct.pack(">i", len(MESSAGE)) + MESSAGE + b"\x00\x00"


def _numbers() -> bytes:
    return b"\x0f\x00\x00\x0a" + struct.pack(f">i{len(NUMBERS)}q", len(NUMBERS), *NUMBERS) + b"\x00"


def _is_here(name: str) -> bool:
    """Whether the packages of a client are installed; says so if not."""
    needed = {"thriftpy2": "thriftpy2", "apache": "thrift"}.get(name.partition("-")[0])
    if name.endswith("uvloop"):
        needed = "uvloop"
    is_here = needed is None or importlib.util.find_spec(needed) is not None
    if not is_here or (name == "apache" and not shutil.which("thrift")):
        print(f"{name} left out: {needed} is not installed")
        return False
    return True


def measure(case: Case, clients: Sequence[str], folder: Path, seconds: float, rounds: int) -> dict[str, Figures]:
    """The medians of each client."""
    found: dict[str, list[Figures]] = {name: [] for name in clients}
    for _ in range(rounds):
        for name in clients:
            found[name].append(_measure_once(case, name, folder, seconds))
    return {
        name: Figures(
            *(statistics.median(values) for values in zip(*((f.qps, f.cpu, f.p50) for f in each), strict=True))
        )
        for name, each in found.items()
    }


def _measure_once(case: Case, name: str, folder: Path, seconds: float) -> Figures:
    with _answering(case, name, folder) as port:
        program = [sys.executable, HERE / "clients.py", name, port, case.callers, seconds, case.method]
        done = subprocess.run(
            ["taskset", "-c", str(CLIENT_CORE), *map(str, program)],
            check=True,
            stdout=subprocess.PIPE,
            timeout=seconds + 60,
            env={**os.environ, "BENCH_GENERATED": str(folder)},
        )
    told = json.loads(done.stdout)
    if not told["calls"]:
        raise RuntimeError(f"{name}: no call was answered")
    return Figures(told["calls"] / told["seconds"], told["cpu"] / told["calls"] * 1e6, told.get("p50", 0.0))


@contextmanager
def _answering(case: Case, name: str, folder: Path) -> Iterator[str]:
    """The port of what answers the client `name`, while it does."""
    command: list[str | Path] = [folder / "answer", folder / f"{case.method}-{case.way}"]
    if case.server == "own":
        command = [sys.executable, HERE / "number_servers.py", name.partition("-")[0]]
    elif case.server:
        command = [sys.executable, HERE / "servers.py", case.server]
    with subprocess.Popen(
        ["taskset", "-c", str(CLIENT_CORE if case.one_core else SERVER_CORE), *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "BENCH_GENERATED": str(folder)},
    ) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().decode().strip()
        finally:
            server.kill()


def table_of(case: Case, found: dict[str, Figures], rounds: int, seconds: float) -> Table:
    """What is shown of a case."""
    rows = []
    for name, figures in found.items():
        goal, verdict = _verdict(case, name, found)
        p50 = f"{figures.p50:.1f}" if figures.p50 else ""
        rows.append((name, f"{figures.qps:,.0f}", f"{figures.cpu:.2f}", p50, goal, verdict))
    how = f"--rounds {rounds} --seconds {seconds:g} --cases {CASES.index(case)}"
    return Table(
        title=f"{case.title[0].upper()}{case.title[1:]}",
        command=f"python tests/benchmarks/bench_client.py {how}",
        says="Calls a second, processor microseconds of the client a call, and median latency in microseconds.",
        header=("client", "calls/s", "CPU us/call", "p50 us", "goal", ""),
        rows=tuple(rows),
        remarks=OWN_SERVERS if case.one_core else (),
    )


def _verdict(case: Case, name: str, found: dict[str, Figures]) -> tuple[str, str]:
    for client, goal in case.goals:
        if client == name:
            return f"{goal:,.0f} calls/s", HELD if found[name].qps >= goal else MISSED
    for client, other, least in case.times:
        if client == name and other in found:
            ratio = found[other].p50 / found[name].p50
            if least < 1:
                return f"p50 at most {1 / least:.2f} of {other}, is {1 / ratio:.2f}", HELD if ratio >= least else MISSED
            return f"{least:g} times as fast as {other}, is {ratio:.1f}", HELD if ratio >= least else MISSED
    return "", ""


if __name__ == "__main__":
    sys.exit(main())
