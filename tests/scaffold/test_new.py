"""`kitexgen new`: what the command takes, says and refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scaffold.projects import (
    ORDERS,
    OWN,
    ROOT,
    assert_its_tests_pass,
    in_project,
    lay_down_own_idl,
    new,
    paths_in,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_says_the_next_two_commands() -> None:
    result = new("shop")
    assert result.exit_code == 0
    assert result.stdout == ""
    count, _ = result.stderr.split(" ", 1)
    files = [path for path in Path("shop").rglob("*") if path.is_file()]
    assert int(count) == len(files)
    assert result.stderr == (
        f"{count} files in shop. Go on with\n\n"
        "  cd shop\n"
        "  make run     # serves on 127.0.0.1:8888; `make help` lists the rest\n"
    )


def test_a_dry_run_lists_the_files_and_writes_none() -> None:
    result = new("shop", "--dry-run")
    assert result.exit_code == 0
    assert list(Path().iterdir()) == []
    assert result.stderr == ""
    new("shop")
    written = sorted(path for path in Path("shop").rglob("*") if path.is_file())
    assert result.stdout.splitlines() == list(map(str, written))


@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)])
def test_what_stands_in_the_way_is_named_and_nothing_is_written(dry_run: tuple[str, ...]) -> None:
    Path("shop/tests").mkdir(parents=True)
    for path in ("shop/Makefile", "shop/LICENSE", "shop/tests/test_logs.py"):
        Path(path).write_text("mine")
    before = sorted(Path().rglob("*"))
    result = new("shop", *dry_run)
    assert result.exit_code == 2
    assert result.stderr.endswith(
        "Error: these stand in the way, and `new` writes over nothing:\n  shop/Makefile\n  shop/tests/test_logs.py\n"
    )
    assert sorted(Path().rglob("*")) == before


def test_a_folder_with_other_files_is_filled() -> None:
    Path("shop/.git").mkdir(parents=True)
    Path("shop/LICENSE").write_text("mine")
    assert new("shop").exit_code == 0
    assert Path("shop/LICENSE").read_text() == "mine"
    assert "LICENSE" in paths_in("shop")
    assert "server.py" in paths_in("shop")


def test_a_path_may_be_given_and_quiet_says_nothing() -> None:
    assert new("a/shop", "-q").output == ""
    assert Path("a/shop/server.py").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["file"], "file"),
        (["1shop"], "cannot be the name of a project"),
        (["shop-"], "cannot be the name of a project"),
        (["shop", "--service", "no name"], "cannot be the name of a service"),
        (["shop", "--service", "Größe"], "cannot be the name of a service"),
        (["shop", "--idl", "idls/own.thrift", "-I", "common", "--service", "Secnd"], "did you mean 'Second'?"),
        (["shop", "--idl", "common/shared.thrift"], "has no service"),
        (["shop", "--idl", "idls/own.thrift", "--proto"], "--proto is about the sample"),
        (["shop", "--client-only", "--server-only"], "leave nothing"),
    ],
)
def test_wrong_usage_lays_nothing_down(arguments: list[str], said: str) -> None:
    lay_down_own_idl()
    Path("file").write_text("mine")
    before = sorted(Path().rglob("*"))
    result = new(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr.splitlines()[-1]
    assert sorted(Path().rglob("*")) == before


def test_wrong_idl_lays_nothing_down() -> None:
    Path("own.thrift").write_text("service S { Strnig get() }")
    result = new("shop", "--idl", "own.thrift")
    assert result.exit_code == 1
    assert "error[KX0210]" in result.stderr
    assert [path.name for path in Path().iterdir()] == ["own.thrift"]


def test_a_folder_that_cannot_be_written_is_said() -> None:
    result = new("/proc/shop")
    assert result.exit_code == 1
    assert result.stderr.startswith("error[KX0506]: cannot write into `/proc/shop`: No such file or directory")


def test_own_idl_is_copied_with_its_includes() -> None:
    lay_down_own_idl()
    result = new("api", "--idl", "idls/own.thrift", "-I", "common")
    assert result.exit_code == 0, result.stderr
    assert Path("api/idl/idls/own.thrift").read_text() == OWN
    assert Path("api/idl/idls/sub/base.thrift").exists()
    assert Path("api/idl/common/shared.thrift").exists()
    assert 'include = ["idl/common"]' in Path("api/kitexgen.toml").read_text()
    assert "SecondClient" in Path("api/client.py").read_text()
    handler = Path("api/handler.py").read_text()
    assert "class FirstHandler(First):" in handler
    assert "async def healthy(self) -> str:" in handler


def test_rules_that_own_idl_does_not_keep_are_left_out_by_name() -> None:
    lay_down_own_idl()
    new("api", "--idl", "idls/own.thrift", "-I", "common")
    settings = Path("api/kitexgen.toml").read_text()
    assert '    "FIELD_NOT_REQUIRED",\n' in settings
    assert in_project("-m", "kitexgen", "lint", project="api").returncode == 0
    Path("api/kitexgen.toml").write_text(settings.replace('    "FIELD_NOT_REQUIRED",\n', ""))
    linted = in_project("-m", "kitexgen", "lint", project="api")
    assert "(FIELD_NOT_REQUIRED)" in linted.stderr
    assert linted.stderr.endswith("1 warning (`kitexgen explain KX0816` says more)\n")


def test_the_service_can_be_chosen() -> None:
    lay_down_own_idl()
    assert new("api", "--idl", "idls/own.thrift", "-I", "common", "--service", "First").exit_code == 0
    client = Path("api/client.py").read_text()
    assert "FirstClient" in client
    assert '        await client.ping()\n        print("answered")\n' in client
    assert new("notes", "--service", "Keeper").exit_code == 0
    assert "service Keeper {" in Path("notes/idl/notes.thrift").read_text()


@pytest.mark.parametrize("name", ["class", "note", "async-io", "handler", "kitex_gen", "User.Service", "list", "test"])
def test_odd_names_work(name: str) -> None:
    result = new(name)
    assert (result.exit_code, len(result.stderr.splitlines())) == (0, 4), result.stderr  # nothing but what to do next
    assert_its_tests_pass(name)


def test_own_idl_of_protobuf() -> None:
    result = new("shop", *ORDERS)
    assert result.exit_code == 0, result.stderr
    laid_down = {path.relative_to("shop/idl").as_posix() for path in Path("shop/idl").rglob("*.proto")}
    assert laid_down == {"shop/catalog/catalog.proto", "shop/money.proto", "shop/orders/orders.proto"}
    client = Path("shop/client.py").read_text(encoding="utf-8")
    assert "from kitex_gen.shop.orders.v1.orders import PlaceOrderRequest\n" in client
    assert "print(await client.place_order(PlaceOrderRequest()))" in client
    assert "12 passed, 1 skipped" in assert_its_tests_pass()


ECHO = ("--idl", str(ROOT / "idl_samples" / "thrift" / "echo.thrift"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise NotImplementedError('Echo.echo')", "12 passed, 1 skipped"),
        ("return EchoResponse(messages=[request.message])", "13 passed"),
    ],
)
def test_the_first_call_waits_for_the_handler(body: str, said: str) -> None:
    assert new("shop", *ECHO).exit_code == 0
    handler = Path("shop/handler.py")
    stub = 'raise NotImplementedError("Echo.echo")'
    assert stub in handler.read_text()
    handler.write_text(handler.read_text().replace(stub, body))
    assert 'print(await client.echo(EchoRequest(message="hello")))' in Path("shop/client.py").read_text()
    assert said in assert_its_tests_pass()


def test_a_handler_that_fails_fails_its_test() -> None:
    assert new("shop", *ECHO).exit_code == 0
    handler = Path("shop/handler.py")
    handler.write_text(handler.read_text().replace('NotImplementedError("Echo.echo")', 'ValueError("lost")'))
    done = in_project("-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 1
    assert "biz error: lost" in done.stdout


MADE_UP = """\
namespace py made.up
enum Color { NONE = 0, RED = 3 }
union Id { 1: i64 number, 2: string name }
struct Deep { 1: required Color color, 2: required Id id, 3: required list<Deep> inner, 4: optional uuid never }
struct Endless { 1: required Wrapped one }
struct Wrapped { 1: optional Endless back, 2: required Empty empty, 3: required uuid key }
struct Empty {}
service %s {
  oneway void Tell(1: i64 n)
  Color Ask(1: Deep deep, 2: map<Id, Deep> by, 3: Endless endless)
}
"""


def test_a_request_is_made_up_of_the_least_that_it_needs() -> None:
    Path("up.thrift").write_text(MADE_UP % "Asker")
    assert new("shop", "--idl", "up.thrift").exit_code == 0
    client = re.sub(r"\s+", "", Path("shop/client.py").read_text())
    assert "client.ask(Deep(color=Color.NONE,id=Id(number=1),inner=[]),{},Endless(" in client
