"""Write docs/interop.md from what a run has shown. A plugin of pytest: `make interop` loads it, ordinary runs do not.

With `KITEXGEN_INTEROP=check` it writes nothing, but fails a run that shows something else than the page says: so CI
holds the page to its own run. Tables of peers that the run did not have (CI has no Rust) are not compared, and named.

A test is part of the page when it says which row it shows: with `@shows(...)` and on a way, `@each(...)`, or with
`@shows_stream(...)`. A cell holds what all its tests came to: ✓ or ✗, or a word that one recorded as the property
`cell`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.interop_kitex.ways import KITEX, KITEX_PROTOBUF, STREAM_COLUMNS, STREAMS, VOLO, Way

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "interop.md"

ROWS = (
    "every base type, at its limits",
    "empty and zero values",
    "containers in containers",
    "structs, unions, optional fields, defaults",
    "structs in structs, 60 deep",
    "several arguments",
    "void",
    "oneway",
    "declared exceptions",
    "inherited methods, several services on one port",
    "a business status, with extra",
    "the handler fails",
    "the handler panics",
    "the handler answers with an exception of its own number",
    "unknown method",
    "unknown service",
    "a required field is missing",
    "a request that cannot be read",
    "a service of the other IDL",
    "the caller's timeout",
    "the callee is told caller and timeout",
    "persistent and transient values go, backward values come",
    "values through a chain of three, in both languages",
    "many calls at once",
    "a checksum guards the payload (CRC-32C)",
    "16 MB each way",
    "client streams",
    "server streams",
    "bidirectional streams",
    "unary methods beside them",
    "header, trailer and metainfo of a stream",
    "a stream that fails, or ends in a business status",
    "a stream is cancelled",
    "a stream runs out of time",
)

HEAD = """\
# Interoperability

Calls between kitexgen and {versions}, over real connections, in both directions.
`make interop` runs them and writes this page; it is not written by hand.

| | |
|---|---|
| ✓ | works: the same values, and the same failures, as between two of the peer's own |
| lost | the transport has no room for it, and the caller sees what a Kitex caller sees: an empty result |
| exception | Volo's servers send it as an exception, and any Kitex caller sees that |
| – | the transport or pool does not carry it, or the peer has no such thing |
| ✗ | does not work |

Transports are `ttheader`: TTHeader round a bare message, `ttheader_framed`: round a framed one, as Protobuf always is.
Pools: `long` keeps connections, `short` makes one for each call, `mux` shares one.

What differs, and is meant to:

- A panic is an exception like any other here: callers read `biz error: ...`, where Kitex says `panic: ...` and where.
- Streams of Protobuf services go over gRPC in Kitex, which kitexgen does not speak: they are refused.
- Kitex's generated code (prutal v0.1.3) loses a zero in a oneof, and optional `bytes` that are present and empty.
- Volo's clients read only backward values whose keys begin with `RPC_BACKWARD_`, and take strings for UTF-8.
- After an unknown method or service over framed, our servers close the connection, as Kitex's do: Volo's clients lose
  their next call to that.
"""


TABLES: dict[str, list[str]] = {}
"""The tables and their columns, in the order in which they are shown."""
for _way in (*KITEX, *KITEX_PROTOBUF, *VOLO):
    TABLES.setdefault(_way.table, []).append(_way.column)
TABLES[STREAMS] = list(STREAM_COLUMNS.values())


class InteropTable:
    """Gathers the outcomes of one run."""

    def __init__(self) -> None:
        self.cells: dict[tuple[str, str, str], set[str]] = {}
        self.skipped: dict[str, str] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if (cell := _cell(item)) is not None:
            report.user_properties.append(("interop", cell))
        return report

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if (cell := _cell(item)) is not None and (cell[1] not in ROWS or cell[2] not in TABLES[cell[0]]):
                raise pytest.UsageError(f"{item.nodeid}: no such cell: {cell}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told: dict[str, Any] = dict(report.user_properties)
        # A good set-up says nothing yet, a good teardown nothing new.
        if "interop" not in told or (report.when != "call" and report.passed):
            return
        table, row, column = told["interop"]
        if report.skipped and isinstance(report.longrepr, tuple):
            self.skipped[table] = report.longrepr[2].removeprefix("Skipped: ")
            return
        outcome = "✗" if report.failed else str(told.get("cell", "✓"))
        self.cells.setdefault((table, row, column), set()).add(outcome)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workerinput"):
            return  # of several processes the first alone hears of all tests
        if os.environ.get("KITEXGEN_INTEROP") != "check":
            PAGE.write_text(self.page(), encoding="utf-8")
            return
        ran = {table for table, _, _ in self.cells}
        left_out = TABLES.keys() - ran
        print(f"\ndocs/interop.md: compared {', '.join(ran) or 'nothing'}; not run: {', '.join(left_out) or 'nothing'}")
        wrong = self.differing(PAGE.read_text(encoding="utf-8"))
        if wrong:
            print(f"docs/interop.md is not what this run has shown ({', '.join(wrong)}): run `make interop`")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def differing(self, text: str) -> list[str]:
        """The tables that were run, in whole or in part, and are not in `text` as the run has shown them."""
        ran = {table for table, _, _ in self.cells}
        return [table for table in TABLES if table in ran and self._table(table) not in text]

    def page(self) -> str:
        return HEAD.format(versions=_versions()) + "".join(map(self._table, TABLES))

    def _table(self, table: str) -> str:
        columns = TABLES[table]
        rows = [row for row in ROWS if any((table, row, column) in self.cells for column in columns)]
        lines = [f"| | {' | '.join(columns)} |", f"|---|{':-:|' * len(columns)}"]
        for row in rows:
            lines.append(f"| {row} | {' | '.join(self._outcome(table, row, column) for column in columns)} |")
        if not rows:
            lines = [f"Not run: {self.skipped.get(table, 'left out')}."]
        return f"\n## {table}\n\n" + "\n".join(lines) + "\n"

    def _outcome(self, table: str, row: str, column: str) -> str:
        outcomes = self.cells.get((table, row, column), {"–"})
        return "✗" if "✗" in outcomes else ", ".join(sorted(outcomes))


def _cell(item: pytest.Item) -> list[str] | None:
    """Table, row and column of what the test shows; None for a test that is not part of the page."""
    marker = item.get_closest_marker("interop")
    callspec: Any = getattr(item, "callspec", None)
    if marker is None or callspec is None or "row" not in marker.kwargs:
        return None
    told, parameters = marker.kwargs, callspec.params
    if isinstance(way := parameters.get("way"), Way):
        return [way.table, told["row"], way.column]
    if all(parameters.get(name) == value for name, value in told["only"].items()):
        return [told["table"], told["row"], told["column"]]
    return None


def _versions() -> str:
    """The peers and their versions, as their lock files have them."""
    peers = ROOT / "tests" / "peers"
    required = (peers / "kitex" / "go.mod").read_text(encoding="utf-8").split()
    locked = tomllib.loads((peers / "volo" / "Cargo.lock").read_text(encoding="utf-8"))
    (volo,) = (package["version"] for package in locked["package"] if package["name"] == "volo-thrift")
    kitex = required[required.index("github.com/cloudwego/kitex") + 1]
    return f"Kitex {kitex} (Go) and volo-thrift {volo} (Rust)"


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(InteropTable(), "interop-table")
