"""How files find each other: import roots given and implied, names, the files that come with kitexgen."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from kitexgen.diagnostics.diagnostic import Severity
from kitexgen.idl import Loaded, examine, load

P3 = 'syntax = "proto3";'
SHIPPED = sorted(
    path.name for path in (Path(__file__).parents[3] / "kitexgen/idl/proto/wellknown/google/protobuf").glob("*.proto")
)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{P3} {text}", encoding="utf-8")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(loaded: Loaded) -> dict[str, str | None]:
    """Import names by module path, well-known files left out."""
    assert loaded.schema is not None, loaded.report.diagnostics
    return {module.id.path: module.import_path for module in loaded.schema.modules if "google/" not in module.id.path}


def codes(paths: Sequence[str], *, include_dirs: Sequence[str] = ()) -> list[str]:
    return [diagnostic.code for diagnostic in load(paths, include_dirs=include_dirs).report.diagnostics]


def test_a_name_is_relative_to_the_given_root(folder: Path) -> None:
    write(
        folder,
        {"idl/shop/a.proto": 'import "shop/b.proto"; message A { B b = 1; }', "idl/shop/b.proto": "message B {}"},
    )
    loaded = load(["idl/shop/a.proto"], include_dirs=["idl"])
    assert names(loaded) == {"idl/shop/b.proto": "shop/b.proto", "idl/shop/a.proto": "shop/a.proto"}
    assert loaded.inputs == (Path("idl/shop/b.proto"), Path("idl/shop/a.proto"))


@pytest.mark.parametrize(
    ("written", "root"),
    [("idl/shop/b.proto", "."), ("shop/b.proto", "idl"), ("b.proto", "idl/shop")],
)
def test_without_roots_the_imports_tell_which_folder_is_meant(folder: Path, written: str, root: str) -> None:
    write(
        folder,
        {"idl/shop/a.proto": f'import "{written}"; message A {{ B b = 1; }}', "idl/shop/b.proto": "message B {}"},
    )
    name = Path("idl/shop/a.proto").relative_to(root).as_posix()
    assert names(load(["idl/shop/a.proto"])) == {"idl/shop/b.proto": written, "idl/shop/a.proto": name}


def test_the_order_of_files_does_not_settle_the_roots(folder: Path) -> None:
    files = {
        "idl/a.proto": "message A {}",
        "idl/shop/b.proto": 'import "a.proto"; import "shop/c.proto"; message B { A a = 1; C c = 2; }',
        "idl/shop/c.proto": "message C {}",
    }
    write(folder, files)
    named = {path: path.removeprefix("idl/") for path in files}
    for order in itertools.permutations(files):
        assert names(load(order)) == named


def test_a_file_without_imports_is_named_from_the_working_directory(folder: Path) -> None:
    write(folder, {"idl/a.proto": "message A {}"})
    assert names(load(["idl/a.proto"])) == {"idl/a.proto": "idl/a.proto"}


def test_a_file_outside_the_working_directory_is_named_from_its_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, {"idl/a.proto": 'import "b.proto"; message A { B b = 1; }', "idl/b.proto": "message B {}", "w/x": ""})
    monkeypatch.chdir(folder / "w")
    assert names(load(["../idl/a.proto"])) == {"../idl/b.proto": "b.proto", "../idl/a.proto": "a.proto"}


def test_files_asked_for_import_each_other(folder: Path) -> None:
    write(folder, {"idl/a.proto": 'import "b.proto"; message A { B b = 1; }', "idl/b.proto": "message B {}"})
    loaded = load(["idl/b.proto", "idl/a.proto"], include_dirs=["idl"])
    assert loaded.schema is not None
    assert [root.path for root in loaded.schema.roots] == ["idl/b.proto", "idl/a.proto"]
    assert len(loaded.schema.modules) == 2


def test_the_first_root_that_has_a_file_wins(folder: Path) -> None:
    write(folder, {"a.proto": 'import "b.proto"; message A { B b = 1; }', "x/b.proto": "message B {}", "y/b.proto": ""})
    assert names(load(["a.proto"], include_dirs=[".", "x", "y"]))["x/b.proto"] == "b.proto"


@pytest.mark.parametrize("name", SHIPPED)
def test_well_known_files_need_no_root(folder: Path, name: str) -> None:
    write(folder, {"a.proto": f'import public "google/protobuf/{name}";'})
    loaded = load(["a.proto"])
    assert loaded.schema is not None, loaded.report.diagnostics
    # They are part of kitexgen, so no input that may change.
    assert loaded.inputs == (Path("a.proto"),)


def test_a_well_known_file_in_a_root_comes_first(folder: Path) -> None:
    write(
        folder,
        {
            "a.proto": 'import "google/protobuf/empty.proto"; message A { google.protobuf.Mine m = 1; }',
            "google/protobuf/empty.proto": "package google.protobuf; message Mine {}",
        },
    )
    assert codes(["a.proto"], include_dirs=["."]) == []


def test_one_file_under_two_names(folder: Path) -> None:
    write(
        folder,
        {"a.proto": 'import "x/b.proto"; import "b.proto"; message A { B b = 1; }', "x/b.proto": "message B {}"},
    )
    assert codes(["a.proto"], include_dirs=[".", "x"]) == ["KX0704"]


def test_a_file_asked_for_that_another_of_its_name_hides(folder: Path) -> None:
    write(folder, {"x/b.proto": "message B {}", "y/b.proto": "message B {}"})
    assert codes(["x/b.proto", "y/b.proto"], include_dirs=["x", "y"]) == ["KX0704"]


def test_only_public_imports_are_passed_on(folder: Path) -> None:
    write(
        folder,
        {
            "a.proto": 'import "b.proto"; message A { C c = 1; D d = 2; }',
            "b.proto": 'import public "c.proto"; import "d.proto"; message B { D d = 1; }',
            "c.proto": "message C {}",
            "d.proto": "message D {}",
        },
    )
    assert codes(["a.proto"]) == ["KX0711"]


def test_missing_root_and_folder(folder: Path) -> None:
    write(folder, {"idl/user.proto": ""})
    found = load(["idl/usr.proto", "idl"]).report.diagnostics
    assert [diagnostic.code for diagnostic in found] == ["KX0001", "KX0002"]
    assert "idl/user.proto" in (found[0].hint or "")


def test_names_of_a_missing_file_are_not_reported_too(folder: Path) -> None:
    write(folder, {"a.proto": 'import "b.proto"; message A { B b = 1; c.C c = 2; }'})
    assert codes(["a.proto"]) == ["KX0700"]


def test_a_missing_file_is_reported_once_where_it_was_asked_for(folder: Path) -> None:
    write(folder, {"a.proto": 'import "b.proto"; import "x.proto";', "b.proto": 'import "x.proto";'})
    found = [each for each in load(["a.proto"]).report.diagnostics if each.code == "KX0700"]
    assert [each.at.span.path for each in found if each.at is not None] == ["a.proto"]
    assert found[0].hint is not None
    assert found[0].hint.endswith("; `b.proto` imports it too")


@pytest.mark.parametrize(
    ("others", "words"),
    [
        (2, "`f0.proto` and `f1.proto` import it too"),
        (4, "`f0.proto`, `f1.proto`, `f2.proto` and another file import it too"),
        (6, "`f0.proto`, `f1.proto`, `f2.proto` and 3 other files import it too"),
    ],
)
def test_who_else_misses_a_file_is_named(folder: Path, others: int, words: str) -> None:
    names = [f"f{at}.proto" for at in range(others)]
    imports = "".join(f'import "{name}";' for name in names)
    write(folder, {"a.proto": imports + 'import "x.proto";', **dict.fromkeys(names, 'import "x.proto";')})
    (found,) = (each for each in load(["a.proto"]).report.diagnostics if each.code == "KX0700")
    assert found.hint is not None
    assert found.hint.endswith(f"; {words}")


def test_an_editor_is_told_of_a_missing_file_wherever_it_is_imported(folder: Path) -> None:
    write(folder, {"a.proto": 'import "b.proto"; import "c.proto";', "b.proto": 'import "x.proto";'})
    write(folder, {"c.proto": 'import "x.proto";'})
    found = [each for each in examine(["a.proto"]).report.diagnostics if each.code == "KX0700"]
    assert {each.at.span.path for each in found if each.at is not None} == {"b.proto", "c.proto"}


def test_options_of_a_missing_file_are_not_reported_too(folder: Path) -> None:
    text = """
    import "b.proto"; import "google/protobuf/descriptor.proto"; import "google/protobuf/any.proto";
    option (b.whole) = { x: 1 };
    extend google.protobuf.MessageOptions { google.protobuf.Any mine = 50000; }
    message M { option (mine) = { [type.googleapis.com/b.B] { x: 1 } }; int32 a = 1 [(b.c) = 1, (b.d).e = 2]; }
    """
    write(folder, {"a.proto": text})
    assert codes(["a.proto"]) == ["KX0700"]
    write(folder, {"b.proto": "package b;"})
    assert codes(["a.proto"]) == ["KX0751", "KX0762", "KX0751", "KX0751"]


def test_both_languages_in_one_run(folder: Path) -> None:
    write(folder, {"a.proto": "message A {}"})
    (folder / "b.thrift").write_text("struct B {}", encoding="utf-8")
    loaded = load(["b.thrift", "a.proto"])
    assert loaded.schema is not None
    assert [(module.id.path, module.language) for module in loaded.schema.modules] == [
        ("b.thrift", "thrift"),
        ("a.proto", "proto"),
    ]
    assert [root.path for root in loaded.schema.roots] == ["b.thrift", "a.proto"]


def test_a_chain_of_imports_longer_than_the_stack(folder: Path) -> None:
    count = 1200
    write(folder, {f"f{n}.proto": f'import public "f{n + 1}.proto";' for n in range(count)})
    write(folder, {f"f{count}.proto": "message A {}"})
    assert codes(["f0.proto"]) == []


def test_a_file_hidden_by_one_in_an_earlier_root(folder: Path) -> None:
    write(folder, {"a.proto": "message A {}", "idl/a.proto": "message A {}"})
    assert codes(["a.proto"], include_dirs=["idl", "."]) == ["KX0704"]
    assert codes(["a.proto"], include_dirs=[".", "idl"]) == []
    assert codes(["idl/a.proto"], include_dirs=["idl", "."]) == []
    assert codes(["idl/a.proto"], include_dirs=["./idl/", "idl", "."]) == []


def test_bytes_that_are_no_utf8(folder: Path) -> None:
    (folder / "a.proto").write_bytes(b'syntax = "proto3"; // caf\xe9\nmessage A {}')
    (folder / "b.proto").write_bytes(b'syntax = "proto3";\nmessage B\xe9 {}')
    assert load(["a.proto"]).schema is not None
    assert "KX0003" in codes(["b.proto"])
    (folder / "c.proto").write_bytes("syntax".encode("utf-16"))
    assert "KX0003" in codes(["c.proto"])


def test_text_that_is_no_utf8_is_readable_where_people_see_it(folder: Path) -> None:
    (folder / "a.proto").write_bytes(b'syntax = "proto3"; // caf\xe9\nmessage A { reserved "\xff"; }')
    loaded = load(["a.proto"])
    assert loaded.schema is not None
    assert [(found.code, found.severity) for found in loaded.report.diagnostics][:1] == [("KX0003", Severity.WARNING)]
    assert loaded.files["a.proto"].text == 'syntax = "proto3"; // caf\ufffd\nmessage A { reserved "\ufffd"; }'


def test_many_bytes_that_are_no_utf8_take_no_time(folder: Path) -> None:
    (folder / "a.proto").write_bytes(b"\xff;a \xfe" * 20_000)
    started = time.process_time()
    assert "KX0003" in codes(["a.proto"])
    assert time.process_time() - started < 10
