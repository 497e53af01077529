"""Importing generated code: 1,000 structs against 1,000 empty slotted classes with the same `__init__`.

Promise (design/output.md §2): at most 1.5 times. Run: `python tests/benchmarks/bench_import.py`; status 1 when broken.
Both modules are compiled beforehand, so that what is timed is what every start of a program pays; each import runs in
a process of its own, after the runtime's bases are loaded.
"""

from __future__ import annotations

import argparse
import compileall
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from kitexgen.codegen import GenerateOptions, generate  # noqa: E402
from kitexgen.idl import load  # noqa: E402
from tests.benchmarks.table import Table, at_most  # noqa: E402

STRUCTS = 1_000
ROUNDS = 15
LIMIT = 1.5

IDL = """
struct Order{number} {{
  1: required i64 id
  2: string buyer
  3: list<string> items
  4: optional Order{number} previous
  5: map<string, i32> counts
  6: double total = 1.5
}}
"""

TIMER = """
import sys, time, kitexgen.runtime.contract.model
sys.path.insert(0, {folder!r})
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""


def measure(rounds: int = ROUNDS) -> tuple[list[float], list[float]]:
    """Seconds of each round: of the generated module, of the plain one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_modules(folder)
        compileall.compile_dir(folder, quiet=2)
        return _times(folder, rounds)


def table() -> Table:
    generated, plain = measure()
    ratio = statistics.median(generated) / statistics.median(plain)
    return Table(
        "Importing generated code",
        "python tests/benchmarks/bench_import.py",
        f"{STRUCTS:,} structs against as many empty slotted classes with the same `__init__`; milliseconds.",
        ("generated", "empty classes", "ratio", "goal", "verdict"),
        ((_millis(generated), _millis(plain), f"{ratio:.2f}x", *at_most(ratio, LIMIT)),),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    generated, plain = measure(parser.parse_args().rounds)
    ratio = statistics.median(generated) / statistics.median(plain)
    print(f"{STRUCTS} structs {_millis(generated)} ms, empty slotted classes {_millis(plain)} ms: {ratio:.2f}x")
    return 0 if ratio <= LIMIT else 1


def _millis(times: list[float]) -> str:
    low, median, high = statistics.quantiles(times, n=4, method="inclusive")
    return f"{median * 1e3:.1f} ± {(high - low) / 2 * 1e3:.1f}"


def _write_modules(folder: Path) -> None:
    idl = folder / "orders.thrift"
    idl.write_text("".join(IDL.format(number=number) for number in range(STRUCTS)), encoding="utf-8")
    schema = load([idl]).schema
    assert schema is not None
    for file in generate(schema, GenerateOptions()).files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        # The package would import the module twice over: once for itself, once for its names.
        path.write_text("" if path.name == "__init__.py" else file.text, encoding="utf-8")
    text = (folder / "orders" / "orders.py").read_text(encoding="utf-8")
    (folder / "plain.py").write_text(_plain(text), encoding="utf-8")


def _plain(text: str) -> str:
    """The same module with plain classes: `__slots__` and `__init__`, nothing else."""
    classes = re.findall(
        r"class (\w+)\(Struct\):.*?    __match_args__ = (\(.*?\))\n.*?(    def __init__.*?)(?=\n\n\n|\Z)", text, re.S
    )
    assert len(classes) == STRUCTS
    bodies = (f"class {name}:\n    __slots__ = {slots}\n\n{init.rstrip()}\n" for name, slots, init in classes)
    return "from __future__ import annotations\n\n\n" + "\n\n".join(bodies)


def _times(folder: Path, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds for each import; rounds take turns, so that a busy machine hits both."""
    times: tuple[list[float], list[float]] = [], []
    for _ in range(rounds):
        for module, found in zip(("orders.orders", "plain"), times, strict=True):
            code = TIMER.format(folder=str(folder), module=module)
            done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
            found.append(float(done.stdout))
    return times


if __name__ == "__main__":
    sys.exit(main())
