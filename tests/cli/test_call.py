"""`kitexgen call`, against running services of both IDLs."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kitexgen.cli.main import cli
from kitexgen.runtime import BizStatusError, Served, Server, current, metainfo

THRIFT = """namespace py live

exception NotFound { 1: string what }

struct User { 1: required i64 id, 2: string name, 3: list<string> tags }

service Base { string Version() }

service Users extends Base {
  User GetUser(1: i64 id, 2: bool loud = false) throws (1: NotFound missing)
  list<i64> Ids()
  void Forget(1: i64 id)
  void Rename(1: User user)
  oneway void Ping(1: string words)
}

service Others { string Version() }
"""

PROTO = """syntax = "proto3";
package live.v1;

message HelloRequest { string name = 1; int64 times = 2; }
message HelloReply { repeated string greetings = 1; }

service Greeter {
  rpc Hello(HelloRequest) returns (HelloReply);
  rpc Talk(stream HelloRequest) returns (HelloReply);
}
"""


class Users:
    def __init__(self, types: Any) -> None:
        self._types = types
        self.pings: list[str] = []

    async def get_user(self, id: int, loud: bool) -> Any:
        if id == 404:
            raise self._types.NotFound(what=f"user {id}")
        if id == 402:
            raise BizStatusError(1001, "no money", {"missing": "12"})
        metainfo.send_backward("served-by", metainfo.get_transient("who") or "nobody")
        name = "Ünï" if not loud else "ÜNÏ"
        return self._types.User(id=id, name=name, tags=[current().destination, metainfo.get_persistent("tenant") or ""])

    async def ids(self) -> list[int]:
        return [1, 2**53]

    async def forget(self, id: int) -> None:
        return None

    async def rename(self, user: Any) -> None:
        raise AssertionError(f"called with {user}")

    async def ping(self, words: str) -> None:
        self.pings.append(words)

    async def version(self) -> str:
        return "1.2"


class Greeter:
    def __init__(self, types: Any) -> None:
        self._types = types

    async def hello(self, request: Any) -> Any:
        return self._types.HelloReply(greetings=[f"hello {request.name}"] * request.times)

    async def talk(self, stream: Any) -> Any:
        raise NotImplementedError


def run(*arguments: str, input: str | None = None) -> Result:
    result = CliRunner().invoke(cli, ["call", *arguments], prog_name="kitexgen", input=input)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of both services; the current folder holds their IDL."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "live.thrift").write_text(THRIFT)
    (folder / "live.proto").write_text(PROTO)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("NO_COLOR", "1")
        patch.syspath_prepend(str(folder))
        made = CliRunner().invoke(cli, ["gen", "-q", "live.thrift", "live.proto", "-o", "live_gen"])
        assert made.exit_code == 0, made.output
        from live_gen.live import live as thrift_types  # type: ignore[import-not-found]  # noqa: PLC0415
        from live_gen.live import users  # noqa: PLC0415
        from live_gen.live.v1 import greeter  # type: ignore[import-not-found]  # noqa: PLC0415
        from live_gen.live.v1 import live as proto_types  # noqa: PLC0415

        started, stop = threading.Event(), threading.Event()
        address: list[str] = []

        async def serve() -> None:
            services = (Served(users.SERVICE, Users(thrift_types)), Served(greeter.SERVICE, Greeter(proto_types)))
            async with Server(*services, address="127.0.0.1:0", late_requests=0, exit_wait=0.5) as server:
                address.append(str(server.address))
                started.set()
                await asyncio.to_thread(stop.wait)

        thread = threading.Thread(target=asyncio.run, args=(serve(),))
        thread.start()
        assert started.wait(20)
        try:
            yield address[0]
        finally:
            stop.set()
            thread.join(20)
            for name in [each for each in sys.modules if each.startswith("live_gen")]:
                del sys.modules[name]


def test_a_struct_is_printed_as_json(live: str) -> None:
    result = run("live.thrift", "GetUser", '{"id": 7, "loud": true}', "--to", live)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == '{\n  "id": 7,\n  "name": "ÜNÏ",\n  "tags": [\n    "Users",\n    ""\n  ]\n}\n'
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "out", "err"),
    [
        (("Ids",), "[\n  1,\n  9007199254740992\n]\n", ""),
        (("Users.Version",), '"1.2"\n', ""),
        (("Forget", '{"id": 1}'), "", "done\n"),
        (("Ping", '{"words": "hi"}'), "", "done\n"),
    ],
)
def test_other_results(live: str, arguments: tuple[str, ...], out: str, err: str) -> None:
    result = run("live.thrift", *arguments, "--to", live)
    assert (result.exit_code, result.stdout, result.stderr) == (0, out, err)


def test_a_message_is_printed_as_protojson(live: str) -> None:
    result = run("live.proto", "Greeter.Hello", '{"name": "bob", "times": "2"}', "--to", live)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == '{\n  "greetings": [\n    "hello bob",\n    "hello bob"\n  ]\n}\n'


def test_metainfo_goes_and_comes(live: str) -> None:
    result = run("live.thrift", "GetUser", '{"id": 7}', "--to", live, "--meta", "who=me", "--persist", "tenant=acme")
    assert '"acme"' in result.stdout
    assert result.stderr == 'metainfo came back: {"served-by": "me"}\n'


def test_metainfo_is_not_lost_on_a_transport_without_any() -> None:
    result = run("live.thrift", "Ids", "--to", "127.0.0.1:1", "--meta", "who=me", "--transport", "framed")
    assert result.exit_code == 2
    assert "--transport framed carries no metainfo; ttheader and ttheader_framed do\n" in result.stderr


def test_an_address_that_is_none(live: str) -> None:
    result = run("live.thrift", "Ids", "--to", "localhost")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("kitexgen: `localhost` is no address: write `host:port`")


def test_the_request_may_come_from_elsewhere(live: str, tmp_path: Path) -> None:
    path = tmp_path / "request.json"
    path.write_text('{"id": 8}')
    assert '"id": 8' in run("live.thrift", "GetUser", f"@{path}", "--to", live).stdout
    assert '"id": 9' in run("live.thrift", "GetUser", "-", "--to", live, input='{"id": 9}').stdout
    missing = run("live.thrift", "GetUser", f"@{path}.not", "--to", live)
    assert missing.exit_code == 2
    assert f"cannot read {path}.not: No such file or directory\n" in missing.stderr
    path.write_bytes(b'{"id": "\xe9"}')
    latin = run("live.thrift", "GetUser", f"@{path}", "--to", live)
    assert latin.exit_code == 2
    assert f"{path} is not UTF-8\n" in latin.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("live.thrift", "GetUser", '{"id": 404}'), 'NotFound {\n  "what": "user 404"\n}\n'),
        (
            ("live.thrift", "GetUser", '{"id": 402}', "--transport", "ttheader"),
            'business status 1001: no money {"missing": "12"}\n',
        ),
        (("live.thrift", "Version"), "more than one service has a method `Version`"),
        (("live.thrift", "GetUsr"), "there is no method `GetUsr`\n    = hint: did you mean `GetUser`?\n"),
        (("live.thrift", "GetUser", '{"id": "x"}'), "the request does not fit: id: expected a whole number"),
        (("live.thrift", "GetUser", "{"), "the request does not fit: no JSON: Expecting property name"),
        (("live.thrift", "GetUser", "[1]"), "the request does not fit: expected an object, got an array"),
        (("live.thrift", "GetUser", '{"ide": 1}'), "no such field: ide\n    = hint: `GetUser` takes id, loud"),
        (("live.thrift", "Rename", '{"user": {"id": 1, "nam": "x"}}'), "user: no such field: nam\n"),
        (("live.thrift", "Ids", '{"x": 1}'), "`Ids` takes nothing: leave the request out"),
        (("live.proto", "Hello", '{"nam": 1}'), "`Hello` takes name, times"),
        (("live.proto", "Talk"), "`Talk` is a stream"),
        (
            ("live.proto", "Hello", "--transport", "buffered"),
            "kitexgen: transport `buffered` is for services of Thrift",
        ),
    ],
)
def test_what_fails_is_said(live: str, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments, "--to", live)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert said in result.stderr, result.stderr


def test_nobody_there(live: str) -> None:
    result = run("live.thrift", "Ids", "--to", "127.0.0.1:1")
    assert result.exit_code == 1
    assert result.stderr.startswith("ConnectError: ")


def test_a_broken_idl_is_reported_as_by_check(live: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.thrift"
    path.write_text("struct {")
    result = run(str(path), "Get", "--to", live)
    assert result.exit_code == 1
    assert "error[KX01" in result.stderr
