"""All that the author of a plugin imports: what a plugin is given, and what it gives back.

A plugin is a function from PluginRequest to PluginResponse. It is found under its name among the entry points of the
group `kitexgen.plugins`, or it is a program (see `kitexgen.plugins.program`). It opens no files of the project and
writes none: what it returns is compared, written and removed with the generated code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kitexgen.codegen.output import OutputFile
from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Schema

__all__ = ["OutputFile", "Plugin", "PluginRequest", "PluginResponse", "PythonName", "PythonNames"]


@dataclass(frozen=True, slots=True)
class PythonName:
    """A class or constant of the generated code: `module` is dotted, and relative to the output folder."""

    module: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonNames:
    """What generated code calls everything that the schema declares.

    `modules` are the modules of IDL files, `services` those of services, dotted and relative to the output folder.
    `attributes` are the names of fields, and of enum members, by their names in the IDL; `methods` likewise those of a
    service's own methods.
    """

    modules: Mapping[ModuleId, str]
    services: Mapping[DeclId, str]
    declarations: Mapping[DeclId, PythonName]
    attributes: Mapping[DeclId, Mapping[str, str]]
    methods: Mapping[DeclId, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginRequest:
    """`options` are the settings of the plugin, as TOML has them. `import_root` is how the project imports the output
    folder: "kitex_gen" if not said otherwise, "" for the project's own.
    """

    schema: Schema
    names: PythonNames
    options: Mapping[str, Any]
    import_root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginResponse:
    """`files` have paths relative to the plugin's folder. With an error among `diagnostics` nothing is written."""

    files: tuple[OutputFile, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


class Plugin(Protocol):
    """May raise anything: that becomes a diagnostic which names the plugin."""

    def __call__(self, request: PluginRequest, /) -> PluginResponse: ...
