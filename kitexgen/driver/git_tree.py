"""GitTree: the files of a git revision, read by git itself without touching the work tree."""

from __future__ import annotations

import os
import subprocess
from types import TracebackType
from typing import Self


class GitError(Exception):
    """Git is missing, this is no repository, or there is no such revision; the text says which."""


class GitTree:
    """The tree of `revision` in the repository around the current folder. Raises GitError when there is none.

    A context manager: while it is open one `git cat-file` waits for questions.
    """

    def __init__(self, revision: str) -> None:
        if revision.startswith("-"):
            raise GitError(f"`{revision}` is no revision")
        self.top = _ask("rev-parse", "--show-toplevel").rstrip("\n")
        try:
            self._tree = _ask("rev-parse", "--verify", "--quiet", f"{revision}^{{tree}}").strip()
        except GitError:
            raise GitError(f"git knows no revision `{revision}`") from None
        self._reader = subprocess.Popen(
            ["git", "cat-file", "--batch", "--follow-symlinks"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.communicate()

    def names(self) -> list[str]:
        """Every file, by its path from the top of the repository."""
        return [
            name for name in _ask("ls-tree", "-r", "-z", "--full-tree", "--name-only", self._tree).split("\0") if name
        ]

    def read(self, name: str) -> bytes:
        """The content of the file `name`, a path from the top with `/` between parts. Raises OSError."""
        if "\n" in name or self._reader.stdin is None or self._reader.stdout is None:
            raise FileNotFoundError(name)
        self._reader.stdin.write(f"{self._tree}:{name}\n".encode("utf-8", "surrogateescape"))
        self._reader.stdin.flush()
        # `<object> SP <type> SP <size>`, or `<what was asked> SP missing` (git-cat-file(1), BATCH OUTPUT).
        header = self._reader.stdout.readline().split()
        if len(header) != 3 or not header[2].isdigit():
            # A link out of the tree or round in circles: the line tells how long the text is that follows.
            if len(header) == 2 and header[0] in {b"symlink", b"dangling", b"loop", b"notdir"}:
                self._reader.stdout.read(int(header[1]) + 1)
            raise FileNotFoundError(name)
        content = self._reader.stdout.read(int(header[2]))
        self._reader.stdout.read(1)
        if header[1] != b"blob":
            raise IsADirectoryError(name)
        return content


def _ask(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().partition("\n")[0].removeprefix("fatal: ")
        raise GitError(said or "git refused")
    return os.fsdecode(done.stdout)
