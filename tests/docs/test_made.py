"""What is made of the code is as the code is now: `make reference` and `make picture` write it anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.tools.picture import PICTURE, drawn, session
from docs.tools.reference import DOCS, PAGES
from kitexgen import runtime
from kitexgen.driver.config import TABLES, Config
from kitexgen.plugins.discover import OWN
from kitexgen.runtime import errors


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_reference(name: str) -> None:
    assert PAGES[name]() == (DOCS / name).read_text(encoding="utf-8")


def test_every_error_is_on_its_page() -> None:
    page = (DOCS / "errors.md").read_text()
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, errors.KitexError):
            assert f"`{name}`" in page
            assert getattr(runtime, name, None) is value  # the page says that all are imported from there


def test_every_setting_is_told() -> None:
    page = (DOCS / "configuration.md").read_text()
    settings = set(Config._fields) - {"is_whole", "patterns", "plugins"}
    assert [name for name in sorted(settings) if f"| `{name}` |" not in page] == []
    assert [name for name in (*TABLES, "plugins", "py_package") if f"[{name}" not in page] == []


def test_every_plugin_of_ours_is_told() -> None:
    page = (DOCS / "plugins.md").read_text()
    assert [name for name in OWN if f"`{name}`" not in page] == []


def test_the_picture_shows_what_is_printed() -> None:
    assert drawn(session()) == PICTURE.read_text(encoding="utf-8")


def test_the_picture_loses_nothing() -> None:
    picture = drawn("\x1b[32m$\x1b[0m  a <b>\n\n   \x1b[1;31mred\x1b[0m & plain\n")
    texts = [re.sub(r"<[^>]+>", "", row) for row in re.findall(r"<text.*?</text>", picture)]
    assert texts == ["$a\N{NO-BREAK SPACE}&lt;b&gt;", "red&amp;\N{NO-BREAK SPACE}plain"]
    assert ' font-weight="bold" fill="#ff7b85"' in picture


def test_hooks_name_commands_that_there_are() -> None:
    from kitexgen.cli.main import COMMANDS  # noqa: PLC0415 - beside what it is compared with

    hooks = (Path(DOCS).parent / ".pre-commit-hooks.yaml").read_text()
    entries = re.findall(r"^  entry: kitexgen (\w+)", hooks, re.MULTILINE)
    assert len(entries) == 4
    assert set(entries) <= set(COMMANDS)
