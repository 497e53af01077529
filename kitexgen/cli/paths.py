"""The paths that arguments and flags name."""

from __future__ import annotations

import os

import click


class FilePath(click.Path):
    """A path that is never empty. Whether it can be read or written is for whoever does it to say, as a diagnostic.

    An unset variable of a shell (`-o "$OUT"`) makes an empty path, which would stand for the current folder.
    """

    def __init__(self, *, allow_dash: bool = False) -> None:
        super().__init__(readable=False, allow_dash=allow_dash)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        if value == "":
            self.fail("the path is empty", param, ctx)
        return super().convert(value, param, ctx)
