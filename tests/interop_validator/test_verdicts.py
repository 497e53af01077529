"""Rules are kept and broken by the same records in Go: what thrift-gen-validator makes of the IDL is the judge."""

from __future__ import annotations

import importlib
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kitexgen.cli.main import cli
from kitexgen.runtime import ValidationError, thrift, validate
from tests.peers.building import PeersUnavailable
from tests.peers.validator_build import SOURCES, build

pytestmark = [pytest.mark.interop, pytest.mark.slow]
RECORDS = 4_000


@pytest.fixture(scope="module")
def judge() -> Path:
    try:
        return build()
    except PeersUnavailable as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(str(reason))
        pytest.skip(str(reason))


def choices(rules: Any, base: Any) -> dict[str, list[Any]]:
    """Values for each field, on both sides of its rules."""
    color = rules.Color
    owner = base.Owner
    return {
        "id": [0, -1, 13, 25, 26, 2**62],
        "name": ["", "a", "ab", "Abc", "abc\n", "éé", "ééé", "éééé", "ééééééé", "abcdefg", "ab\udcff"],
        "limit": [0, 1, 2, 3, 7, 8, 9, 100],
        "nick": [None, "", "@", "a", "@ a"],
        "blob": [b"", b"a", b"xxxx", b"xxxxx", b"\xff"],
        "color": [color.RED, color.GREEN, color(0), color(7)],
        "from_": [True, False],
        "ratio": [None, 0.49, 0.5, 8.4999, 8.5, float("nan"), float("inf")],
        "tags": [[], ["a"], ["a", "b", "c"], ["a"] * 4, ["a", ""]],
        "suffix": ["", "a", "b"],
        "numbers": [None, set(), {1}, {100}, {99, -5}],
        "table": [{}, {"": []}, {"a": [1, 2]}, {"a": [1, 2, 3]}, {"b": [5, -1]}],
        "least": [-9, 0, 1, 5],
        "owners": [{}, {1: owner(mail="a@")}, {1: owner(mail="x")}],
        "owner": [None, owner(mail="@"), owner(mail="")],
        "unchecked": [None, owner(mail="")],
        "needed": [None, "", "x"],
        "label": ["", "ada-8", "ab-8"],
        "expires": [None, 1, time.time_ns() + 10**15],
        "step": [1, 2, 3, 5, 8, -3],
    }


def accounts(rules: Any, base: Any) -> list[Any]:
    """Mostly good ones, each with a few fields chosen at random, the same in every run."""
    dice, values = random.Random(7), choices(rules, base)
    good = {"id": 1, "name": "ada", "blob": b"x", "from_": True, "numbers": {1}, "needed": "", "limit": 8}
    made = []
    for _ in range(RECORDS):
        # Go follows a reference to a field that is not set, and falls; so these are.
        given: dict[str, Any] = {**good, "suffix": "", "least": -9}
        for name in dice.sample(sorted(values), dice.choice((0, 1, 1, 1, 2, 3))):
            given[name] = dice.choice(values[name])
        if dice.random() < 0.8:
            given["label"] = f"{given['name']}-{given['limit']}"
        made.append(rules.Account(**given))
    return made


def our_verdict(record: object) -> str:
    try:
        validate(record)
    except ValidationError:
        return "broken"
    return "kept"


def test_go_says_the_same(judge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["gen", "--quiet", str(SOURCES / "rules.thrift"), "-p", "validator", "-o", str(tmp_path / "judged")]
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    monkeypatch.syspath_prepend(str(tmp_path))
    rules = importlib.import_module("judged.demo.rules")
    made = accounts(rules, importlib.import_module("judged.demo.base.base"))
    asked = "".join(f"{thrift.encode(record).hex()}\n" for record in made)
    done = subprocess.run([judge], input=asked, capture_output=True, text=True, check=True)
    verdicts = done.stdout.splitlines()
    ours = [our_verdict(record) for record in made]
    differing = [
        (record, our, their) for record, our, their in zip(made, ours, verdicts, strict=True) if our != their.split()[0]
    ]
    assert differing == []
    # Both must have had something to say.
    assert min(Counter(ours)[verdict] for verdict in ("kept", "broken")) > RECORDS // 10
    for name in [name for name in sys.modules if name.partition(".")[0] == "judged"]:
        del sys.modules[name]
