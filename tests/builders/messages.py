"""The same messages twice: as Python that kitexgen generates, and as Google's own classes (upb)."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from kitexgen.codegen import GenerateOptions
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.wire.protobuf_table import message_table
from tests.builders.generated import GeneratedCode, generate_code

HERE = Path(__file__).parent
FILES = ("messages2.proto", "messages3.proto", "messages2023.proto", "messages_json.proto", "messages_arrays.proto")


@dataclass(frozen=True)
class Pair:
    """A message class of ours and the one of Google for the same message."""

    ours: type[Any]
    theirs: Any

    def __repr__(self) -> str:
        return self.ours.__schema__[1]


def google_classes(
    paths: Sequence[Path | str], *, include_dirs: Sequence[Path] = (), with_extensions: bool = False
) -> dict[str, Any]:
    """Google's message classes for all messages of some files, by full name, without those of map entries.

    Files are found in `include_dirs`, or around themselves where there are none. Without their extensions, messages
    keep these as unknown fields, as ours do.
    """
    protoc = pytest.importorskip("grpc_tools.protoc", reason="grpcio-tools makes the descriptors that upb reads")
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # noqa: PLC0415  # as the line above
    from google.protobuf.internal import api_implementation  # noqa: PLC0415

    assert api_implementation.Type() == "upb"
    out = Path(mkdtemp()) / "set.bin"
    around = [] if include_dirs else sorted({Path(path).parent for path in paths})
    roots = [f"-I{root}" for root in (*include_dirs, *around)]
    wellknown = Path(protoc.__file__).parent / "_proto"
    names = [str(path) for path in paths]
    assert protoc.main(["protoc", *roots, f"-I{wellknown}", "--include_imports", f"-o{out}", *names]) == 0
    files = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        if not with_extensions:
            _drop_extensions(file)
        pool.Add(file)
    found: dict[str, Any] = {}
    pending = [each for file in files.file for each in pool.FindFileByName(file.name).message_types_by_name.values()]
    while pending:
        each = pending.pop()
        if not each.GetOptions().map_entry:
            found[each.full_name] = message_factory.GetMessageClass(each)
        pending += each.nested_types
    return found


def _drop_extensions(file: Any) -> None:
    del file.extension[:]
    pending = list(file.message_type)
    while pending:
        each = pending.pop()
        del each.extension[:]
        pending += each.nested_type


@cache
def generated() -> GeneratedCode:
    options = GenerateOptions(py_packed=["messages_arrays"])
    return generate_code([HERE / name for name in FILES], Path(mkdtemp()), options=options)


@cache
def pairs() -> dict[str, Pair]:
    """Every message of `FILES` by its full name."""
    theirs = google_classes([HERE / name for name in FILES])
    ours = {record.__schema__[1]: record for record in generated().records() if issubclass(record, Message)}
    return {name: Pair(ours[name], theirs[name]) for name in sorted(ours)}


def assert_same(ours: Any, theirs: Any) -> None:
    """Both hold the same: what is set, and every value. Text that is no UTF-8 is theirs to keep, but not to show."""
    try:
        shown = _plain_of_theirs(theirs)
    except UnicodeDecodeError:
        return
    assert _plain_of_ours(ours) == shown


def _plain_of_ours(message: Any) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for field in message_table(type(message)).fields:
        value = getattr(message, field.attribute)
        if value is None or (field.is_repeated and not value):
            continue
        if not field.is_repeated and not field.is_explicit and _is_zero(value):
            continue
        found[field.number] = _plain(value)
    return found


def _is_zero(value: Any) -> bool:
    return not value and not (isinstance(value, float) and math.copysign(1, value) < 0)


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return _plain_of_ours(value)
    if isinstance(value, list | array):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    if isinstance(value, float):
        return repr(value)
    return int(value) if isinstance(value, int) else value


def _plain_of_theirs(message: Any) -> dict[int, Any]:
    return {field.number: _their_plain(field, value) for field, value in message.ListFields() if not field.is_extension}


def _their_plain(field: Any, value: Any) -> Any:
    if field.message_type and field.message_type.GetOptions().map_entry:
        inner = field.message_type.fields_by_name["value"]
        return {key: _their_plain(inner, value[key]) for key in value}
    if field.is_repeated and not isinstance(value, (str, bytes)) and hasattr(value, "__len__"):
        return [_their_one(field, item) for item in value]
    return _their_one(field, value)


def _their_one(field: Any, value: Any) -> Any:
    if field.message_type:
        return _plain_of_theirs(value)
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    if isinstance(value, float):
        return repr(value)
    return int(value) if isinstance(value, int) else value
