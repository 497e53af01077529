"""The IDL files that the arguments of a command stand for: a folder means those in it and below."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence

IDL_ENDINGS = (".thrift", ".proto")


def idl_files(paths: Iterable[str]) -> list[str]:
    """`paths`, each once, folders replaced by the files in them by name. Hidden folders are left out.

    What is no folder stays, there or not: whoever reads it says so.
    """
    found: dict[str, None] = {}
    for path in paths:
        found.update(dict.fromkeys(_below(path) if os.path.isdir(path) else [path]))
    return list(found)


def _below(folder: str) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(IDL_ENDINGS):
                yield os.path.normpath(os.path.join(parent, name)).replace(os.sep, "/")


def is_match(path: str, patterns: Sequence[str]) -> bool:
    """Whether `path`, with `/` between parts, fits one of `patterns`: a file, a folder with all in it, or a glob in
    which `**` stands for any depth.
    """
    return any(_pattern(pattern).fullmatch(path) for pattern in patterns)


def _pattern(pattern: str) -> re.Pattern[str]:
    if pattern in {".", "./"}:
        return re.compile(".*", re.DOTALL)
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.rstrip("/").removeprefix("./"))
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(known.get(part) or re.escape(part) for part in parts) + "(?:/.*)?", re.DOTALL)
