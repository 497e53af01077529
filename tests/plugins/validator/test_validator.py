"""Rules of rules.thrift, generated and kept. `expected/` holds the module as it was reviewed."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from kitexgen.cli.main import cli
from kitexgen.runtime import ApplicationError, ValidationError, validate, validating
from kitexgen.runtime.testing import connected

HERE = Path(__file__).parent
EXPECTED = HERE / "expected" / "rules_validation.txt"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("validator")
    arguments = ["gen", str(HERE / "rules.thrift"), "--plugin", "validator", "--out", str(folder / "ruled")]
    result = CliRunner().invoke(cli, arguments, prog_name="kitexgen")
    assert result.exit_code == 0, result.stderr
    return folder


@pytest.fixture(scope="module")
def demo(folder: Path) -> Iterator[ModuleType]:
    sys.path.insert(0, str(folder))
    yield importlib.import_module("ruled.demo.rules")
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "ruled"]:
        del sys.modules[name]


@pytest.fixture
def base(demo: ModuleType) -> ModuleType:
    return importlib.import_module("ruled.demo.base.base")


def account(demo: ModuleType, **changed: object) -> Any:
    """One that keeps every rule, with `changed`."""
    values: dict[str, object] = {
        "id": 1,
        "name": "ada",
        "blob": b"x",
        "from_": True,
        "numbers": {1},
        "needed": "",
        "label": f"{changed.get('name', 'ada')}-{changed.get('limit', 8)}",
    }
    return demo.Account(**{**values, **changed})


def test_the_module_is_as_it_was_reviewed(folder: Path) -> None:
    text = (folder / "ruled/demo/rules_validation.py").read_text()
    if os.environ.get("KITEXGEN_GOLDEN") == "write":
        EXPECTED.write_text(text)
    assert text == EXPECTED.read_text()


def test_what_keeps_the_rules_passes(demo: ModuleType, base: ModuleType) -> None:
    validate(account(demo))
    validate(account(demo, owner=base.Owner(mail="a@b"), nick="@a", ratio=0.5, tags=["ab"], suffix="b", least=1))
    validate(account(demo, unchecked=base.Owner(mail="")))
    validate(account(demo, expires=time.time_ns() + 10**12))
    validate(demo.Choice(text="a"))
    validate(demo.Plain(id=-1))
    validate(None)


@pytest.mark.parametrize(
    ("changed", "path", "rule"),
    [
        ({"id": 0}, "Account.id", 'vt.gt = "0"'),
        ({"id": 26}, "Account.id", 'vt.not_in = "13", vt.not_in = "0x1a"'),
        ({"name": "a"}, "Account.name", 'vt.min_size = "2"'),
        ({"name": "abc", "limit": 2}, "Account.name", 'vt.max_size = "$limit"'),
        ({"name": "aaaaaaa"}, "Account.name", 'vt.max_rune_size = "6"'),
        ({"name": "éééé", "limit": 7}, "Account.name", 'vt.max_size = "$limit"'),
        ({"name": "ab\n"}, "Account.name", 'vt.pattern = "^[a-zé]+$"'),
        ({"nick": "a"}, "Account.nick", 'vt.prefix = "@"'),
        ({"nick": "@ "}, "Account.nick", 'vt.not_contains = " "'),
        ({"blob": b"a"}, "Account.blob", 'vt.contains = "x"'),
        ({"blob": b"xabcd"}, "Account.blob", 'vt.max_size = "4"'),
        ({"color": 3}, "Account.color", 'vt.defined_only = "true"'),
        ({"from_": False}, "Account.from", 'vt.const = "true"'),
        ({"ratio": 0.4}, "Account.ratio", 'vt.ge = "0.5"'),
        ({"ratio": 8.5}, "Account.ratio", 'vt.lt = "@add($limit, 0.5)"'),
        ({"tags": ["a"] * 4}, "Account.tags", 'vt.max_size = "3"'),
        ({"tags": ["a", ""]}, "Account.tags[1]", 'vt.elem.min_size = "1"'),
        ({"tags": ["a"], "suffix": "b"}, "Account.tags[0]", 'vt.elem.suffix = "$suffix"'),
        ({"numbers": None}, "Account.numbers", 'vt.min_size = "1"'),
        ({"numbers": {100}}, "Account.numbers[100]", 'vt.elem.lt = "100"'),
        ({"table": {"": []}}, "Account.table['']", 'vt.key.min_size = "1"'),
        ({"table": {"a": [1, 2, 3]}}, "Account.table['a']", 'vt.value.max_size = "2"'),
        ({"table": {"a": [2, 1]}, "least": 2}, "Account.table['a'][1]", 'vt.value.elem.ge = "$least"'),
        ({"needed": None}, "Account.needed", 'vt.not_nil = "true"'),
        ({"label": "?"}, "Account.label", "vt.const = \"@sprintf('%s-%d', $name, $limit)\""),
        ({"expires": 1}, "Account.expires", 'vt.gt = "@now_unix_nano()"'),
        ({"step": 3}, "Account", 'vt.assert = "@equal(@mod($limit, $step), 0)"'),
        ({"step": 0}, "Account", 'vt.assert = "@equal(@mod($limit, $step), 0)"'),
    ],
)
def test_what_breaks_a_rule_is_told(demo: ModuleType, changed: dict[str, Any], path: str, rule: str) -> None:
    if "color" in changed:
        changed = {"color": demo.Color(changed["color"])}
    with pytest.raises(ValidationError) as caught:
        validate(account(demo, **changed))
    assert (caught.value.path, caught.value.rule) == (path, rule)


def test_records_in_records_are_descended(demo: ModuleType, base: ModuleType) -> None:
    bad = base.Owner(mail="nobody")
    with pytest.raises(ValidationError, match=r"^Account\.owner\.mail: 'nobody' breaks vt\.contains = \"@\"$"):
        validate(account(demo, owner=bad))
    with pytest.raises(ValidationError, match=r"^Account\.owners\[7\]\.mail: "):
        validate(account(demo, owners={7: bad}))
    with pytest.raises(ValidationError, match=r"^Choice\.account\.id: 0 breaks "):
        validate(demo.Choice(account=account(demo, id=0)))
    tree = demo.Tree(name="a", children=[demo.Tree(name="b"), demo.Tree(name="")])
    with pytest.raises(ValidationError, match=r"^Tree\.children\[1\]\.name: '' breaks "):
        validate(tree)


def test_a_record_that_is_too_deep_is_refused(demo: ModuleType) -> None:
    tree = demo.Tree(name="leaf")
    for _ in range(5_000):
        tree = demo.Tree(name="a", children=[tree])
    with pytest.raises(ValidationError, match=r"breaks the depth to which rules can be checked$"):
        validate(tree)


def test_protobuf_is_told_that_it_has_no_rules(tmp_path: Path) -> None:
    (tmp_path / "a.proto").write_text('syntax = "proto3";\npackage a;\nmessage A {}\n')
    arguments = ["gen", str(tmp_path / "a.proto"), "--plugin", "validator", "--out", str(tmp_path / "gen")]
    result = CliRunner().invoke(cli, arguments, prog_name="kitexgen")
    assert result.exit_code == 0
    assert "warning[KX0459]: the plugin `validator` knows rules of Thrift only" in result.stderr
    assert not list((tmp_path / "gen").rglob("*_validation.py"))


def test_a_record_without_rules_has_no_function(demo: ModuleType) -> None:
    module = importlib.import_module("ruled.demo.rules_validation")
    assert "Plain" not in {cls.__name__ for cls in module.VALIDATORS}


def test_rules_of_ours_and_generated_code_are_clean(folder: Path) -> None:
    for command in (
        ["ruff", "check", "--isolated", "--no-cache", "."],
        ["black", "--quiet", "--check", "."],
        ["mypy", "--strict", "--cache-dir", str(folder / ".cache"), "ruled"],
    ):
        done = subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


class Handler:
    """Opens an account that is as bad as it is told."""

    def __init__(self, demo: ModuleType) -> None:
        self.calls = 0
        self._demo = demo

    async def open(self, account_: Any, plain: Any) -> Any:
        self.calls += 1
        account_.id = plain.id
        return account_


async def test_a_client_validates(demo: ModuleType) -> None:
    accounts = importlib.import_module("ruled.demo.accounts")
    handler = Handler(demo)
    async with connected(accounts.AccountsClient, handler, client_settings={"middlewares": [validating()]}) as client:
        assert (await client.open(account(demo), demo.Plain(id=5))).id == 5
        with pytest.raises(ValidationError, match=r"^Account\.id: 0 breaks "):
            await client.open(account(demo, id=0), demo.Plain(id=5))
        assert handler.calls == 1
        with pytest.raises(ValidationError, match=r"^Account\.id: -5 breaks "):
            await client.open(account(demo), demo.Plain(id=-5))
        assert handler.calls == 2


async def test_a_server_validates(demo: ModuleType) -> None:
    accounts = importlib.import_module("ruled.demo.accounts")
    handler = Handler(demo)
    settings = {"middlewares": [validating(results=False)]}
    async with connected(accounts.AccountsClient, handler, server_settings=settings) as client:
        with pytest.raises(ApplicationError, match=r"Account\.id: 0 breaks vt\.gt = \"0\""):
            await client.open(account(demo, id=0), demo.Plain(id=5))
        assert handler.calls == 0
        assert (await client.open(account(demo), demo.Plain(id=-5))).id == -5
