"""The codecs that the benchmark compares: ours, and rivals on the same data.

A rival that is not installed is left out. Each maker returns what makes the candidate of a payload.
"""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from kitexgen.codegen import GenerateOptions, generate
from kitexgen.idl import load
from kitexgen.runtime import protobuf, thrift
from tests.benchmarks.codec_payloads import PY_PACKED, STRUCTS, build, given

IDL: Final = Path(__file__).with_name("codec.thrift")
PROTO: Final = IDL.with_suffix(".proto")

OURS: Final = "kitexgen"
CYTHON: Final = "thriftpy2 cython"
SLOW_THRIFTPY2: Final = "thriftpy2 pure"
APACHE: Final = "apache pure"
ACCELERATED: Final = "apache C"
MSGSPEC: Final = "msgspec"
UPB: Final = "protobuf upb"
UPB_UNTOUCHED: Final = "upb untouched"
COPY: Final = "one copy"


class Candidate(NamedTuple):
    """How one codec writes and reads one payload."""

    encode: Callable[[], bytes]
    decode: Callable[[], Any]


Maker = Callable[[str, Mapping[str, Any]], Candidate]


def ours(folder: Path) -> Maker:
    """Generates the package `ours` into `folder`."""
    classes = _generated(IDL, folder, "ours", GenerateOptions())

    def candidate(struct: str, data: Mapping[str, Any]) -> Candidate:
        record = build(struct, given(struct, data), classes)
        return Candidate(partial(thrift.encode, record), partial(thrift.decode, classes[struct], thrift.encode(record)))

    return candidate


def ours_protobuf(folder: Path) -> Maker:
    """Generates the package `ours_protobuf` into `folder`."""
    classes = _generated(PROTO, folder, "ours_protobuf", GenerateOptions(py_packed=PY_PACKED))

    def candidate(struct: str, data: Mapping[str, Any]) -> Candidate:
        message = build(struct, given(struct, data), classes)
        wire = protobuf.encode(message)
        return Candidate(partial(protobuf.encode, message), partial(protobuf.decode, classes[struct], wire))

    return candidate


def _generated(idl: Path, folder: Path, package: str, options: GenerateOptions) -> dict[str, Any]:
    loaded = load([idl])
    assert loaded.schema is not None
    for file in generate(loaded.schema, options).files:
        path = folder / package / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    return vars(importlib.import_module(f"{package}.payloads.codec"))


def thriftpy2(is_cython: bool) -> Maker:
    import thriftpy2  # noqa: PLC0415
    from thriftpy2.protocol.binary import TBinaryProtocol  # noqa: PLC0415
    from thriftpy2.transport import TMemoryBuffer  # noqa: PLC0415

    module = thriftpy2.load(str(IDL), module_name="bench_codec_thrift")
    classes = {name: getattr(module, name) for name in STRUCTS}
    protocol: Any = TBinaryProtocol
    buffer: Any = TMemoryBuffer
    if is_cython:
        protocol = importlib.import_module("thriftpy2.protocol.cybin").TCyBinaryProtocol
        buffer = importlib.import_module("thriftpy2.transport.memory").TCyMemoryBuffer

    def candidate(struct: str, data: Mapping[str, Any]) -> Candidate:
        record = build(struct, data, classes)
        cls = classes[struct]

        def encode() -> bytes:
            transport = buffer()
            protocol(transport).write_struct(record)
            written: bytes = transport.getvalue()
            return written

        wire = encode()

        def decode() -> Any:
            found = cls()
            protocol(buffer(wire)).read_struct(found)
            return found

        return Candidate(encode, decode)

    return candidate


def apache(folder: Path, is_accelerated: bool) -> Maker | None:
    compiler = shutil.which("thrift")
    if compiler is None:
        return None
    from thrift.protocol import TBinaryProtocol as protocols  # noqa: PLC0415
    from thrift.transport.TTransport import TMemoryBuffer  # noqa: PLC0415

    if is_accelerated and importlib.util.find_spec("thrift.protocol.fastbinary") is None:
        return None
    protocol = protocols.TBinaryProtocolAccelerated if is_accelerated else protocols.TBinaryProtocol
    out = folder / "apache"
    if not out.exists():
        out.mkdir()
        subprocess.run([compiler, "--gen", "py:slots", "-out", str(out), str(IDL)], check=True)
        sys.path.append(str(out))
    classes = vars(importlib.import_module("payloads.ttypes"))

    def candidate(struct: str, data: Mapping[str, Any]) -> Candidate:
        record = build(struct, data, classes)
        cls = classes[struct]

        def encode() -> bytes:
            transport = TMemoryBuffer()
            record.write(protocol(transport))
            written: bytes = transport.getvalue()
            return written

        wire = encode()

        def decode() -> Any:
            found = cls()
            found.read(protocol(TMemoryBuffer(wire)))
            return found

        return Candidate(encode, decode)

    return candidate


def msgspec() -> Maker | None:
    """MessagePack, and typed structs with the names of their fields on the wire."""
    if importlib.util.find_spec("msgspec") is None:
        return None
    library: Any = importlib.import_module("msgspec")
    classes: dict[str, Any] = {}
    numbers = {"y": int, "h": int, "i": int, "l": int, "j": int}
    texts = dict.fromkeys(("s1", "s2", "s3"), str)
    small = classes["Small"] = library.defstruct("Small", [*{"b": bool, "d": float, **numbers, **texts}.items()])
    leaf = classes["Leaf"] = library.defstruct("Leaf", [("id", int), ("value", str)])
    leaves = list[leaf]  # type: ignore[valid-type]  # made here
    classes["Mid"] = library.defstruct("Mid", [("id", int), ("value", str), ("leaves", leaves)])
    nested = {"action": str, "msg": str, "tags": dict[str, str], "items": leaves, "flag": classes["Mid"]}
    classes["Nested"] = library.defstruct("Nested", [*nested.items()])
    of_v = {
        "ListI64": list[int],
        "ListI64Packed": list[int],
        "ListDouble": list[float],
        "Strings": list[str],
        "Blob": bytes,
        "MapStrI64": dict[str, int],
        "ListStruct": list[small],  # type: ignore[valid-type],
    }
    classes |= {name: library.defstruct(name, [("v", type_)]) for name, type_ in of_v.items()}

    def candidate(struct: str, data: Mapping[str, Any]) -> Candidate:
        encode = partial(library.msgpack.Encoder().encode, build(struct, data, classes))
        return Candidate(encode, partial(library.msgpack.Decoder(classes[struct]).decode, encode()))

    return candidate


def _google(folder: Path) -> dict[str, Any] | None:
    """The classes of upb; None where it is not installed."""
    if importlib.util.find_spec("grpc_tools") is None:
        return None
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO.parent}", f"--python_out={folder}", str(PROTO)]
    subprocess.run(command, check=True)
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    return vars(importlib.import_module("codec_pb2"))


def upb_untouched(folder: Path) -> Maker | None:
    """The upb of Google on messages that are there already, and of which no field is read: no Python value is made."""
    classes = _google(folder)
    if classes is None:
        return None

    def candidate(struct: str, data: Mapping[str, Any]) -> Candidate:
        message = _MAKERS.get(struct, _whole)(classes, struct, data)
        return Candidate(message.SerializeToString, partial(classes[struct].FromString, message.SerializeToString()))

    return candidate


def upb(folder: Path) -> Maker | None:
    """The upb of Google, with a Python value for every field: messages are made from values, and all fields read."""
    classes = _google(folder)
    if classes is None:
        return None

    def candidate(struct: str, data: Mapping[str, Any]) -> Candidate:
        cls, read, of_v = classes[struct], _READERS.get(struct, list), struct not in ("Small", "Nested", "Mid", "Leaf")
        make = partial(_MAKERS.get(struct, _whole), classes, struct, data)
        wire = make().SerializeToString()

        def decode() -> Any:
            message = cls.FromString(wire)
            return read(message.v if of_v else message)

        return Candidate(lambda: make().SerializeToString(), decode)

    return candidate


def _whole(classes: Mapping[str, Any], struct: str, data: Mapping[str, Any]) -> Any:
    return classes[struct](**data)


def _nested(classes: Mapping[str, Any], struct: str, data: Mapping[str, Any]) -> Any:
    leaf, flag = classes["Leaf"], data["flag"]
    return classes[struct](
        action=data["action"],
        msg=data["msg"],
        tags=data["tags"],
        items=[leaf(**each) for each in data["items"]],
        flag=classes["Mid"](id=flag["id"], value=flag["value"], leaves=[leaf(**each) for each in flag["leaves"]]),
    )


def _list_struct(classes: Mapping[str, Any], struct: str, data: Mapping[str, Any]) -> Any:
    small = classes["Small"]
    return classes[struct](v=[small(**each) for each in data["v"]])


def _read_small(m: Any) -> object:
    return m.b, m.y, m.h, m.i, m.l, m.d, m.s1, m.s2, m.s3, m.j


def _read_nested(m: Any) -> object:
    leaves = [(each.id, each.value) for each in m.flag.leaves]
    return m.action, m.msg, dict(m.tags), [(each.id, each.value) for each in m.items], m.flag.id, m.flag.value, leaves


_MAKERS: Final = {"Nested": _nested, "ListStruct": _list_struct}
_READERS: Final[Mapping[str, Callable[[Any], object]]] = {
    "Small": _read_small,
    "Nested": _read_nested,
    "ListStruct": lambda found: [_read_small(each) for each in found],
    "MapStrI64": dict,
    "Blob": lambda found: found,
}


def one_copy(struct: str, data: Mapping[str, Any]) -> Candidate:
    """The bytes of a blob copied once: nothing that hands out bytes of its own can be faster."""
    view = memoryview(data["v"])
    return Candidate(partial(bytes, view), partial(bytes, view))
