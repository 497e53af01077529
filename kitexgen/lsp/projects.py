"""Project: what the configuration nearest to a file says of how it is read, judged, laid out and generated from."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import Any, Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.driver.config import FILE_NAME, Config, FieldIds, find_config, read_config
from kitexgen.driver.format import FMT_SETTINGS
from kitexgen.driver.lint import LINT_SETTINGS, lint_settings
from kitexgen.driver.tool_settings import Reader, read_flag, read_tool_settings
from kitexgen.fmt import FormatOptions
from kitexgen.lint import LintSettings
from kitexgen.lsp.settings import EditorSettings
from kitexgen.source.file import SourceFile

LSP_SETTINGS: Final[dict[str, Reader]] = {"regenerate": (read_flag, "true or false")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """`folder` is that of the configuration, or of the workspace without one. All paths are absolute.

    `diagnostics` are what is wrong with the configuration, whose text is `source`; what is right of it counts.
    """

    folder: str
    config_path: str | None = None
    config: Config = field(default_factory=Config)
    include_dirs: tuple[str, ...] = ()
    strict: bool = False
    field_ids: FieldIds = "auto"
    lint: LintSettings = field(default_factory=LintSettings, compare=False)
    format: FormatOptions = field(default_factory=FormatOptions)
    regenerates: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()
    source: SourceFile | None = None
    # Tells two readings of one configuration apart.
    stamp: tuple[int, int] = (0, 0)

    @property
    def out(self) -> str:
        """The folder of the generated code."""
        return os.path.join(self.folder, self.config.out)

    def thrift_dirs(self) -> tuple[str, ...]:
        """Where includes of Thrift are looked for. The folder itself is the last place, as for `gen` run in it."""
        return (*self.include_dirs, self.folder)


class Projects:
    """Finds and keeps projects; a configuration is read again when its file changed."""

    def __init__(self, settings: EditorSettings) -> None:
        self._settings = settings
        self._by_config: dict[str, Project] = {}
        self._by_folder: dict[str, str | None] = {}

    def of(self, path: str, workspace_folder: str | None) -> Project:
        """The project of the file at `path`."""
        folder = os.path.dirname(path)
        if folder not in self._by_folder:
            self._by_folder[folder] = find_config(folder)
        config = self._by_folder[folder]
        if config is None:
            return self._without_config(workspace_folder or folder)
        try:
            status = os.stat(config)
        except OSError:
            self.forget()
            return self.of(path, workspace_folder)
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._by_config.get(config)
        if known is None or known.stamp != stamp:
            known = self._by_config[config] = _read(config, stamp)
        return known

    def forget(self) -> None:
        """A configuration may have come or gone anywhere."""
        self._by_folder.clear()

    def known(self) -> tuple[Project, ...]:
        """Every project with a configuration that a file was found in."""
        return tuple(self._by_config.values())

    def _without_config(self, folder: str) -> Project:
        settings = self._settings
        return Project(
            folder=folder,
            include_dirs=tuple(_absolute(folder, each) for each in settings.include_dirs),
            strict=settings.strict,
            field_ids=settings.field_ids,
        )


def _read(path: str, stamp: tuple[int, int]) -> Project:
    folder = os.path.dirname(path)
    found = read_config(path)
    project = Project(
        folder=folder,
        config_path=path,
        config=found.config,
        include_dirs=tuple(_absolute(folder, each) for each in found.config.include),
        strict=found.config.strict,
        field_ids=found.config.field_ids,
        diagnostics=found.diagnostics,
        source=found.source,
        stamp=stamp,
    )
    return project if found.diagnostics else _with_tools(project, path)


def _with_tools(project: Project, path: str) -> Project:
    """With the tables of the tools, of which only those that are right count."""
    tables = {"lint": LINT_SETTINGS, "fmt": FMT_SETTINGS, "lsp": LSP_SETTINGS}
    read = {tool: read_tool_settings(path, tool, readers) for tool, readers in tables.items()}
    lint, faults = lint_settings(read["lint"], (), ())
    found = (*(one for table in read.values() for one in table.diagnostics), *faults)
    changes: dict[str, Any] = {
        "lint": LintSettings() if faults else lint,
        "format": FormatOptions(**read["fmt"].values),
        "regenerates": bool(read["lsp"].values.get("regenerate", False)),
        "diagnostics": found,
        "source": next((table.toml.source for table in read.values() if table.toml is not None), None),
    }
    return replace(project, **changes)


def is_config(path: str) -> bool:
    return os.path.basename(path) in {FILE_NAME, "pyproject.toml"}


def _absolute(folder: str, path: str) -> str:
    return os.path.normpath(os.path.join(folder, path)).replace(os.sep, "/")
