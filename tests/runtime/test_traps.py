"""traps.md: every trap has a line, every test that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = re.findall(r"^\| (\d+) \| .+? \| (.+) \|$", (Path(__file__).with_name("traps.md")).read_text(), re.MULTILINE)
TRAPS = 30


def test_none_is_left_out() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, TRAPS + 1))


@pytest.mark.parametrize(("number", "shown"), ROWS, ids=[number for number, _ in ROWS])
def test_what_is_said_is_there(number: str, shown: str) -> None:
    for path, name in re.findall(r"`([\w/]+\.py)::(\w+)`", shown):
        text = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), f"{path} has no {name}"
    assert "::" in shown or " " in shown.strip("`")
