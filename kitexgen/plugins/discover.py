"""Finds plugins by name: our own, then entry points of the group `kitexgen.plugins`, then programs on the path."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from kitexgen.plugins.api import Plugin
from kitexgen.plugins.program import Program

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

GROUP: Final = "kitexgen.plugins"
PROGRAM_PREFIX: Final = "kitexgen-gen-"

# What comes with kitexgen: name, the module that has it as `generate`, and what it is for.
OWN: Final[dict[str, tuple[str, str]]] = {
    "docs": ("kitexgen.plugins.docs.plugin", "A browsable reference of your IDL as HTML: out=FOLDER, title=TEXT."),
    "validator": ("kitexgen.plugins.validator.plugin", "Functions that keep the rules of your IDL (`vt.*`)."),
    "templates": ("kitexgen.plugins.templates", "Files from your own Jinja templates: dir=FOLDER."),
}


class PluginNotFound(LookupError):
    """No plugin has this name."""


class PluginBroken(Exception):
    """A plugin has this name, but cannot be loaded; the cause is chained."""


@dataclass(frozen=True, slots=True)
class Available:
    """A plugin that could be used: `origin` says where it comes from, `summary` what it does, if that is known."""

    name: str
    origin: str
    summary: str = ""


def find_plugin(name: str, command: tuple[str, ...] = ()) -> Plugin:
    """The plugin called `name`; with `command`, that program. Raises PluginNotFound and PluginBroken."""
    if command:
        return Program(command)
    if name in OWN:
        return cast("Plugin", import_module(OWN[name][0]).generate)
    for entry in _entry_points().select(name=name):
        try:
            return cast("Plugin", entry.load())
        except Exception as error:
            raise PluginBroken(f"{entry.value} cannot be loaded: {type(error).__name__}: {error}") from error
    found = shutil.which(f"{PROGRAM_PREFIX}{name}")
    if found is None:
        raise PluginNotFound(name)
    return Program((found,))


def available() -> Iterator[Available]:
    """Every plugin that is installed here; programs on the path are found only once they are asked for."""
    for name, (_, summary) in OWN.items():
        yield Available(name, "kitexgen", summary)
    for entry in sorted(_entry_points(), key=lambda entry: entry.name):
        if entry.name not in OWN:
            distribution = entry.dist
            yield Available(entry.name, f"{distribution.name} {distribution.version}" if distribution else entry.value)


def _entry_points() -> EntryPoints:
    from importlib.metadata import entry_points  # noqa: PLC0415 - loads email and socket, for what few runs ask

    return entry_points(group=GROUP)
