"""What the schema says of .proto files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitexgen.idl import load
from kitexgen.schema.declarations import Enum, Extension, Field, ProtoEncoding, Record, RecordKind, Requirement
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.interchange import from_json, to_json
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Service, Streaming
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, Value

MODULE = ModuleId("main.proto")


def schema_of(text: str) -> Schema:
    def read(path: Path) -> bytes:
        if path != Path("main.proto"):
            raise FileNotFoundError(path)
        return text.encode()

    loaded = load(["main.proto"], read=read)
    assert loaded.schema is not None, loaded.report.diagnostics
    assert from_json(to_json(loaded.schema)) == loaded.schema
    return loaded.schema


def record(schema: Schema, name: str) -> Record:
    found = schema.find(DeclId(MODULE, name))
    assert isinstance(found, Record)
    return found


def field(schema: Schema, name: str, holder: str = "M") -> Field:
    return next(field for field in record(schema, holder).fields if field.name == name)


def test_a_file() -> None:
    schema = schema_of(
        '// licence\n\nsyntax = "proto3";\n\n// What shops say.\npackage shop.v1;\n'
        'import "google/protobuf/any.proto"; option java_package = "shop";\nmessage M { google.protobuf.Any any = 1; }'
    )
    module = schema.module(MODULE)
    assert (module.language, module.syntax, module.import_path) == ("proto", "proto3", "main.proto")
    assert module.namespace("package") == "shop.v1"
    assert module.doc == "What shops say."
    assert [(option.name, option.value) for option in module.options] == [("java_package", "shop")]
    assert [(include.path, include.target.path) for include in module.includes] == [
        ("google/protobuf/any.proto", "google/protobuf/any.proto")
    ]
    assert schema.full_name(DeclId(MODULE, "M")) == "shop.v1.M"
    assert schema.roots == (MODULE,)


def test_declarations_come_in_the_order_of_the_text() -> None:
    schema = schema_of(
        'syntax = "proto3"; service S { rpc F(A) returns (B); } message A { message In { enum E { Z = 0; } } }'
        " enum C { Y = 0; } message B {}"
    )
    names = [declaration.id.name for declaration in schema.module(MODULE).declarations]
    assert names == ["S", "A", "A.In", "A.In.E", "C", "B"]
    assert record(schema, "A").kind is RecordKind.MESSAGE


@pytest.mark.parametrize(
    ("head", "written", "requirement"),
    [
        ('syntax = "proto2"', "required int32 a = 1;", Requirement.REQUIRED),
        ('syntax = "proto2"', "optional int32 a = 1;", Requirement.OPTIONAL),
        ('syntax = "proto3"', "int32 a = 1;", Requirement.DEFAULT),
        ('syntax = "proto3"', "optional int32 a = 1;", Requirement.OPTIONAL),
        ('syntax = "proto3"', "M a = 1;", Requirement.OPTIONAL),
        ('syntax = "proto3"', "oneof o { int32 a = 1; }", Requirement.OPTIONAL),
        ('syntax = "proto3"', "repeated int32 a = 1;", Requirement.DEFAULT),
        ('syntax = "proto3"', "map<int32, M> a = 1;", Requirement.DEFAULT),
        ('edition = "2023"', "int32 a = 1;", Requirement.OPTIONAL),
        ('edition = "2023"', "int32 a = 1 [features.field_presence = IMPLICIT];", Requirement.DEFAULT),
        ('edition = "2023"', "M a = 1 [features.field_presence = LEGACY_REQUIRED];", Requirement.REQUIRED),
    ],
)
def test_presence(head: str, written: str, requirement: Requirement) -> None:
    assert field(schema_of(f"{head}; message M {{ {written} }}"), "a").requirement is requirement


@pytest.mark.parametrize(
    ("head", "written", "encoding"),
    [
        ('syntax = "proto2"', "repeated int32 a = 1;", ProtoEncoding()),
        ('syntax = "proto2"', "repeated int32 a = 1 [packed = true];", ProtoEncoding(is_packed=True)),
        ('syntax = "proto3"', "repeated int32 a = 1;", ProtoEncoding(is_packed=True)),
        ('syntax = "proto3"', "repeated int32 a = 1 [packed = false];", ProtoEncoding()),
        ('syntax = "proto3"', "repeated string a = 1;", ProtoEncoding(checks_utf8=True)),
        ('syntax = "proto2"', "optional string a = 1;", ProtoEncoding()),
        ('syntax = "proto3"', "map<string, int32> a = 1;", ProtoEncoding(checks_utf8=True)),
        ('syntax = "proto3"', "map<int32, bytes> a = 1;", ProtoEncoding()),
        ('syntax = "proto2"', "optional group A = 1 {}", ProtoEncoding(is_delimited=True)),
        ('edition = "2023"', "M a = 1 [features.message_encoding = DELIMITED];", ProtoEncoding(is_delimited=True)),
        ('edition = "2023"', "string a = 1 [features.utf8_validation = NONE];", ProtoEncoding()),
    ],
)
def test_encoding(head: str, written: str, encoding: ProtoEncoding) -> None:
    assert field(schema_of(f"{head}; message M {{ {written} }}"), "a").encoding == encoding


def test_types() -> None:
    schema = schema_of('syntax = "proto3"; message M { repeated bytes a = 1; map<string, M> b = 2; sfixed64 c = 3; }')
    assert field(schema, "a").type == ListOf(Scalar(ScalarKind.BINARY))
    assert field(schema, "b").type == MapOf(Scalar(ScalarKind.STRING), Ref(DeclId(MODULE, "M")))
    assert field(schema, "c").type == Scalar(ScalarKind.SFIXED64)
    assert [declaration.id.name for declaration in schema.module(MODULE).declarations] == ["M"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("int32 a = 1 [default = -0x10]", -16),
        ("uint64 a = 1 [default = 18446744073709551615]", 18446744073709551615),
        ("bool a = 1 [default = true]", True),
        ('string a = 1 [default = "a" "\\303\\251"]', "aé"),
        ('bytes a = 1 [default = "\\xff"]', b"\xff"),
        ("double a = 1 [default = -inf]", float("-inf")),
        ("double a = 1 [default = 3]", 3.0),
        ("float a = 1 [default = 0.1]", 0.10000000149011612),
        ("float a = 1 [default = 1e40]", float("inf")),
        ("E a = 1 [default = TWO]", EnumValue(DeclId(MODULE, "E"), 2, "TWO")),
    ],
)
def test_defaults(written: str, value: Value) -> None:
    schema = schema_of(f'syntax = "proto2"; enum E {{ ONE = 1; TWO = 2; }} message M {{ optional {written}; }}')
    found = field(schema, "a").default
    assert found == value
    assert type(found) is type(value)


def test_oneofs_and_json_names() -> None:
    schema = schema_of(
        'syntax = "proto3"; message M {\n/* which */\noneof o { int32 a_b = 1; }'
        ' optional int32 c = 2 [json_name = "see"]; }'
    )
    assert [(oneof.name, oneof.doc) for oneof in record(schema, "M").oneofs] == [("o", "which")]
    assert (field(schema, "a_b").oneof, field(schema, "a_b").json_name) == ("o", "aB")
    assert (field(schema, "c").oneof, field(schema, "c").json_name) == (None, "see")


def test_ranges_have_both_ends_in() -> None:
    schema = schema_of(
        'syntax = "proto2"; message M { reserved 2, 5 to 9; reserved "x"; extensions 100 to max; }'
        " message S { option message_set_wire_format = true; extensions 4 to max; }"
        ' enum E { A = 1; reserved 2 to 3; reserved "B"; }'
    )
    message = record(schema, "M")
    assert message.reserved.ranges == ((2, 2), (5, 9))
    assert message.reserved.names == ("x",)
    assert message.extension_ranges == ((100, 536870911),)
    assert not message.is_message_set
    assert record(schema, "S").is_message_set
    assert record(schema, "S").extension_ranges == ((4, 2147483646),)
    enum = schema.find(DeclId(MODULE, "E"))
    assert isinstance(enum, Enum)
    assert enum.is_closed
    assert enum.reserved.ranges == ((2, 3),)
    assert enum.reserved.names == ("B",)


def test_extensions_and_options() -> None:
    schema = schema_of(
        """syntax = "proto2";
        package p;
        import "google/protobuf/descriptor.proto";
        message Rule { optional int32 low = 1; repeated string words = 2; map<string, Kind> kinds = 3; }
        enum Kind { NONE = 0; SOME = 1; }
        message Holder {
          extend google.protobuf.FieldOptions { optional Rule rule = 50001; repeated Kind kind = 50002; }
        }
        message M {
          optional int32 a = 1 [
            deprecated = true, (p.Holder.rule).low = 5, (Holder.rule).words = "x", (Holder.kind) = SOME,
            (Holder.rule).kinds = { key: "k" value: SOME }, ctype = CORD
          ];
        }
        """
    )
    extension = schema.find(DeclId(MODULE, "Holder.rule"))
    assert isinstance(extension, Extension)
    assert extension.extendee == DeclId(ModuleId("google/protobuf/descriptor.proto"), "FieldOptions")
    assert (extension.field.name, extension.field.id) == ("rule", 50001)
    some = EnumValue(DeclId(MODULE, "Kind"), 1, "SOME")
    rule = RecordValue(
        DeclId(MODULE, "Rule"),
        (("low", 5), ("words", ListValue(("x",))), ("kinds", MapValue((("k", some),)))),
    )
    options = {option.name: option.value for option in field(schema, "a").options}
    assert options == {
        "deprecated": True,
        "(p.Holder.rule)": rule,
        "(p.Holder.kind)": ListValue((some,)),
        "ctype": EnumValue(DeclId(ModuleId("google/protobuf/descriptor.proto"), "FieldOptions.CType"), 1, "CORD"),
    }


def test_options_of_protobuf_need_no_import() -> None:
    schema = schema_of('syntax = "proto3"; message M { int64 a = 1 [jstype = JS_STRING]; }')
    (option,) = field(schema, "a").options
    descriptor = ModuleId("google/protobuf/descriptor.proto")
    assert option.value == EnumValue(DeclId(descriptor, "FieldOptions.JSType"), 1, "JS_STRING")


@pytest.mark.parametrize(
    ("request_type", "response_type", "streaming"),
    [
        ("M", "M", Streaming.NONE),
        ("stream M", "M", Streaming.CLIENT),
        ("M", "stream M", Streaming.SERVER),
        ("stream M", "stream M", Streaming.BIDIRECTIONAL),
    ],
)
def test_methods(request_type: str, response_type: str, streaming: Streaming) -> None:
    schema = schema_of(
        f'syntax = "proto3"; message M {{}} service S {{\n// Says.\nrpc F({request_type}) returns ({response_type}); }}'
    )
    service = schema.find(DeclId(MODULE, "S"))
    assert isinstance(service, Service)
    (method,) = service.methods
    assert (method.streaming, method.result, method.doc) == (streaming, Ref(DeclId(MODULE, "M")), "Says.")
    assert [(argument.id, argument.name, argument.type) for argument in method.arguments] == [
        (1, "request", Ref(DeclId(MODULE, "M")))
    ]


def test_docs() -> None:
    schema = schema_of(
        'syntax = "proto3";\n// One.\n//\n//   Two.\nmessage M {\n'
        "  int32 a = 1;  // behind\n  /* before\n   * it */ int32 b = 2;\n}"
    )
    assert record(schema, "M").doc == "One.\n\n  Two."
    assert field(schema, "a").doc == "behind"
    assert field(schema, "b").doc == "before\nit"
