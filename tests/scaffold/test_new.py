"""`kitexgen new`: what is laid down, and that it runs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kitexgen.cli.main import cli
from kitexgen.scaffold.project import ProjectName

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
OWN = """\
include "sub/base.thrift"
include "shared.thrift"
namespace py acme.api

struct Request { 1: required base.Id id }

service First { void Ping() }
service Second extends base.Health {
  base.Id Get(1: Request request)
  list<shared.Name> Names(1: i64 n)
}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def new(*arguments: str) -> Result:
    result = CliRunner(env={"NO_COLOR": "1"}).invoke(cli, ["new", *arguments], prog_name="kitexgen")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def in_project(
    *command: str, project: str = "shop", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env={**ENVIRONMENT, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def lay_down_own_idl() -> None:
    for path, text in {
        "idls/own.thrift": OWN,
        "idls/sub/base.thrift": "typedef i64 Id\nservice Health { string Healthy() }\n",
        "common/shared.thrift": "typedef string Name\n",
    }.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)


def test_a_sample_service_is_laid_down() -> None:
    result = new("shop")
    assert result.exit_code == 0
    assert "cd shop\n" in result.stderr
    files = {path.relative_to("shop").as_posix() for path in Path("shop").rglob("*") if path.is_file()}
    assert {
        ".dockerignore",
        ".github/workflows/ci.yml",
        ".gitignore",
        "Dockerfile",
        "Makefile",
        "README.md",
        "client.py",
        "handler.py",
        "idl/shop.thrift",
        "kitex_gen/shop/shop.py",
        "kitexgen.toml",
        "pyproject.toml",
        "server.py",
        "tests/test_service.py",
    } <= files
    assert [path.name for path in Path().iterdir()] == ["shop"]
    for path in files:
        text = (Path("shop") / path).read_text()
        assert "{{" not in text
        assert "{%" not in text
        assert text.endswith("\n")


def test_its_own_tests_pass_and_nothing_is_stale() -> None:
    new("shop")
    done = in_project("-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
    check = in_project("-m", "kitexgen", "gen", "--check")
    assert check.returncode == 0, check.stderr


@pytest.mark.slow
def test_it_is_typed_and_tidy() -> None:
    lay_down_own_idl()
    new("shop")
    new("api", "--idl", "idls/own.thrift", "-I", "common")
    for project in ("shop", "api"):
        for command in (
            ("mypy", "."),
            ("ruff", "check", "--isolated", "."),
            ("ruff", "format", "--isolated", "--check", "."),
        ):
            done = in_project("-m", *command, project=project)
            assert done.returncode == 0, f"{command}: {done.stdout}"


def what_the_client_prints(service: str) -> str:
    """Run server and client of the project; the server ends in order."""
    environment = {**ENVIRONMENT, "ADDRESS": "127.0.0.1:0"}
    server = subprocess.Popen(
        [sys.executable, "server.py"],
        cwd="shop",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        said, address = server.stdout.readline().split(" on ")
        assert said == f"serving {service}"
        client = in_project("client.py", environment={"ADDRESS": address.strip()})
        assert client.returncode == 0, client.stderr
        return client.stdout
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0
        assert server.stdout is not None
        server.stdout.close()


@pytest.mark.slow
def test_server_and_client_meet() -> None:
    new("shop")
    printed = what_the_client_prints("ShopService")
    assert printed.startswith("added  Note(id=1, text='buy milk'")
    assert "raised NoteNotFound(id=404)" in printed


@pytest.mark.slow
def test_server_and_client_of_protobuf_meet() -> None:
    samples = ROOT / "idl_samples" / "proto"
    new("shop", "--idl", str(samples / "shop" / "orders" / "orders.proto"), "-I", str(samples))
    assert what_the_client_prints("Orders").startswith("the server says: biz error: Orders.PlaceOrder (shop.PlaceOrder")
    handler = Path("shop/handler.py")
    text = handler.read_text(encoding="utf-8")
    assert text.count('raise NotImplementedError("Orders.PlaceOrder")') == 1
    handler.write_text(text.replace('raise NotImplementedError("Orders.PlaceOrder")', 'return Order(id="order-1")'))
    assert what_the_client_prints("Orders").startswith("Order(id='order-1', lines=[]")


def test_an_address_in_use_is_told_by_the_server() -> None:
    new("shop")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = in_project("server.py", environment={"ADDRESS": address})
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.endswith(f"cannot listen on {address}: Address already in use\n")


def test_a_server_that_is_not_there_is_told_by_the_client() -> None:
    new("shop")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        done = in_project("client.py", environment={"ADDRESS": address})
    assert done.returncode == 1
    assert done.stderr == (
        f"cannot connect: Connection refused (shop.AddNote at {address})\nIs it running? `make run` starts it.\n"
    )


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
    done = in_project("-m", "pytest", "-q", "-p", "no:cacheprovider", project="api")
    assert done.returncode == 0, done.stdout


def test_the_service_can_be_chosen() -> None:
    lay_down_own_idl()
    assert new("api", "--idl", "idls/own.thrift", "-I", "common", "--service", "First").exit_code == 0
    assert "FirstClient" in Path("api/client.py").read_text()
    assert new("notes", "--service", "Keeper").exit_code == 0
    assert "service Keeper {" in Path("notes/idl/notes.thrift").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["full"], "full exists and is not empty"),
        (["file"], "file exists and is not empty"),
        (["1shop"], "cannot be the name of a project"),
        (["shop-"], "cannot be the name of a project"),
        (["shöp"], "cannot be the name of a project"),
        (["shop", "--service", "no name"], "cannot be the name of a service"),
        (["shop", "--idl", "idls/own.thrift", "-I", "common", "--service", "Secnd"], "did you mean 'Second'?"),
        (["shop", "--idl", "common/shared.thrift"], "has no service to serve"),
    ],
)
def test_wrong_usage_lays_nothing_down(arguments: list[str], said: str) -> None:
    lay_down_own_idl()
    Path("full").mkdir()
    Path("full/mine.txt").write_text("mine")
    Path("file").write_text("mine")
    before = sorted(Path().rglob("*"))
    result = new(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert sorted(Path().rglob("*")) == before


def test_wrong_idl_lays_nothing_down() -> None:
    Path("own.thrift").write_text("service S { Strnig get() }")
    result = new("shop", "--idl", "own.thrift")
    assert result.exit_code == 1
    assert "error[KX0210]" in result.stderr
    assert [path.name for path in Path().iterdir()] == ["own.thrift"]


def test_an_empty_folder_is_fresh_and_a_path_may_be_given() -> None:
    Path("a/shop").mkdir(parents=True)
    assert new("a/shop", "-q").output == ""
    assert Path("a/shop/server.py").exists()


@pytest.mark.parametrize(
    ("name", "package", "service"),
    [
        ("shop", "shop", "ShopService"),
        ("shop-api", "shop_api", "ShopApiService"),
        ("Shop.v2", "shop_v2", "ShopV2Service"),
        ("userService", "userservice", "UserService"),
        ("class", "class_", "ClassService"),
        ("a", "a", "AService"),
    ],
)
def test_names(name: str, package: str, service: str) -> None:
    project = ProjectName(name)
    assert (project.package, project.service) == (package, service)


@pytest.mark.parametrize("name", ["class", "note", "async-io", "handler", "kitex_gen", "User.Service"])
def test_odd_names_work(name: str) -> None:
    result = new(name)
    assert result.exit_code == 0, result.stderr
    done = in_project("-m", "pytest", "-q", "-p", "no:cacheprovider", project=name)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_project_of_protobuf() -> None:
    samples = ROOT / "idl_samples" / "proto"
    result = new("shop", "--idl", str(samples / "shop" / "orders" / "orders.proto"), "-I", str(samples))
    assert result.exit_code == 0, result.stderr
    laid_down = {path.relative_to("shop/idl").as_posix() for path in Path("shop/idl").rglob("*.proto")}
    assert laid_down == {"shop/catalog/catalog.proto", "shop/money.proto", "shop/orders/orders.proto"}
    client = Path("shop/client.py").read_text(encoding="utf-8")
    assert "from kitex_gen.shop.orders.v1.orders import PlaceOrderRequest\n" in client
    assert "print(await client.place_order(PlaceOrderRequest()))" in client
    done = in_project("-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore")
    assert done.returncode == 0, done.stdout + done.stderr
    checked = in_project("-m", "ruff", "check", "--no-cache", "--extend-select", "I", ".")
    assert checked.returncode == 0, checked.stdout
    assert in_project("-m", "kitexgen", "gen", "--check").returncode == 0
