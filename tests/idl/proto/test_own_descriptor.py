"""A project's own google/protobuf/descriptor.proto, whole or in part, before and behind the files that use it.

Against protoc: the same verdict, the same bytes.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from kitexgen.idl.proto.descriptor_set import read_descriptor_set
from kitexgen.idl.proto.imports import SHIPPED

DESCRIPTOR = "google/protobuf/descriptor.proto"
SHIPPED_TEXT = (SHIPPED / DESCRIPTOR).read_text(encoding="utf-8")
IMPORT = f'import "{DESCRIPTOR}";'

# Options of the source: custom ones, those of extension ranges, and a feature.
CUSTOM = f"""syntax = "proto2"; {IMPORT}
extend google.protobuf.FieldOptions {{ optional int32 mine = 50000 [retention = RETENTION_SOURCE]; }}
extend google.protobuf.FieldOptions {{ optional int32 kept = 50001; }}
extend google.protobuf.FileOptions {{ optional int32 of_file = 50000 [retention = RETENTION_SOURCE]; }}
option (of_file) = 3;
message M {{
  optional int32 a = 1 [(mine) = 3, (kept) = 4];
  extensions 4 to 5 [verification = UNVERIFIED];
  extensions 100 to 200 [declaration = {{ number: 100, full_name: ".x", type: "int32" }}];
}}"""
FEATURE = 'edition = "2024"; option features.enforce_naming_style = STYLE_LEGACY; message M { int32 aB = 1; }'
PLAIN = 'syntax = "proto3"; option java_package = "j"; message M { int32 a = 1 [deprecated = true]; }'
EDITION = 'edition = "2023"; option features.field_presence = IMPLICIT; message M { int32 a = 1; }'
MINE = 'syntax = "proto3"; message M { int32 a = 1 [mine = true]; }'


def own(body: str) -> str:
    return f'syntax = "proto2"; package google.protobuf; {body}'


def without(*names: str) -> str:
    """The shipped file without these messages."""
    text = SHIPPED_TEXT
    for name in names:
        text = re.sub(rf"^message {name} \{{.*?^\}}\n", "", text, flags=re.MULTILINE | re.DOTALL)
    assert text != SHIPPED_TEXT
    return text


def changed(old: str, new: str) -> str:
    assert old in SHIPPED_TEXT
    return SHIPPED_TEXT.replace(old, new)


def file_descriptor(body: str) -> str:
    """The shipped file with other fields of FileDescriptorProto."""
    return without("FileDescriptorProto") + f"message FileDescriptorProto {{ {body} }}"


def imported(text: str) -> str:
    return text.replace(";", f"; {IMPORT}", 1)


DEPRECATED_OF_THE_SOURCE = changed(
    "optional bool deprecated = 3 [default = false];",
    "optional bool deprecated = 3 [default = false, retention = RETENTION_SOURCE];",
)
MINE_ONLY = own("message FieldOptions { optional bool mine = 77; }")

CASES = {
    "only something else": (own("message Mine {}"), imported(PLAIN), ["a.proto"]),
    "empty": ("", imported(PLAIN), ["a.proto"]),
    "nothing to extend": (own("message Mine {}"), CUSTOM, ["a.proto"]),
    "an option more": (MINE_ONLY, imported(MINE), ["a.proto"]),
    "an option less": (MINE_ONLY, imported(PLAIN), ["a.proto"]),
    "another number": (own("message FieldOptions { optional bool deprecated = 77; }"), imported(PLAIN), ["a.proto"]),
    "an enum of that name": (own("enum FieldOptions { X = 0; }"), imported(PLAIN), ["a.proto"]),
    "read before": (MINE_ONLY, MINE, [DESCRIPTOR, "a.proto"]),
    "read behind": (MINE_ONLY, MINE, ["a.proto", DESCRIPTOR]),
    "an option less, read before": (MINE_ONLY, PLAIN, [DESCRIPTOR, "a.proto"]),
    "an option less, read behind": (MINE_ONLY, PLAIN, ["a.proto", DESCRIPTOR]),
    "features without fields": (own("message FeatureSet {}"), imported(EDITION), ["a.proto"]),
    "features without fields, and file options": (
        own("message FeatureSet {} message FileOptions { optional FeatureSet features = 50; }"),
        imported(EDITION),
        ["a.proto"],
    ),
    "whole": (SHIPPED_TEXT, CUSTOM, ["a.proto"]),
    "no descriptors of files": (without("FileDescriptorProto", "FileDescriptorSet"), CUSTOM, ["a.proto"]),
    "no descriptors of files, a feature": (
        without("FileDescriptorProto", "FileDescriptorSet"),
        imported(FEATURE),
        ["a.proto"],
    ),
    "descriptors of files without fields": (file_descriptor(""), CUSTOM, ["a.proto"]),
    "descriptors of files with a name": (file_descriptor("optional string name = 1;"), CUSTOM, ["a.proto"]),
    "descriptors of files without options": (
        file_descriptor("repeated DescriptorProto message_type = 4;"),
        CUSTOM,
        ["a.proto"],
    ),
    "descriptors of files with options only": (
        file_descriptor("optional FileOptions options = 8;"),
        imported(FEATURE),
        ["a.proto"],
    ),
    "no fields of messages": (changed("repeated FieldDescriptorProto field = 2;", ""), CUSTOM, ["a.proto"]),
    "no options of fields": (changed("  optional FieldOptions options = 8;\n", ""), CUSTOM, ["a.proto"]),
    "empty descriptors of files, read before": (
        own("message FileDescriptorProto {}"),
        FEATURE,
        [DESCRIPTOR, "a.proto"],
    ),
    "own retention": (DEPRECATED_OF_THE_SOURCE, imported(PLAIN), ["a.proto"]),
    "own retention, read before": (DEPRECATED_OF_THE_SOURCE, PLAIN, [DESCRIPTOR, "a.proto"]),
    "own retention, read behind": (DEPRECATED_OF_THE_SOURCE, PLAIN, ["a.proto", DESCRIPTOR]),
}


@pytest.mark.parametrize(("descriptor", "text", "roots"), CASES.values(), ids=CASES)
def test_as_protoc(
    descriptor: str, text: str, roots: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("grpc_tools")
    monkeypatch.chdir(tmp_path)
    Path(DESCRIPTOR).parent.mkdir(parents=True)
    Path(DESCRIPTOR).write_text(descriptor, encoding="utf-8")
    Path("a.proto").write_text(text, encoding="utf-8")
    flags = ["-I.", "--include_imports", "--include_source_info", "-oset"]
    command = [sys.executable, "-m", "grpc_tools.protoc", *flags, *roots]
    accepted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    found = read_descriptor_set(roots, ["."])
    assert (found.data is not None) is accepted, found.report.diagnostics
    assert found.data == (Path("set").read_bytes() if accepted else None)
