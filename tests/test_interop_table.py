"""The page that `make interop` writes: how it is made, and that the one in docs/ is that of the peers built here."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from tests.interop_kitex.ways import KITEX
from tests.interop_table import PAGE, ROWS, TABLES, InteropTable, _versions

WAY = KITEX[0]
CELL = ("interop", [WAY.table, "void", WAY.column])


def report(outcome: str, *properties: tuple[str, object], when: str = "call") -> pytest.TestReport:
    longrepr = ("test.py", 1, "Skipped: no Go") if outcome == "skipped" else None
    flags = {name: name == outcome for name in ("passed", "failed", "skipped")}
    return cast(
        "pytest.TestReport", SimpleNamespace(when=when, user_properties=list(properties), longrepr=longrepr, **flags)
    )


def void_row(*reports: pytest.TestReport) -> str | None:
    table = InteropTable()
    for each in reports:
        table.pytest_runtest_logreport(each)
    rows = (line.split(" | ") for line in table.page().splitlines())
    return next((row[1] for row in rows if row[0] == "| void"), None)


@pytest.mark.parametrize(
    ("reports", "cell"),
    [
        ([report("passed", CELL)], "✓"),
        ([report("passed", CELL), report("failed", CELL)], "✗"),
        ([report("failed", CELL, when="setup")], "✗"),
        ([report("passed", CELL), report("failed", CELL, when="teardown")], "✗"),
        ([report("passed", CELL, ("cell", "lost"))], "lost"),
        ([report("passed", CELL, when="setup")], None),
        ([report("passed")], None),
    ],
)
def test_a_cell_is_what_its_tests_came_to(reports: list[pytest.TestReport], cell: str | None) -> None:
    assert void_row(*reports) == cell


def test_a_table_without_a_run_says_why() -> None:
    table = InteropTable()
    table.pytest_runtest_logreport(report("skipped", CELL, when="setup"))
    assert f"## {WAY.table}\n\nNot run: no Go.\n" in table.page()


def test_a_run_that_shows_something_else_than_the_page_is_told() -> None:
    table = InteropTable()
    assert table.differing("") == []  # nothing was run
    table.pytest_runtest_logreport(report("passed", CELL))
    assert table.differing(table.page()) == []
    page = table.page()
    table.pytest_runtest_logreport(report("failed", CELL))
    assert table.differing(page) == [WAY.table]


def test_the_page_in_docs_is_whole() -> None:
    """Rows, tables and versions are those of today: whoever changes them runs `make interop`."""
    text = PAGE.read_text(encoding="utf-8")
    assert _versions() in text
    assert [row for row in ROWS if f"\n| {row} |" not in text] == []
    assert [table for table in TABLES if f"\n## {table}\n\n| |" not in text] == []
    assert text.count("✗") == 1  # in the legend
