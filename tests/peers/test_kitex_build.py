"""The build of the Kitex peers, as far as it goes without Go."""

from __future__ import annotations

import pytest

from tests.peers import building, kitex_build


def test_missing_go_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(building.PeersUnavailable, match="there is no `go` on the path"):
        kitex_build.build()


def test_another_go_is_another_build() -> None:
    assert kitex_build.digest("go1.26") != kitex_build.digest("go1.27")
    assert kitex_build.digest("go1.26") == kitex_build.digest("go1.26")


def test_each_source_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = kitex_build.digest("go1.26")
    sources = kitex_build._source_files()
    assert {"echo.thrift", "probe.thrift", "go.mod", "go.sum", "main.go"} <= {path.name for path in sources}
    for left_out in sources:
        rest = [path for path in sources if path != left_out]
        monkeypatch.setattr(kitex_build, "_source_files", lambda rest=rest: rest)
        assert kitex_build.digest("go1.26") != whole
