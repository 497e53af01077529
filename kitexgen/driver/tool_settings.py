"""Settings of one tool: the table `[fmt]`, `[lint]` or `[breaking]` of a configuration file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.driver.config import FILE_NAME, Fault
from kitexgen.driver.config_faults import explain_faults, table
from kitexgen.driver.toml_place import TomlText

Reader = tuple[Callable[[object], object], str]
"""Takes a value of TOML and gives the setting, or raises ValueError; and what a wrong value should have been."""


@dataclass(frozen=True, slots=True)
class ToolSettings:
    """`values` are the settings given, as read; `toml` tells where each stands. `folder` is where the file lies."""

    values: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    toml: TomlText | None = None
    folder: str = "."


def read_tool_settings(path: str | None, tool: str, readers: Mapping[str, Reader]) -> ToolSettings:
    """The table `tool` of the configuration at `path`, a file that `read_config` found to be in order."""
    if path is None:
        return ToolSettings()
    text = Path(path).read_text(encoding="utf-8")
    document = tomllib.loads(text)
    is_shared = os.path.basename(path) != FILE_NAME
    settings = document["tool"]["kitexgen"] if is_shared else document
    toml = table(path, text, ("tool", "kitexgen", tool) if is_shared else (tool,))
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for key, value in settings.get(tool, {}).items():
        if key not in readers:
            faults.append((key, value, None))
            continue
        read, wanted = readers[key]
        try:
            values[key] = read(value)
        except ValueError:
            faults.append((key, value, wanted))
    return ToolSettings(values, explain_faults(toml, faults, tuple(readers)), toml, os.path.dirname(path))


def read_flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def read_text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(value)
    return value


def read_texts(value: object) -> tuple[str, ...]:
    """One text or a list of them."""
    return tuple(map(read_text, value)) if isinstance(value, list) else (read_text(value),)


def number_between(low: int, high: int) -> Reader:
    """A whole number in `[low, high]`."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(value)
        return value

    return read, f"a number from {low} to {high}"
