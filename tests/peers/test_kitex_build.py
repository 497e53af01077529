"""The build of the Kitex peers, as far as it goes without Go."""

from __future__ import annotations

import shutil
from pathlib import Path

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


@pytest.mark.skipif(shutil.which("go") is None, reason="needs Go")
def test_modules_out_of_reach_are_said_in_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOPROXY", "off")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "modules"))
    monkeypatch.setattr(kitex_build, "CACHE", tmp_path / "cache")
    with pytest.raises(kitex_build.PeersUnavailable) as reason:
        kitex_build.build()
    assert str(reason.value).startswith("the Kitex peers need what cannot be had here: ")
    assert "GOPROXY=off" in str(reason.value)
    assert "\n" not in str(reason.value)


@pytest.mark.skipif(shutil.which("go") is None, reason="needs Go")
def test_a_mistake_of_ours_is_told_whole(tmp_path: Path) -> None:
    with pytest.raises(kitex_build.PeersBroken, match=r"`go build \./nowhere` says:\n"):
        kitex_build._run(["go", "build", "./nowhere"], tmp_path, kitex_build.PeersBroken)
