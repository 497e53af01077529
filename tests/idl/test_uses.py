"""What `examine` adds to `load`: what names mean, trees that are kept, and sense out of files with errors."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from kitexgen.idl import Examined, Trees, examine, load
from kitexgen.schema.ids import DeclId, ModuleId

THRIFT = {
    "base.thrift": "enum Color { RED = 1 }\nstruct Base { 1: i64 id }\nconst i32 LIMIT = 3\nservice Root {}\n",
    "main.thrift": """include "base.thrift"
typedef base.Color Shade
struct A {
  1: base.Base base = {"id": 1}
  2: Shade shade = base.Color.RED
  3: i32 n = base.LIMIT
  4: map<string, list<A>> more
}
service S extends base.Root { A get(1: A a) throws (1: E e) }
exception E {}
""",
}
PROTO = {
    "base.proto": """syntax = "proto2"; package x.base;
import "google/protobuf/descriptor.proto";
message Rule { optional int32 max = 1; extensions 5 to 9; }
extend google.protobuf.FieldOptions { optional Rule rule = 50000; }
extend Rule { optional string note = 5; }
enum Color { RED = 0; }
""",
    "main.proto": """syntax = "proto2"; package x.main;
import "base.proto";
message A {
  optional base . Color /* split */ color = 1 [default = RED, (base.rule).max = 3];
  map<string, .x.base.Color> colors = 2 [(x.base.rule) = { max: 1 [x.base.note]: "n" }];
  optional group G = 3 { optional G again = 1; }
}
service S { rpc Get(A) returns (stream A); }
""",
}


def examined(texts: dict[str, str], root: str, trees: Trees | None = None) -> Examined:
    data = {PurePosixPath(path): text.encode() for path, text in texts.items()}

    def read(path: Path) -> bytes:
        try:
            return data[PurePosixPath(path)]
        except KeyError:
            raise FileNotFoundError(path) from None

    return examine([root], read=read, trees=trees)


def meant(found: Examined, path: str) -> list[tuple[str, str]]:
    """What is written, and what is declared where it leads; the file alone where it leads to a file."""
    text = found.files[path].text
    return [
        (
            text[use.span.start : use.span.end],
            f"{use.target.path}:{found.files[use.target.path].text[use.target.start : use.target.end]}",
        )
        for use in found.uses.of(path)
    ]


def test_thrift() -> None:
    found = examined(THRIFT, "main.thrift")
    assert meant(found, "main.thrift") == [
        ("base.thrift", "base.thrift:"),
        ("base", "base.thrift:"),
        ("Color", "base.thrift:Color"),
        ("base", "base.thrift:"),
        ("Base", "base.thrift:Base"),
        ("id", "base.thrift:id"),
        ("Shade", "main.thrift:Shade"),
        ("base", "base.thrift:"),
        ("Color", "base.thrift:Color"),
        ("RED", "base.thrift:RED"),
        ("base", "base.thrift:"),
        ("LIMIT", "base.thrift:LIMIT"),
        ("A", "main.thrift:A"),
        ("base", "base.thrift:"),
        ("Root", "base.thrift:Root"),
        ("A", "main.thrift:A"),
        ("A", "main.thrift:A"),
        ("E", "main.thrift:E"),
    ]


def test_proto() -> None:
    found = examined(PROTO, "main.proto")
    assert not found.report.has_errors
    assert meant(found, "main.proto") == [
        ("base.proto", "base.proto:"),
        ("base", "base.proto:x.base"),
        ("Color", "base.proto:Color"),
        ("RED", "base.proto:RED"),
        ("base", "base.proto:x.base"),
        ("rule", "base.proto:rule"),
        ("max", "base.proto:max"),
        ("x", "base.proto:x.base"),
        ("base", "base.proto:x.base"),
        ("Color", "base.proto:Color"),
        ("x", "base.proto:x.base"),
        ("base", "base.proto:x.base"),
        ("rule", "base.proto:rule"),
        ("max", "base.proto:max"),
        ("x", "base.proto:x.base"),
        ("base", "base.proto:x.base"),
        ("note", "base.proto:note"),
        ("G", "main.proto:G"),
        ("A", "main.proto:A"),
        ("A", "main.proto:A"),
    ]


def test_uses_of_one_thing() -> None:
    found = examined(THRIFT, "main.thrift")
    color = found.schema.find(DeclId(ModuleId("base.thrift"), "Color"))
    assert [span.path for span in found.uses.to(color.name_span)] == ["main.thrift", "main.thrift"]


@pytest.mark.parametrize(("texts", "root"), [(THRIFT, "main.thrift"), (PROTO, "main.proto")])
def test_only_what_changed_is_parsed_again(texts: dict[str, str], root: str) -> None:
    trees = Trees()
    before = examined(texts, root, trees)
    after = examined({**texts, root: texts[root] + "\n"}, root, trees)
    base = root.replace("main", "base")
    assert after.trees[base] is before.trees[base]
    assert after.trees[root] is not before.trees[root]


@pytest.mark.parametrize(("texts", "root"), [(THRIFT, "main.thrift"), (PROTO, "main.proto")])
def test_the_same_is_found_as_by_load(
    texts: dict[str, str], root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    loaded, found = load([root]), examine([root])
    assert found.report.diagnostics == loaded.report.diagnostics
    assert found.inputs == loaded.inputs
    assert loaded.schema is not None
    shared = {module.id: module for module in found.schema.modules}
    assert [shared[module.id] for module in loaded.schema.modules] == list(loaded.schema.modules)


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("a.thrift", "struct A { 1: Nope n, 2: i64 b }\nstruct B { 1: ", ["A", "B"]),
        ("a.proto", 'syntax = "proto3"; message A { Nope n = 1; map<string, Nope> m = 2; int32 b = 3; }', ["A"]),
        ("a.proto", 'syntax = "proto2"; enum E { X = 1; } message A { optional E e = 1 [default = Y]; }', ["E", "A"]),
        ("a.proto", 'syntax = "proto3"; message A {} service S { rpc F(Nope) returns (A); rpc G(A) returns (A); }', ["A", "S"]),  # noqa: E501 - a case a line
        ("a.proto", 'syntax = "proto3"; extend Nope { int32 a = 1; } message A {}', ["A"]),
    ],
)  # fmt: skip
def test_what_is_broken_is_left_out(name: str, text: str, kept: list[str]) -> None:
    found = examined({name: text}, name)
    assert found.report.has_errors
    assert [each.id.name for each in found.schema.module(ModuleId(name)).declarations] == kept


def test_load_notes_nothing() -> None:
    """The uses are for editors alone: a run of the compiler does not pay for them, nor for descriptor.proto."""
    data = PROTO["main.proto"].replace("(base.rule).max = 3", "deprecated = true").encode()
    texts = {
        "main.proto": data,
        "base.proto": b'syntax = "proto2"; package x.base; enum Color { RED = 1; } message Rule {}',
    }
    loaded = load(["main.proto"], read=lambda path: texts[path.as_posix()])
    assert set(loaded.files) == {"main.proto", "base.proto"}
