from __future__ import annotations

from pathlib import Path

import pytest

from kitexgen.scaffold.laying_down import files_below, in_the_way, lay_down


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    stage = tmp_path / "stage"
    for path in ("a.txt", "deep/er/b.txt", "deep/c.txt", "kitex_gen/.kitexgen/cache/d", "kitex_gen/.kitexgen/e"):
        (stage / path).parent.mkdir(parents=True, exist_ok=True)
        (stage / path).write_text(path)
    return stage


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_files_are_listed_without_the_cache(stage: Path) -> None:
    assert list(map(str, files_below(stage))) == ["a.txt", "deep/c.txt", "deep/er/b.txt", "kitex_gen/.kitexgen/e"]


@pytest.mark.parametrize("before", [(), ("there/",), ("there/mine.txt", "there/deep/mine.txt")])
def test_all_is_laid_down_beside_what_is_there(stage: Path, tmp_path: Path, before: tuple[str, ...]) -> None:
    for path in before:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).mkdir() if path.endswith("/") else (tmp_path / path).write_text("mine")
    folder = tmp_path / "there"
    assert in_the_way(stage, folder) == []
    assert lay_down(stage, folder) == 4
    assert [(folder / path).read_text() for path in files_below(stage)] == list(map(str, files_below(stage)))
    assert all((tmp_path / path).read_text() == "mine" for path in before if not path.endswith("/"))


def test_what_stands_in_the_way_is_named(stage: Path, tmp_path: Path) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "a.txt").symlink_to("nowhere")
    (folder / "deep").write_text("a file where a folder is to be")
    (folder / "kitex_gen/.kitexgen/e").mkdir(parents=True)
    assert in_the_way(stage, folder) == [folder / "a.txt", folder / "deep", folder / "kitex_gen/.kitexgen/e"]
    assert in_the_way(stage, folder / "deep") == [folder / "deep"]
    assert in_the_way(stage, folder / "deep/below") == [folder / "deep"]


def test_a_file_that_comes_meanwhile_is_left_and_all_else_taken_back(stage: Path, tmp_path: Path) -> None:
    folder = tmp_path / "there"
    (folder / "deep/er").mkdir(parents=True)
    (folder / "deep/er/b.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        lay_down(stage, folder)
    assert tree(folder) == ["deep", "deep/er", "deep/er/b.txt"]
    assert (folder / "deep/er/b.txt").read_text() == "mine"
