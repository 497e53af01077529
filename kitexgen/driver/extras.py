"""What plugins add to a run: their files, by the folder they go to, and what they have to say."""

from __future__ import annotations

import inspect
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.output import OutputFile
from kitexgen.codegen.plan.naming import Names
from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.driver.config import Config, PluginSetting
from kitexgen.driver.marks import marked
from kitexgen.plugins.api import PluginRequest
from kitexgen.plugins.discover import OWN, PluginBroken, PluginNotFound, find_plugin
from kitexgen.plugins.host import clashes, run_plugin
from kitexgen.plugins.names import python_names
from kitexgen.plugins.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """`files` by output folder. `inputs` are the files that plugins consist of: when they change, so may the output."""

    files: Mapping[str, tuple[OutputFile, ...]]
    diagnostics: tuple[Diagnostic, ...] = ()
    inputs: tuple[Path, ...] = ()


def run_plugins(config: Config, names: Names, options: GenerateOptions, own: Sequence[OutputFile]) -> Extras:
    """Run the plugins of `config` in order. `own` is the generated code, whose paths they may not take."""
    if not config.plugins:
        return Extras(files={})
    in_python = python_names(names, options)
    files: dict[str, list[OutputFile]] = {}
    diagnostics: list[Diagnostic] = []
    givers: dict[str, list[tuple[str, OutputFile]]] = {config.out: [("kitexgen itself", file) for file in own]}
    for plugin in config.plugins:
        request = PluginRequest(
            schema=names.schema, names=in_python, options=plugin.options, import_root=_import_root(config.out)
        )
        response = run_plugin(plugin.name, plugin.command, request)
        diagnostics += response.diagnostics
        out = plugin.out or config.out
        given = [replace(file, text=marked(file.path, file.text, plugin.name)) for file in response.files]
        files.setdefault(out, []).extend(given)
        givers.setdefault(out, []).extend((f"the plugin `{plugin.name}`", file) for file in given)
    for group in givers.values():
        diagnostics += clashes(group)
    return Extras(
        files={out: tuple(group) for out, group in files.items()},
        diagnostics=tuple(diagnostics),
        inputs=tuple(dict.fromkeys(path for plugin in config.plugins for path in _made_of(plugin))),
    )


def _import_root(out: str) -> str:
    """How the project imports the folder `out`, which is a root of imports itself where it is no package below it."""
    names = PurePath(out).parts
    return ".".join(names) if all(name.isidentifier() for name in names) else names[-1]


def _made_of(plugin: PluginSetting) -> Iterator[Path]:
    """The files of a plugin, as far as they can be known: those of its package, or its program and what it is given.

    Our own plugins change only with kitexgen, which the cache knows.
    """
    if plugin.name in OWN and not plugin.command:
        return
    try:
        found = find_plugin(plugin.name, plugin.command)
    except (PluginNotFound, PluginBroken):
        return
    if isinstance(found, Program):
        for word in found.command:
            path = shutil.which(word) or word
            if Path(path).is_file():
                yield Path(path)
        return
    module = inspect.getmodule(found)
    package = sys.modules.get((module.__name__ if module else "").partition(".")[0])
    file = getattr(package, "__file__", None)
    if file is not None:
        is_package = hasattr(package, "__path__")
        yield from sorted(Path(file).parent.rglob("*.py")) if is_package else [Path(file)]
