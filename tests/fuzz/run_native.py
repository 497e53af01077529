"""Fuzz the compiled codec with libFuzzer, AddressSanitizer and UBSan: `python tests/fuzz/run_native.py --seconds 60`.

Needs clang with its runtime (Debian: clang, libclang-rt-14-dev) and a Python with a shared library. What is linked is
the codec, `native_driver.c`, which says what an input is and what makes it bad, and a Python. Nothing is left to the
codec in Python, which has its own fuzzing: so all the time goes into C. `--serving` is about calls of a server instead,
from the socket to the socket, with handlers that wait and are cancelled; there the long way has what is not usual. The
first bad input ends the run, and is kept in the working folder; `run_native.py FILE` runs it again.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
FLAGS: Final = (
    *("-g", "-O1", "-fno-omit-frame-pointer", "-DKX_ONE_TARGET"),
    *("-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"),
)
LIMITS: Final = ("-max_len=4096", "-timeout=10", "-rss_limit_mb=3000", "-malloc_limit_mb=64", "-detect_leaks=0")
# Half as many inputs a second again: weights of rare features, and comparisons with magic numbers, which are not there.
QUICKER: Final = ("-entropic=0", "-use_cmp=0", "-reduce_inputs=0")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("inputs", nargs="*", type=Path, help="inputs to run again")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--serving", action="store_true", help="calls through sockets instead of what they are made of")
    parser.add_argument("--seed", type=int, default=None, help="that of an earlier run")
    arguments = parser.parse_args()
    seed = random.randrange(1, 1 << 31) if arguments.seed is None else arguments.seed
    with tempfile.TemporaryDirectory() as folder:
        driver = build(Path(folder))
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        chosen = arguments.inputs or [f"-max_total_time={arguments.seconds}", f"-seed={seed}", "-print_final_stats=1"]
        began = time.monotonic()
        done = subprocess.run(
            [driver, *LIMITS, *QUICKER, *chosen, *([] if arguments.inputs else [corpus])],
            env=environment(corpus, "tests.fuzz.native_serving" if arguments.serving else "tests.fuzz.native_targets"),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    print(done.stdout, end="")
    verdict = "none bad" if done.returncode == 0 else "BAD, see above"
    print(f"{verdict}; {time.monotonic() - began:.0f} seconds, seed {seed}")
    return done.returncode


def build(folder: Path) -> Path:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (extension,) = settings["tool"]["setuptools"]["ext-modules"]
    sources = [ROOT / source for source in extension["sources"]]
    library = sysconfig.get_config_var("LIBDIR")
    python = re.sub(r"^lib|\.so.*$", "", sysconfig.get_config_var("INSTSONAME"))
    driver = folder / "driver"
    command = [os.environ.get("CC", "clang"), *FLAGS, f"-I{sysconfig.get_paths()['include']}", *sources]
    command += [ROOT / "tests" / "fuzz" / "native_driver.c", "-o", driver]
    subprocess.run([*command, f"-L{library}", f"-Wl,-rpath,{library}", f"-l{python}"], check=True)
    return driver


def environment(corpus: Path, targets: str) -> dict[str, str]:
    return {
        **os.environ,
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1:allocator_may_return_null=1:malloc_context_size=2",
        "PYTHONMALLOC": "malloc",  # each object a block of its own, which the sanitizer guards
        "PYTHONPATH": str(ROOT),
        "KITEXGEN_PURE": "0",
        "KX_PYTHON": sys.executable,
        "KX_CORPUS": str(corpus),
        "KX_TARGETS": targets,
    }


if __name__ == "__main__":
    sys.exit(main())
