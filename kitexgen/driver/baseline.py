"""The old side of `breaking`: a git revision, a folder, or a file of `dump --as schema`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.driver.config import Config
from kitexgen.driver.git_tree import GitError, GitTree
from kitexgen.driver.idl_files import IDL_ENDINGS, is_match
from kitexgen.idl import load
from kitexgen.idl.read import MAX_BYTES
from kitexgen.schema.interchange import BadInterchange, from_json
from kitexgen.schema.module import Schema
from kitexgen.source.file import SourceFile

_GIT = "git:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The old schema and its texts. `place` gives of the path of an old file where it would lie today, absolute;
    `shown` of a place in it what is shown.
    """

    schema: Schema
    files: Mapping[str, SourceFile]
    place: Callable[[str], str]
    shown: Callable[[Label], Label]


class NoBaseline(Exception):
    """The old side cannot be read: `diagnostics` say why."""

    def __init__(self, diagnostics: Sequence[Diagnostic], files: Mapping[str, SourceFile] | None = None) -> None:
        super().__init__()
        self.diagnostics = diagnostics
        self.files = files or {}


def read_baseline(against: str, config: Config, asked: Sequence[str]) -> Baseline:
    """Read what `against` means: `git:REF`, a folder, a file, else a revision of git.

    `config.idl` are today's files, `asked` what stood for them: files, folders and patterns, which stand for the files
    of their time. Raises NoBaseline.
    """
    if not against.startswith(_GIT) and os.path.isdir(against):
        return _of_folder(against, config, asked)
    if not against.startswith(_GIT) and os.path.isfile(against):
        return _of_dump(against, config)
    return _of_revision(against.removeprefix(_GIT), config, asked)


# ---- a revision of git --------------------------------------------------------------------------------------------


def _of_revision(revision: str, config: Config, asked: Sequence[str]) -> Baseline:
    try:
        with GitTree(revision) as tree:
            return _of_tree(tree, f"{_GIT}{revision}", config, asked)
    except GitError as error:
        is_known = os.path.isdir(".git") or "no revision" in str(error)
        hint = "a shallow clone, as CI makes it, has no other revisions: fetch it first" if is_known else None
        raise NoBaseline([_fault(f"git:{revision}", str(error), hint)]) from None


def _of_tree(tree: GitTree, prefix: str, config: Config, asked: Sequence[str]) -> Baseline:
    # Git gives the top with all links followed, as the current folder may not be.
    here = os.path.relpath(os.path.realpath(os.getcwd()), tree.top)

    def in_tree(path: str) -> str | None:
        """The name in the tree of a path of today; None outside the repository."""
        joined = os.path.relpath(path, tree.top) if os.path.isabs(path) else os.path.normpath(os.path.join(here, path))
        return None if joined.split(os.sep)[0] == os.pardir else joined.replace(os.sep, "/")

    def read(path: Path) -> bytes:
        shown = path.as_posix()
        name = shown.removeprefix(f"{prefix}/") if shown.startswith(f"{prefix}/") else in_tree(shown)
        return _read_file(path) if name is None else tree.read(name)

    def old_path(path: str) -> str:
        name = in_tree(path)
        return path if name is None else f"{prefix}/{name}"

    def place(path: str) -> str:
        is_old = path.startswith(f"{prefix}/")
        return os.path.join(tree.top, path.removeprefix(f"{prefix}/")) if is_old else os.path.abspath(path)

    patterns = [name for path in asked if (name := in_tree(path)) is not None]
    roots = [name for name in tree.names() if name.endswith(IDL_ENDINGS) and is_match(name, patterns)]
    old = config._replace(
        idl=tuple(f"{prefix}/{name}" for name in roots),
        include=(*map(old_path, config.include), *config.include),
    )
    return _loaded(old, prefix, read, place)


# ---- a folder -----------------------------------------------------------------------------------------------------


def _of_folder(folder: str, config: Config, asked: Sequence[str]) -> Baseline:
    """A copy of the current folder, or of the folder that all of today's files share."""
    base = os.getcwd()
    if not any(os.path.exists(os.path.join(folder, path)) for path in config.idl):
        base = _common_folder(config.idl)

    def old_path(path: str) -> str:
        return os.path.normpath(os.path.join(folder, os.path.relpath(path, base))).replace(os.sep, "/")

    def place(path: str) -> str:
        return os.path.normpath(os.path.join(base, os.path.relpath(path, folder)))

    patterns = [os.path.relpath(path, base).replace(os.sep, "/") for path in asked]
    found = (os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in sorted(names))
    roots = [
        os.path.normpath(path).replace(os.sep, "/")
        for path in sorted(found)
        if path.endswith(IDL_ENDINGS) and is_match(os.path.relpath(path, folder).replace(os.sep, "/"), patterns)
    ]
    old = config._replace(idl=tuple(roots), include=(*map(old_path, config.include), *config.include))
    return _loaded(old, folder, _read_file, place)


def _loaded(config: Config, against: str, read: Callable[[Path], bytes], place: Callable[[str], str]) -> Baseline:
    """Load the old files, which `config` names by what they are called in messages."""
    if not config.idl:
        hint = "the files are looked up by the paths that they have today"
        raise NoBaseline([_fault(against, "it has none of these files", hint)])
    loaded = load(config.idl, include_dirs=config.include, field_ids=config.field_ids, read=read)
    if loaded.schema is None:
        errors = [found for found in loaded.report.diagnostics if found.severity is Severity.ERROR]
        raise NoBaseline(errors, loaded.files)
    return Baseline(schema=loaded.schema, files=loaded.files, place=place, shown=lambda label: label)


# ---- a file of `dump --as schema` -----------------------------------------------------------------------------------


def _of_dump(path: str, config: Config) -> Baseline:
    try:
        schema = from_json(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, BadInterchange) as error:
        hint = "write one with `kitexgen dump IDL --as schema`"
        if path.endswith(IDL_ENDINGS):
            hint = "IDL is compared by folders: name one in which the files are called as they are today"
        raise NoBaseline([_fault(path, f"it is no schema: {str(error).partition(chr(10))[0]}", hint)]) from None
    today = {os.path.abspath(each) for each in config.idl}
    base = _common_folder(config.idl)

    def place(old: str) -> str:
        as_written = os.path.abspath(old)
        return as_written if as_written in today else os.path.normpath(os.path.join(base, old))

    def shown(label: Label) -> Label:
        # There is no text to show: the line at least.
        module = next((each for each in schema.modules if each.id.path == label.span.path), None)
        line = "" if module is None else f":{module.line(label.span)}"
        return Label(type(label.span)(f"{path}: {label.span.path}{line}", 0, 0), label.text)

    return Baseline(schema=schema, files={}, place=place, shown=shown)


def _common_folder(paths: Iterable[str]) -> str:
    folders = {os.path.dirname(os.path.abspath(path)) for path in paths}
    return os.path.commonpath(folders) if folders else os.getcwd()


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _fault(against: str, problem: str, hint: str | None) -> Diagnostic:
    return Diagnostic(
        code="KX0533",
        severity=Severity.ERROR,
        message=f"`{against}` cannot be compared with: {problem}",
        at=None,
        hint=hint,
    )
