"""Fuzz the compiled codec, built with AddressSanitizer and UBSan: `python tests/fuzz/run_native.py --seconds 60`.

Builds it with gcc or clang into a temporary folder and starts over with the sanitizer loaded. Right messages of every
shape are spoiled at random and read as every record, in Thrift binary and compact and in Protobuf, and as answers that
a client cuts out of what it receives, a quarter of the time each; what could be read is written again. Nothing is left
to Python, whose codec has its own fuzzing: so all the time goes into C. The first mistake ends the run.
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
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
NAME: Final = "kitexgen.runtime.wire._native"
FLAGS: Final = (
    *("-shared", "-fPIC", "-g", "-O1", "-fno-omit-frame-pointer", "-DKX_ONE_TARGET"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
)
FORMATS: Final = ("binary", "compact", "protobuf", "answers")
HUGE: Final = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\xff\xff", b"\xff\xff\xff\xff\x07")
sys.path.insert(0, str(ROOT))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None, help="that of an earlier run")
    parser.add_argument("--only", choices=FORMATS, help="one format alone, all of the time")
    parser.add_argument("--module", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    seed = random.randrange(1 << 32) if arguments.seed is None else arguments.seed
    if arguments.module is not None:
        return fuzz(arguments.module, arguments.seconds, seed, arguments.only)
    with tempfile.TemporaryDirectory() as folder:
        module = build(Path(folder))
        command = [sys.executable, __file__, "--seconds", str(arguments.seconds), "--seed", str(seed)]
        only = ["--only", arguments.only] if arguments.only else []
        return subprocess.run([*command, *only, "--module", str(module)], env=environment(), check=False).returncode


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


def fuzz(path: Path, seconds: float, seed: int, only: str | None) -> int:
    from kitexgen.runtime import wire  # noqa: PLC0415 - the module under test comes first

    loader = importlib.machinery.ExtensionFileLoader(NAME, str(path))
    spec = importlib.util.spec_from_file_location(NAME, path, loader=loader)
    assert spec is not None
    module: Any = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    sys.modules[NAME] = module
    vars(wire)["_native"] = module

    from kitexgen.runtime.wire import native  # noqa: PLC0415 - as above

    assert native.is_compiled()
    with tempfile.TemporaryDirectory() as folder:
        formats = [] if only in ("protobuf", "answers") else thrift_formats(Path(folder), module)
        formats += [] if only in ("binary", "compact", "answers") else [protobuf_format(module)]
        formats += [] if only in ("binary", "compact", "protobuf") else [answers_format(module)]
    formats = [format for format in formats if only is None or format.name.endswith(only)]
    chance = random.Random(seed)
    share = seconds / len(formats)
    for format in formats:
        print(f"{format.name}: {_spoil(format, share, chance)}", flush=True)
    print(f"none bad (seed {seed})")
    return 0


class Refused(Exception):
    """The compiled codec leaves an input to Python."""


@dataclass(frozen=True)
class Format:
    """A way to write records: `messages` are right ones of `classes`."""

    name: str
    classes: list[Any]
    messages: list[bytes]
    decode: Callable[[Any, bytes], Any]
    encode: Callable[[Any], bytes]


def alone(module: Any, name: str) -> Any:
    """The compiled function with nothing behind it but a refusal."""

    def refuse(*_: Any, **__: Any) -> None:
        raise Refused

    return module.install(name, refuse)


def values(strategies: list[Any], count: int) -> list[Any]:
    """About `count` values that these strategies draw."""
    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415 - not before the module under test
    from hypothesis import strategies as st  # noqa: PLC0415

    found: list[Any] = []

    @settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
    )
    @given(st.one_of(strategies))
    def collect(record: Any) -> None:
        found.append(record)

    collect()
    return found


def thrift_formats(folder: Path, module: Any) -> list[Format]:
    from kitexgen.runtime import thrift  # noqa: PLC0415 - not before the module under test, as all that follow
    from tests.builders.generated import generate_code  # noqa: PLC0415
    from tests.builders.records import ALL  # noqa: PLC0415
    from tests.strategies.values import is_inhabited, records  # noqa: PLC0415

    idl = ROOT / "tests" / "codegen" / "fastcodec" / "everything.thrift"
    classes = [cls for cls in (*ALL, *generate_code([idl], folder).records()) if is_inhabited(cls)]
    found = values([records(cls) for cls in classes], 3000)
    protocols: tuple[Any, ...] = ("binary", "compact")
    messages = {protocol: [thrift.encode(record, protocol=protocol) for record in found] for protocol in protocols}
    encode, decode = alone(module, "encode"), alone(module, "decode")
    return [
        Format(
            f"Thrift {name}", classes, messages[name], partial(decode, protocol=name), partial(encode, protocol=name)
        )
        for name in protocols
    ]


def protobuf_format(module: Any) -> Format:
    from kitexgen.runtime import protobuf  # noqa: PLC0415 - as above
    from kitexgen.runtime.model.message import Message  # noqa: PLC0415
    from tests.builders.messages import generated  # noqa: PLC0415
    from tests.strategies.messages import is_inhabited, messages  # noqa: PLC0415

    every: list[Any] = [cls for cls in generated().records() if issubclass(cls, Message)]
    classes = [cls for cls in every if is_inhabited(cls)]
    found = [protobuf.encode(message) for message in values([messages(cls) for cls in classes], 3000)]
    return Format("protobuf", classes, found, alone(module, "decode_message"), alone(module, "encode_message"))


def answers_format(module: Any) -> Format:
    """Replies as a client receives them; what is spoiled is opened alone, and as the first of many."""
    from kitexgen.runtime import framing  # noqa: PLC0415 - as above
    from kitexgen.runtime.framing.ttheader import encode_header  # noqa: PLC0415
    from kitexgen.runtime.protocol.usual_call import NOT_USUAL, info_area, opening_of  # noqa: PLC0415
    from kitexgen.runtime.wire.thrift_types import MessageKind  # noqa: PLC0415
    from tests.builders.services import ADD, ALL, ECHO, PING, PLAIN, Note, result  # noqa: PLC0415
    from tests.builders.whole import pack  # noqa: PLC0415

    results = (
        (PING, result(PING)),
        (ADD, result(ADD, success=2**30)),
        (PLAIN, result(PLAIN, success="text" * 30)),
        (ECHO, result(ECHO, success=Note(text="text", count=-1))),
        (ALL, result(ALL, success=[Note(text="text"), Note(text="")])),
    )
    formats = (framing.FRAMED_BINARY, framing.TTHEADER_BINARY, framing.TTHEADER_FRAMED_BINARY)
    header = framing.TTHeader(sequence_id=7, int_infos={22: "2"})
    replies = [
        pack(format, MessageKind.REPLY, method.name, 7, record, header=header)
        for method, record in results
        for format in formats
    ]
    infos = info_area(encode_header(header, 8), 0)
    opening = {method.result: opening_of(method) for method, _ in results}
    take, open_alone = alone(module, "take_usual_answers"), alone(module, "open_usual_answer")

    class Future:
        def set_result(self, value: object) -> None:
            self.value = value

    def decode(cls: Any, data: bytes) -> object:
        value = open_alone(data, 7, opening[cls], infos, 1 << 20)
        if not take(data, {7: (Future(), opening[cls])}, infos, 1 << 20) and value is NOT_USUAL:
            raise Refused
        return value

    return Format("answers", [method.result for method, _ in results], replies, decode, lambda value: value)


def _spoil(format: Format, seconds: float, chance: random.Random) -> str:
    inputs = read = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for _ in range(100):
            data = bytes(spoiled(chance.choice(format.messages), chance, format.messages))
            for cls in chance.sample(format.classes, min(8, len(format.classes))):
                inputs += 1
                try:
                    record = format.decode(cls, data)
                except Refused:
                    continue
                read += 1
                try:
                    format.encode(record)
                except Refused:
                    continue  # a union without a member, a required field that is not set
    return f"{inputs} inputs, {read} of them read, out of {len(format.messages)} messages"


def spoiled(message: bytes, chance: random.Random, messages: list[bytes]) -> bytearray:
    """A message with up to four changes."""
    data = bytearray(message)
    for _ in range(chance.randrange(5)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(7):
            case 0:
                data[at : at + 1] = bytes((chance.randrange(256),))
            case 1:
                data[at:at] = chance.randbytes(chance.randrange(6))
            case 2:
                del data[at : at + chance.randrange(1, 9)]
            case 3:
                data[at : at + 4] = chance.choice(HUGE)
            case 4:
                del data[at:]
            case 5:
                data[at:at] = chance.choice(messages)
            case 6:
                if at < len(data):
                    data[at] ^= 1 << chance.randrange(8)
    return data


if __name__ == "__main__":
    sys.exit(main())
