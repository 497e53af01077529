"""The table of descriptor.proto's options, and the defaults of features, against the file as it is shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitexgen.diagnostics.report import Report
from kitexgen.idl.proto import features as features_of
from kitexgen.idl.proto.compile import compile_protos
from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldType, MessageDescriptor
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.features import DEFAULTS
from kitexgen.idl.proto.imports import SHIPPED
from kitexgen.idl.proto.interpreted import OptionMessage
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.options import builtin
from kitexgen.idl.read import MAX_BYTES, read_file


@pytest.fixture(scope="module")
def shipped() -> Linked:
    report = Report()
    linked = compile_protos([SHIPPED / builtin.FILE], [SHIPPED], report, read_file, max_bytes=MAX_BYTES)
    assert report.diagnostics == ()
    return linked


def reachable(linked: Linked) -> set[str]:
    """Every options message of descriptor.proto and every message in one."""
    file = linked.pool.file(builtin.FILE)
    pending: list[MessageDescriptor | None] = [each for each in file.messages if each.name.endswith("Options")]
    found: set[str] = set()
    while pending:
        message = pending.pop()
        assert message is not None
        if message.full_name not in found:
            found.add(message.full_name)
            pending += [
                linked.pool.message(field.type_name) for field in message.fields if field.type is FieldType.MESSAGE
            ]
    return found


def shape(field: FieldDescriptor) -> tuple[object, ...]:
    return (field.name, field.full_name, field.file, field.path, field.number, field.label, field.type, field.type_name)


def test_messages_and_fields(shipped: Linked) -> None:
    assert set(builtin.names()) == reachable(shipped)
    for name in builtin.names():
        message = shipped.pool.message(name)
        known = builtin.fields(name)
        assert message is not None
        assert known is not None
        assert [shape(field) for field in known.values()] == [shape(field) for field in message.fields]


def test_enums(shipped: Linked) -> None:
    for name in builtin.names():
        for field in (builtin.fields(name) or {}).values():
            if field.type is FieldType.ENUM:
                enum = shipped.pool.enum(field.type_name)
                assert enum is not None
                assert builtin.enum_values(field.type_name) == {value.name: value.number for value in enum.values}


def test_what_options_say_of_options(shipped: Linked) -> None:
    types = shipped.interpretation.types
    for name in builtin.names():
        message = shipped.pool.message(name)
        assert message is not None
        for field in message.fields:
            assert types.traits(field) == builtin.traits(field.full_name)


def test_no_field_is_packed_or_delimited(shipped: Linked) -> None:
    """As `Types` takes for granted of built-in fields."""
    types = shipped.interpretation.types
    for name in builtin.names():
        message = shipped.pool.message(name)
        assert message is not None
        assert not any(types.is_packed(field) or types.is_delimited(field) for field in message.fields)


@pytest.mark.parametrize("edition", list(Edition))
def test_defaults_of_features(shipped: Linked, edition: Edition) -> None:
    message = shipped.pool.message("google.protobuf.FeatureSet")
    assert message is not None
    for field in message.fields:
        options = shipped.options.of(field).find("edition_defaults")
        assert options is not None
        defaults = {}
        for each in options.values:
            assert isinstance(each, OptionMessage)
            name = each.get("value")
            assert isinstance(name, bytes)
            defaults[each.get("edition")] = name.decode()
        newest = max(number for number in defaults if isinstance(number, int) and number <= edition)
        assert getattr(DEFAULTS[edition], field.name).name == defaults[newest]


def test_values_of_features(shipped: Linked) -> None:
    """Each enum of ours has the values of the shipped one, but for the first, which says nothing."""
    message = shipped.pool.message("google.protobuf.FeatureSet")
    assert message is not None
    for field in message.fields:
        enum = shipped.pool.enum(field.type_name)
        assert enum is not None
        known = getattr(features_of, enum.name)
        assert {each.name: each.value for each in known} == {value.name: value.number for value in enum.values[1:]}


def test_shipped_files_are_protocs() -> None:
    tools = pytest.importorskip("grpc_tools")
    theirs = Path(tools.__file__).parent / "_proto"
    names = {path.relative_to(theirs).as_posix() for path in theirs.rglob("*.proto")}
    assert names == {path.relative_to(SHIPPED).as_posix() for path in SHIPPED.rglob("*.proto")}
    for name in names:
        assert (SHIPPED / name).read_bytes() == (theirs / name).read_bytes(), name
