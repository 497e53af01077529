"""Features on their way down a file: who inherits from whom, what words of proto2 and proto3 mean, what follows."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from kitexgen.diagnostics.report import Report
from kitexgen.idl.proto.compile import compile_protos
from kitexgen.idl.proto.descriptors import FieldDescriptor
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.features import (
    DEFAULTS,
    Features,
    checks_utf8,
    has_presence,
    is_delimited,
    is_packed,
    is_required,
)
from kitexgen.idl.proto.linked import Linked

EDITION = """\
edition = "2023";
option features.field_presence = IMPLICIT;
option features.json_format = LEGACY_BEST_EFFORT;
message A {
  option features.json_format = ALLOW;
  int32 plain = 1;
  int32 explicit = 2 [features.field_presence = EXPLICIT];
  A message = 3;
  repeated int32 expanded = 4 [features.repeated_field_encoding = EXPANDED];
  repeated int32 packed = 5;
  repeated string texts = 6 [features.utf8_validation = NONE];
  A delimited = 7 [features.message_encoding = DELIMITED];
  map<string, A> map = 8;
  oneof kind { int32 member = 9; }
  int32 must = 10 [features = { field_presence: LEGACY_REQUIRED }];
  message Inner { enum Color { option features.enum_type = CLOSED; RED = 1; } }
  enum Plain { NONE = 0; }
}
service S { rpc Call(A) returns (A); }
"""
PROTO2 = """\
syntax = "proto2";
message A {
  required int32 must = 1;
  repeated int32 packed = 2 [packed = true];
  repeated int32 expanded = 3;
  optional group Group = 4 { optional int32 x = 1; }
  optional string text = 5;
  extensions 100 to 200;
}
extend A { optional int32 extension = 100; }
"""
PROTO3 = """\
syntax = "proto3";
message A {
  int32 plain = 1;
  optional int32 explicit = 2;
  repeated int32 packed = 3;
  repeated int32 expanded = 4 [packed = false];
  string text = 5;
}
"""


def linked(text: str) -> Linked:
    report = Report()
    found = compile_protos([Path("a.proto")], [], report, lambda path: text.encode(), max_bytes=1 << 20)
    assert not report.has_errors, report.diagnostics
    return found


def field(run: Linked, name: str) -> tuple[FieldDescriptor, Features]:
    found = run.pool.find(name)
    assert isinstance(found, FieldDescriptor)
    return found, run.features.of(found)


def own(run: Linked, name: str, edition: Edition) -> dict[str, str]:
    """The features of an element that are not its edition's defaults."""
    element = run.pool.find(name)
    assert element is not None
    features = run.features.of(element)
    names = [each.name for each in fields(Features)]
    return {
        each: getattr(features, each).name
        for each in names
        if getattr(features, each) is not getattr(DEFAULTS[edition], each)
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("A", {"field_presence": "IMPLICIT"}),
        ("A.plain", {"field_presence": "IMPLICIT"}),
        ("A.explicit", {}),
        ("A.expanded", {"field_presence": "IMPLICIT", "repeated_field_encoding": "EXPANDED"}),
        ("A.texts", {"field_presence": "IMPLICIT", "utf8_validation": "NONE"}),
        ("A.delimited", {"field_presence": "IMPLICIT", "message_encoding": "DELIMITED"}),
        ("A.member", {"field_presence": "IMPLICIT"}),
        ("A.must", {"field_presence": "LEGACY_REQUIRED"}),
        ("A.Inner", {"field_presence": "IMPLICIT"}),
        ("A.Inner.Color", {"field_presence": "IMPLICIT", "enum_type": "CLOSED"}),
        ("A.Inner.RED", {"field_presence": "IMPLICIT", "enum_type": "CLOSED"}),
        ("A.Plain", {"field_presence": "IMPLICIT"}),
        ("S", {"field_presence": "IMPLICIT", "json_format": "LEGACY_BEST_EFFORT"}),
        ("S.Call", {"field_presence": "IMPLICIT", "json_format": "LEGACY_BEST_EFFORT"}),
    ],
)
def test_inheritance(name: str, expected: dict[str, str]) -> None:
    assert own(linked(EDITION), name, Edition.E2023) == expected


@pytest.mark.parametrize(
    ("text", "edition", "name", "expected"),
    [
        (PROTO2, Edition.PROTO2, "A", {}),
        (PROTO2, Edition.PROTO2, "A.must", {"field_presence": "LEGACY_REQUIRED"}),
        (PROTO2, Edition.PROTO2, "A.packed", {"repeated_field_encoding": "PACKED"}),
        (PROTO2, Edition.PROTO2, "A.expanded", {}),
        (PROTO2, Edition.PROTO2, "A.group", {"message_encoding": "DELIMITED"}),
        (PROTO3, Edition.PROTO3, "A.plain", {}),
        (PROTO3, Edition.PROTO3, "A.explicit", {"field_presence": "EXPLICIT"}),
        (PROTO3, Edition.PROTO3, "A.packed", {}),
        (PROTO3, Edition.PROTO3, "A.expanded", {"repeated_field_encoding": "EXPANDED"}),
    ],
)
def test_words_that_became_features(text: str, edition: Edition, name: str, expected: dict[str, str]) -> None:
    assert own(linked(text), name, edition) == expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (EDITION, "A.plain", ""),
        (EDITION, "A.explicit", "presence"),
        (EDITION, "A.message", "presence"),
        (EDITION, "A.member", "presence"),
        (EDITION, "A.must", "presence required"),
        (EDITION, "A.packed", "packed"),
        (EDITION, "A.expanded", ""),
        (EDITION, "A.texts", ""),
        (EDITION, "A.delimited", "presence delimited"),
        (EDITION, "A.map", ""),
        (PROTO2, "A.must", "presence required"),
        (PROTO2, "A.packed", "packed"),
        (PROTO2, "A.group", "presence delimited"),
        (PROTO2, "A.text", "presence"),
        (PROTO2, "extension", "presence"),
        (PROTO3, "A.plain", ""),
        (PROTO3, "A.explicit", "presence"),
        (PROTO3, "A.packed", "packed"),
        (PROTO3, "A.expanded", ""),
        (PROTO3, "A.text", "utf8"),
    ],
)
def test_what_follows_for_a_field(text: str, name: str, expected: str) -> None:
    run = linked(text)
    found, features = field(run, name)
    claims = {
        "presence": has_presence(found, features),
        "required": is_required(found, features),
        "packed": is_packed(found, features),
        "delimited": is_delimited(found, features, is_map=run.is_map(found), in_map_entry=False),
        "utf8": checks_utf8(found, features),
    }
    assert " ".join(claim for claim, holds in claims.items() if holds) == expected
