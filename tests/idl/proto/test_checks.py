"""What is accepted and what is refused, and by which code, a line each. `p2` and so on stand for the head of a file.

Verdicts are protoc 35.1's; where golden cases show a diagnostic in full, here are its neighbours.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from kitexgen.diagnostics.diagnostic import Severity
from kitexgen.idl import Loaded, load

HEADS = {
    "p2": 'syntax = "proto2";',
    "p3": 'syntax = "proto3";',
    "e23": 'edition = "2023";',
    "e24": 'edition = "2024";',
}


def loaded(files: dict[str, str], *, include_dirs: tuple[str, ...] = (".",)) -> Loaded:
    """What `main.proto` of `files` means, in which the words of HEADS stand for what they stand for."""
    texts = {}
    for path, text in files.items():
        head, _, rest = text.partition(" ")
        texts[PurePosixPath(path)] = f"{HEADS[head]} {rest}"

    def read(path: Path) -> bytes:
        if PurePosixPath(path.as_posix()) not in texts:
            raise FileNotFoundError(path)
        return texts[PurePosixPath(path.as_posix())].encode()

    return load(["main.proto"], include_dirs=include_dirs, read=read)


def codes(found: Loaded, severity: Severity = Severity.ERROR) -> list[str]:
    return [diagnostic.code for diagnostic in found.report.diagnostics if diagnostic.severity is severity]


ACCEPTED = [
    # numbers and ranges
    "p3 message A { int32 a = 536870911; int32 b = 18999; int32 c = 20000; }",
    "p3 message A { reserved 1 to max; }",
    "p3 message A { reserved 5 to 2147483646; }",
    "p2 message A { extensions 1 to max; }",
    "p2 message A { option message_set_wire_format = true; extensions 4 to 2147483646; }",
    "p2 message A { extensions 1 to 9; } extend A { optional A a = 9; }",
    # names
    "p3 message A { message B {} B b = 1; }",
    "p3 enum E { E_Z = 0; } message A { enum E { E_Z = 0; } }",
    "p3 message A { optional int32 a = 1; int32 _a = 2; int32 X_a = 3; }",
    "p3 message A { optional int32 _a = 1; }",
    "p3 package a.a; message a { a.c b = 1; message a { message c {} } message c {} }",
    # enums
    "p2 enum E { A = 5; B = 7; }",
    "p3 enum E { option allow_alias = true; E_A = 0; A = 0; }",
    "p3 enum Foo { FOO_BAR_BAZ = 0; FOO_BARBAZ = 1; }",
    "p3 enum Foo { FOO = 0; FOO_ = 0; option allow_alias = true; }",
    "e23 enum E { option features.enum_type = CLOSED; A = 1; }",
    "p3 enum E { A = 0; reserved 1 to max; reserved -2147483648 to -1; }",
    "p2 enum Ab { option deprecated_legacy_json_field_conflicts = true; AB_X = 0; X = 1; }",
    # defaults
    "p2 message A { optional uint64 a = 1 [default = 18446744073709551615]; optional float b = 2 [default = -inf]; }",
    "p2 enum E { A = 1; B = 2; } message M { optional E e = 1 [default = B]; }",
    "e23 message A { int32 a = 1 [default = 1]; }",
    # JSON
    "p2 message A { optional int32 foo_bar = 1; optional int32 fooBar = 2; }",
    'p3 message A { int32 a = 1 [json_name = "b"]; int32 c = 2 [json_name = "a_"]; }',
    "p3 message A { option deprecated_legacy_json_field_conflicts = true; int32 f_a = 1; int32 fA = 2; }",
    "e23 message A { option features.json_format = LEGACY_BEST_EFFORT; int32 f_a = 1; int32 fA = 2; }",
    # options and features on fields
    "p2 message A { repeated bool a = 1 [packed = true]; optional A b = 2 [lazy = true]; }",
    "p3 message A { fixed64 a = 1 [jstype = JS_NUMBER]; string b = 2 [jstype = JS_NORMAL]; }",
    "e23 message A { map<string, A> m = 1 [features.utf8_validation = NONE]; }",
    "e23 message A { A a = 1 [features.field_presence = LEGACY_REQUIRED]; }",
    "e23 option features.field_presence = IMPLICIT; message A { A a = 1; oneof o { int32 b = 2; } }",
    # visibility and style
    "e24 message A { message B {} B b = 1; }",
    "e24 option features.default_symbol_visibility = STRICT; "
    "local message A { export enum E { E_A = 0; } reserved 1 to max; }",
    "e24 message Abc1 { int32 a1_b = 1; message B2B {} }",
    "e24 message lower { option features.enforce_naming_style = STYLE_LEGACY; }",
    # declarations
    'p2 message A { extensions 1 to 9 [declaration = { number: 1 full_name: ".a" type: ".A" }]; } '
    "extend A { optional A a = 1; }",
    "p2 message A { extensions 1 to 9 [declaration = { number: 1 reserved: true }]; }",
    'p2 message A { extensions 1 to 9 [declaration = { number: 1 full_name: ".9a" type: ".7.b" }]; }',
]

REFUSED = [
    ("KX0720", "p2 message A { extensions 1 to 19500; } extend A { optional int32 a = 19000; }"),
    ("KX0721", "p3 message A { int32 a = 1; oneof o { int32 b = 1; } }"),
    ("KX0722", "p3 message A { reserved 2; map<int32, int32> m = 2; }"),
    ("KX0722", "e23 enum E { A = 0; reserved A; }"),
    ("KX0723", "p2 message A { extensions 5; optional int32 a = 5; }"),
    ("KX0723", "p3 enum E { A = 0; reserved 1 to 5; reserved 5; B = 7; }"),
    ("KX0724", "p3 message A { reserved 5 to 2147483647; }"),
    ("KX0725", "p2 message A {} extend A { optional int32 a = 1; }"),
    ("KX0726", "p2 message A { extensions 1; extend A { optional int32 a = 1; } } extend A { optional int32 a = 1; }"),
    ("KX0727", "p2 message A { extensions 1 to 9 [verification = DECLARATION]; } extend A { optional int32 a = 1; }"),
    ("KX0727", "p2 message A { extensions 1 to 9 [declaration = { number: 1 type: \"bool\" }]; }"),
    ("KX0727", "p2 message A { extensions 1 [verification = UNVERIFIED, declaration = {number: 1 reserved: true}]; }"),
    ("KX0714", "p3 message A { optional int32 a = 1; message _a {} }"),
    ("KX0714", "p3 message A { int32 a = 1; oneof a { int32 b = 2; } }"),
    ("KX0714", "p3 service S { rpc F(A) returns (A); rpc F(A) returns (A); } message A {}"),
    ("KX0714", "p2 message A { optional group Gg = 1 {} optional int32 gg = 2; }"),
    ("KX0729", "p3 message A { extensions 1; }"),
    ("KX0730", "e23 option features.field_presence = IMPLICIT; message A { int32 a = 1 [default = 0]; }"),
    ("KX0731", "p2 message M { enum E { A = 1; } optional E e = 1 [default = E]; }"),
    ("KX0732", "p3 message A { map<bytes, int32> m = 1; }"),
    ("KX0732", "p3 message A { map<A, int32> m = 1; }"),
    ("KX0737", "p2 enum Ab { AB_X = 0; X = 1; }"),
    ("KX0738", 'p2 message A { optional int32 a = 1 [json_name = "x"]; optional int32 b = 2 [json_name = "x"]; }'),
    ("KX0738", 'p3 message A { int32 f_a = 1; int32 fA = 2 [json_name = "z"]; }'),
    ("KX0739", 'p2 message A { optional int32 a = 1 [json_name = "a\\0"]; }'),
    ("KX0740", "e23 enum E { option features.enum_type = CLOSED; E_A = 0; } option features.field_presence = IMPLICIT; "
     "message A { map<int32, E> m = 1; }"),
    ("KX0741", "p2 message A { optional int32 a = 1 [packed = true]; }"),
    ("KX0741", "e23 message A { A a = 1 [lazy = true, features.message_encoding = DELIMITED]; }"),
    ("KX0742", "e23 message A { map<int32, A> m = 1 [features.message_encoding = DELIMITED]; }"),
    ("KX0742", "e23 message A { repeated string a = 1 [features.repeated_field_encoding = PACKED]; }"),
    ("KX0743", "p2 message A { option message_set_wire_format = true; extensions 4 to max; } "
     "extend A { repeated A a = 4; }"),
    ("KX0744", "p2 message A { extensions 1; } extend A { required A a = 1; }"),
    ("KX0748", "p3 message A { map<int32, int32> m = 1; MEntry x = 2; }"),
]  # fmt: skip


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted(text: str) -> None:
    assert codes(loaded({"main.proto": text})) == []


@pytest.mark.parametrize(("code", "text"), REFUSED)
def test_refused(code: str, text: str) -> None:
    assert set(codes(loaded({"main.proto": text}))) == {code}


WITH_IMPORT = [
    ([], "p3 message B { int32 b = 19000; }"),
    (["KX0716"], "e24 local message B {}"),
    (["KX0716"], "e24 option features.default_symbol_visibility = LOCAL_ALL; message B {}"),
    (["KX0713"], "p3 package B;"),
    (["KX0745"], "p3 option optimize_for = LITE_RUNTIME; message B {}"),
    (["KX0740"], "p2 enum B { B_A = 0; }"),
    ([], "e23 enum B { B_A = 0; }"),
]


@pytest.mark.parametrize(("expected", "text"), WITH_IMPORT)
def test_with_an_import(expected: list[str], text: str) -> None:
    main = 'p3 import "b.proto"; message A { B b = 1; }'
    assert codes(loaded({"main.proto": main, "b.proto": text})) == expected


def test_a_clash_of_extensions_in_two_files_is_a_warning() -> None:
    base = "p2 message B { extensions 1 to 9; } extend B { optional int32 x = 1; }"
    main = 'p2 import "b.proto"; extend B { optional int32 y = 1; }'
    found = loaded({"main.proto": main, "b.proto": base})
    assert codes(found) == []
    assert codes(found, Severity.WARNING) == ["KX0726"]


def test_all_mistakes_come_in_one_run() -> None:
    text = "p3 message A { int32 a = 0; Nope b = 2; map<float, int32> c = 3; } enum E { X = 1; } message A {}"
    assert sorted(codes(loaded({"main.proto": text}))) == ["KX0710", "KX0714", "KX0720", "KX0732", "KX0735"]
