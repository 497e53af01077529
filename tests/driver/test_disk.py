"""Contents of files, kept as long as the files are what they were."""

from __future__ import annotations

import os
import time
from hashlib import blake2b
from pathlib import Path

import pytest

from kitexgen.driver.disk import Disk

LONG_AGO = time.time_ns() - 10**10


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.thrift"
    write(path, b"one")
    return path


def write(path: Path, content: bytes, at: int = LONG_AGO) -> None:
    path.write_bytes(content)
    os.utime(path, ns=(at, at))


def replace(path: Path, content: bytes) -> None:
    other = path.with_name("other")
    write(other, content)
    os.replace(other, path)


def test_a_file_is_read_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk()
    assert disk.read(file) == b"one"
    monkeypatch.setattr("builtins.open", lambda *_: pytest.fail("read again"))
    assert disk.read(str(file)) == b"one"
    assert disk.read_with_digest(file) == (b"one", blake2b(b"one", digest_size=16).hexdigest())


@pytest.mark.parametrize(
    "change",
    [
        lambda path: write(path, b"two", LONG_AGO + 1),
        lambda path: write(path, b"three"),
        lambda path: replace(path, b"six"),
    ],
    ids=["time", "size", "another file"],
)
def test_what_is_not_what_it_was_is_read_again(file: Path, change: object) -> None:
    disk = Disk()
    before = disk.read_with_digest(file)
    change(file)  # type: ignore[operator]
    after = disk.read_with_digest(file)
    assert after[0] == file.read_bytes() != before[0]
    assert after[1] == blake2b(after[0], digest_size=16).hexdigest()


def test_what_was_written_just_now_may_change_within_one_tick(file: Path) -> None:
    disk, now = Disk(), time.time_ns()
    write(file, b"one", now)
    assert disk.read(file) == b"one"
    write(file, b"two", now)
    assert disk.read(file) == b"two"


def test_a_part_is_no_content(file: Path) -> None:
    disk = Disk()
    assert disk.read(file, 2) == b"on"
    assert disk.read(file) == b"one"


def test_gone(file: Path) -> None:
    disk = Disk()
    disk.read(file)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        disk.read(file)
