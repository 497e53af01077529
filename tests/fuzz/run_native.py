"""Fuzz the compiled codec, built with AddressSanitizer and UBSan: `python tests/fuzz/run_native.py --seconds 60`.

Builds it with gcc or clang into a temporary folder and starts over with the sanitizer loaded. Right messages of every
shape are spoiled at random and read as every record, in both protocols; what could be read is written again. Nothing is
left to Python, whose codec has its own fuzzing: so all the time goes into C. The first mistake ends the run.
"""

from __future__ import annotations

import argparse
import importlib.machinery
import importlib.util
import os
import random
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
NAME: Final = "kitexgen.runtime.wire._native"
FLAGS: Final = (
    *("-shared", "-fPIC", "-g", "-O1", "-fno-omit-frame-pointer", "-DKX_ONE_TARGET"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
)
HUGE: Final = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\xff\xff", b"\xff\xff\xff\xff\x07")
sys.path.insert(0, str(ROOT))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None, help="that of an earlier run")
    parser.add_argument("--module", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    seed = random.randrange(1 << 32) if arguments.seed is None else arguments.seed
    if arguments.module is not None:
        return fuzz(arguments.module, arguments.seconds, seed)
    with tempfile.TemporaryDirectory() as folder:
        module = build(Path(folder))
        command = [sys.executable, __file__, "--seconds", str(arguments.seconds), "--seed", str(seed)]
        return subprocess.run([*command, "--module", str(module)], env=environment(), check=False).returncode


def compiler() -> str:
    return os.environ.get("CC", "gcc")


def build(folder: Path) -> Path:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (extension,) = settings["tool"]["setuptools"]["ext-modules"]
    sources = [str(ROOT / source) for source in extension["sources"]]
    target = folder / f"_native{sysconfig.get_config_var('EXT_SUFFIX')}"
    include = sysconfig.get_paths()["include"]
    subprocess.run([compiler(), *FLAGS, f"-I{include}", *sources, "-o", str(target)], check=True)
    return target


def environment() -> dict[str, str]:
    found = subprocess.run([compiler(), "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    return {
        **os.environ,
        "LD_PRELOAD": found.stdout.strip(),
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1:allocator_may_return_null=1",
        "PYTHONMALLOC": "malloc",  # each object a block of its own, which the sanitizer guards
        "KITEXGEN_PURE": "0",
    }


def fuzz(path: Path, seconds: float, seed: int) -> int:
    from kitexgen.runtime import wire  # noqa: PLC0415 - the module under test comes first

    loader = importlib.machinery.ExtensionFileLoader(NAME, str(path))
    spec = importlib.util.spec_from_file_location(NAME, path, loader=loader)
    assert spec is not None
    module: Any = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    sys.modules[NAME] = module
    vars(wire)["_native"] = module

    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415 - as above, all that follow
    from hypothesis import strategies as st  # noqa: PLC0415

    from kitexgen.runtime import thrift  # noqa: PLC0415
    from kitexgen.runtime.wire import native  # noqa: PLC0415
    from tests.builders.generated import generate_code  # noqa: PLC0415
    from tests.builders.records import ALL  # noqa: PLC0415
    from tests.strategies.values import is_inhabited, records  # noqa: PLC0415

    assert native.is_compiled()
    idl = ROOT / "tests" / "codegen" / "fastcodec" / "everything.thrift"
    with tempfile.TemporaryDirectory() as folder:
        generated = generate_code([idl], Path(folder)).records()
    classes = [cls for cls in (*ALL, *generated) if is_inhabited(cls)]
    seeds: list[tuple[str, bytes]] = []

    @settings(
        max_examples=3000, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
    )
    @given(st.one_of([records(cls) for cls in classes]))
    def collect(record: Any) -> None:
        seeds.extend((protocol, thrift.encode(record, protocol=protocol)) for protocol in ("binary", "compact"))

    collect()
    print(f"{_spoil(module, classes, seeds, seconds, random.Random(seed))}; none bad (seed {seed})")
    return 0


class Refused(Exception):
    """The compiled codec leaves an input to Python."""


def refuse(*_: Any, **__: Any) -> None:
    raise Refused


def _spoil(module: Any, classes: list[Any], seeds: list[tuple[str, bytes]], seconds: float, rng: random.Random) -> str:
    for name in ("encode", "decode"):
        module.install(name, refuse)
    decode, encode = module.decode, module.encode
    inputs = read = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for _ in range(100):
            protocol, message = rng.choice(seeds)
            data = bytes(spoiled(message, rng, seeds))
            for cls in rng.sample(classes, 8):
                inputs += 1
                try:
                    record = decode(cls, data, protocol=protocol)
                except Refused:
                    continue
                read += 1
                try:
                    encode(record, protocol=protocol)
                except Refused:
                    continue  # a union without a member, or with two
    return f"{inputs} inputs, {read} of them read, out of {len(seeds)} messages"


def spoiled(message: bytes, rng: random.Random, seeds: list[tuple[str, bytes]]) -> bytearray:
    """A message with up to four changes."""
    data = bytearray(message)
    for _ in range(rng.randrange(5)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(7):
            case 0:
                data[at : at + 1] = bytes((rng.randrange(256),))
            case 1:
                data[at:at] = rng.randbytes(rng.randrange(6))
            case 2:
                del data[at : at + rng.randrange(1, 9)]
            case 3:
                data[at : at + 4] = rng.choice(HUGE)
            case 4:
                del data[at:]
            case 5:
                data[at:at] = rng.choice(seeds)[1]
            case 6:
                if at < len(data):
                    data[at] ^= 1 << rng.randrange(8)
    return data


if __name__ == "__main__":
    sys.exit(main())
