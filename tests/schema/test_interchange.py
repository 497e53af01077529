from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitexgen.schema import (
    PACKAGE,
    BadInterchange,
    DeclId,
    Enum,
    EnumMember,
    EnumValue,
    Extension,
    Field,
    Include,
    ListOf,
    ListValue,
    Method,
    Module,
    ModuleId,
    Namespace,
    Oneof,
    Option,
    ProtoEncoding,
    Record,
    RecordKind,
    RecordValue,
    Ref,
    Requirement,
    Reserved,
    Scalar,
    ScalarKind,
    Schema,
    Service,
    Streaming,
    from_json,
    to_json,
)
from kitexgen.source.span import Span
from tests.strategies.schemas import schemas


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(schemas(uuids=True))
def test_a_schema_survives_json(schema: Schema) -> None:
    assert from_json(json.loads(json.dumps(to_json(schema)))) == schema


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(schemas(), st.data())
def test_what_is_no_schema_is_refused(schema: Schema, data: st.DataObject) -> None:
    """Take any one thing away or put something else in its place: never another exception."""
    broken = json.loads(json.dumps(to_json(schema)))
    spot = broken
    while True:
        keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if isinstance(spot[key], dict | list) and spot[key] and data.draw(st.booleans()):
            spot = spot[key]
            continue
        spot[key] = data.draw(st.sampled_from([None, "x", 7, [], {}, [[]]]))
        break
    with suppress(BadInterchange):
        from_json(broken)


def test_what_only_protobuf_says_survives_json() -> None:
    at = Span("a.proto", 3, 9)
    inner, color = DeclId(ModuleId("a.proto"), "Outer.Inner"), DeclId(ModuleId("a.proto"), "Color")
    common: dict[str, Any] = {"doc": None, "annotations": (), "span": at, "name_span": at}
    value = RecordValue(inner, (("x", float("-inf")), ("kinds", ListValue((EnumValue(color, 1, "RED"),)))))
    options = (Option("deprecated", True, at), Option("(pkg.note)", value, at))
    number = Field(
        id=536870911,
        name="number",
        type=ListOf(Scalar(ScalarKind.SFIXED64)),
        requirement=Requirement.DEFAULT,
        default=None,
        oneof="which",
        encoding=ProtoEncoding(is_packed=True),
        json_name="Number",
        options=options,
        **common,
    )
    plain = replace(number, oneof=None, encoding=ProtoEncoding(), options=())
    message = Record(
        id=inner,
        kind=RecordKind.MESSAGE,
        fields=(number, plain),
        oneofs=(Oneof(name="which", doc="one of", options=options, span=at, name_span=at),),
        reserved=Reserved(((4, 5), (1000, 536870911)), ("old",)),
        extension_ranges=((100, 199),),
        is_message_set=True,
        options=options,
        **common,
    )
    members = (EnumMember(name="RED", number=-1, options=options, **common),)
    enum = Enum(
        id=color, members=members, is_closed=True, reserved=Reserved(names=("BLUE",)), options=options, **common
    )
    extension = Extension(id=DeclId(ModuleId("a.proto"), "Outer.note"), extendee=inner, field=number)
    request = Field(id=1, name="request", type=Ref(inner), requirement=Requirement.REQUIRED, default=None, **common)
    method = Method(
        name="Talk",
        arguments=(request,),
        result=Ref(inner),
        throws=(),
        is_oneway=False,
        streaming=Streaming.BIDIRECTIONAL,
        options=options,
        **common,
    )
    service = Service(id=DeclId(ModuleId("a.proto"), "S"), base=None, methods=(method,), options=options, **common)
    module = Module(
        id=ModuleId("a.proto"),
        language="proto",
        doc=None,
        namespaces=(Namespace(PACKAGE, "pkg", (), at),),
        includes=(Include("b.proto", ModuleId("b.proto"), at, is_public=True, is_option=True),),
        declarations=(message, enum, extension, service),
        syntax="2023",
        import_path="x/a.proto",
        options=options,
    )
    schema = Schema((module,), (module.id,))
    assert from_json(json.loads(json.dumps(to_json(schema), allow_nan=False))) == schema
    assert schema.full_name(inner) == "pkg.Outer.Inner"


def test_another_version_is_refused() -> None:
    with pytest.raises(BadInterchange, match="version 2 is not 1"):
        from_json({"version": 2, "roots": [], "modules": []})
