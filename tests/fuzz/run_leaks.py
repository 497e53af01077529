"""What the compiled codec leaves behind after millions of calls: `python tests/fuzz/run_leaks.py --calls 10_000_000`.

Counts blocks of memory, resident memory, and with a debug build of CPython references (`sys.gettotalrefcount`), before
and after the calls of each job: right records, refusals and messages, both ways; and calls of a server, 16 of them in
one of a job (`served_calls`). Nothing may have grown by the number of calls; status 1 if something has.
"""

from __future__ import annotations

import argparse
import gc
import platform
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from kitexgen.runtime import protobuf, thrift  # noqa: E402
from kitexgen.runtime.contract.wellknown.descriptor import (  # noqa: E402
    DescriptorProto,
    FieldDescriptorProto,
    FieldOptions,
    FileDescriptorProto,
)
from kitexgen.runtime.contract.wellknown.struct import ListValue, Value  # noqa: E402
from kitexgen.runtime.contract.wellknown.struct import Struct as JsonObject  # noqa: E402
from kitexgen.runtime.errors import CodecError  # noqa: E402
from kitexgen.runtime.wire import (  # noqa: E402
    append_binary,
    decode_binary,
    read_message_begin,
    write_message_begin,
)
from kitexgen.runtime.wire.native import is_compiled  # noqa: E402
from kitexgen.runtime.wire.protobuf_codec import append_protobuf, decode_protobuf  # noqa: E402
from tests.builders.records import FULL, Choice, Containers, Kept, User  # noqa: E402
from tests.fuzz.served_calls import served_jobs  # noqa: E402

WARM: Final = 300
# Less than one block or reference for so many calls is what Python itself keeps here and there.
CALLS_A_BLOCK: Final = 20
RESIDENT: Final = 2 << 20

RECORDS: Final[tuple[Any, ...]] = (*FULL, thrift.decode(Kept, thrift.encode(User(id=2**40, name="unknown to it"))))
_FIELD: Final = FieldDescriptorProto(name="f", number=7, default_value="x", options=FieldOptions(packed=True))
MESSAGES: Final[tuple[Any, ...]] = (
    FileDescriptorProto(
        name="a.proto",
        message_type=[DescriptorProto(name="M", field=[_FIELD, _FIELD], nested_type=[DescriptorProto(name="N")])],
        public_dependency=[1, 2000],
    ),
    JsonObject(fields={"k": Value(list_value=ListValue(values=[Value(number_value=1.5), Value(bool_value=True)]))}),
)


class Grown(NamedTuple):
    """What there is more of than before. `references` is None without a debug build."""

    blocks: int
    resident: int
    references: int | None

    def is_leak(self, calls: int) -> bool:
        allowed = 200 + calls // CALLS_A_BLOCK
        return max(self.blocks, self.references or 0) > allowed or self.resident > RESIDENT


def jobs() -> dict[str, Callable[[], object]]:
    found: dict[str, Callable[[], object]] = {}
    for record in RECORDS:
        name = type(record).__name__
        for protocol in ("binary", "compact"):
            found[f"{name}, {protocol}"] = partial(_thrift, record, protocol)
        data = thrift.encode(record)
        found[f"{name}, cut"] = partial(_refused, thrift.decode, type(record), data[: len(data) * 2 // 3])
    for message in MESSAGES:
        name, data = type(message).__name__, protobuf.encode(message)
        found[name] = partial(_protobuf, message)
        found[f"{name}, cut"] = partial(_refused, protobuf.decode, type(message), data[: len(data) - 1])
    found["message of a call"] = partial(_call, FULL[1])
    wrong: Any = Containers(matrix=[[0.5]], choices=[Choice(number=1), None])  # type: ignore[list-item]
    found["what cannot be written"] = partial(_refused, thrift.encode, wrong)
    return found | served_jobs()


def grown(function: Callable[[], object], calls: int) -> Grown:
    for _ in range(WARM):
        function()
    before = _counted()
    for _ in range(calls):
        function()
    blocks, resident, references = (now - then for now, then in zip(_counted(), before, strict=True))
    return Grown(blocks, resident, references if hasattr(sys, "gettotalrefcount") else None)


def _counted() -> tuple[int, int, int]:
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096
    return sys.getallocatedblocks(), resident, getattr(sys, "gettotalrefcount", int)()


def _thrift(record: Any, protocol: Any) -> None:
    data = thrift.encode(record, protocol=protocol)
    thrift.decode(type(record), data, protocol=protocol)
    thrift.encoded_size(record, protocol=protocol)


def _protobuf(message: Any) -> None:
    pieces: list[bytes] = []
    append_protobuf(message, pieces)
    decode_protobuf(type(message), b"".join(pieces))
    protobuf.decode(type(message), protobuf.encode(message, deterministic=True))
    protobuf.encoded_size(message)


def _refused(function: Callable[..., object], *arguments: Any) -> None:
    try:
        function(*arguments)
    except CodecError:
        return
    raise AssertionError(f"{function.__name__} took it")


def _call(record: Any) -> None:
    pieces = [write_message_begin("binary", "Method", 1, 70_000)]
    append_binary(record, pieces)
    data = b"".join(pieces)
    decode_binary(type(record), data, read_message_begin("binary", data).at)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", type=int, default=10_000_000, help="of all jobs together")
    parser.add_argument("--only", default="", help="jobs with that in their name")
    arguments = parser.parse_args()
    calls: int = arguments.calls
    assert is_compiled(), "the compiled codec was not built"
    every = {name: job for name, job in jobs().items() if arguments.only in name}
    each = calls // len(every)
    build = "debug build" if hasattr(sys, "gettotalrefcount") else "release build"
    print(f"CPython {platform.python_version()}, {build}; {each} calls of each of {len(every)} jobs")
    began, leaks = time.process_time(), 0
    for name, function in every.items():
        found = grown(function, each)
        leaks += found.is_leak(each)
        references = "" if found.references is None else f"{found.references:+} references, "
        verdict = "  LEAK" if found.is_leak(each) else ""
        print(f"{name:28}{found.blocks:+} blocks, {references}{found.resident:+} bytes{verdict}", flush=True)
    print(f"{leaks} leaks; {time.process_time() - began:.0f} seconds")
    return 1 if leaks else 0


if __name__ == "__main__":
    sys.exit(main())
