"""A plugin that is a program, in any language: a JSON object on its stdin, one on its stdout.

In: {"version": 1, "schema", "names", "options", "import_root"}; `schema` is what `kitexgen dump --as schema` prints.
Out: {"files": [{"path", "text", "sources"?}], "diagnostics"?: [{"message", "severity"?, "code"?, "hint"?, "at"?}]}.
A place is {"path", "start", "end"}: offsets in characters, as the spans of the schema have them. `sources` are the
paths of the IDL files that a file was made from; if left out, all that were asked for.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import Any, Final

from kitexgen.codegen.output import OutputFile
from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.plugins.api import PluginRequest, PluginResponse, PythonNames
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.interchange import to_json
from kitexgen.source.span import Span

VERSION: Final = 1
# Longer than any generator needs; a plugin that waits for something would otherwise hold up a build for ever.
TIME_LIMIT: Final = 60.0
DEFAULT_CODE: Final = "KX0450"


class ProgramFailed(Exception):
    """The program could not be started, took too long, failed, or did not answer in the form above."""


class Program:
    """The plugin behind a command."""

    def __init__(self, command: tuple[str, ...], time_limit: float = TIME_LIMIT) -> None:
        self.command = command
        self._time_limit = time_limit

    def __call__(self, request: PluginRequest, /) -> PluginResponse:
        """Run the program once. Raises ProgramFailed."""
        answer = self._run(json.dumps(request_to_json(request)))
        try:
            return _response(json.loads(answer), request)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ProgramFailed(f"its answer cannot be read: {type(error).__name__}: {error}") from error

    def _run(self, text: str) -> str:
        try:
            done = subprocess.run(
                self.command, input=text.encode(), capture_output=True, timeout=self._time_limit, check=False
            )
        except OSError as error:
            raise ProgramFailed(f"`{self.command[0]}` cannot be started: {error.strerror or error}") from error
        except subprocess.TimeoutExpired as error:
            raise ProgramFailed(f"it was still running after {self._time_limit:g} seconds") from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise ProgramFailed(f"it ended with status {done.returncode}" + (f" and said: {said}" if said else ""))
        return done.stdout.decode("utf-8", "replace")


def request_to_json(request: PluginRequest) -> dict[str, Any]:
    return {
        "version": VERSION,
        "schema": to_json(request.schema),
        "names": _names_to_json(request.names),
        "options": dict(request.options),
        "import_root": request.import_root,
    }


def _names_to_json(names: PythonNames) -> dict[str, Any]:
    def by_name(table: Mapping[DeclId, Any]) -> list[list[Any]]:
        return [[id.module.path, id.name, value] for id, value in table.items()]

    return {
        "modules": {id.path: module for id, module in names.modules.items()},
        "services": by_name(names.services),
        "declarations": by_name({id: [found.module, found.name] for id, found in names.declarations.items()}),
        "attributes": by_name({id: dict(table) for id, table in names.attributes.items()}),
        "methods": by_name({id: dict(table) for id, table in names.methods.items()}),
    }


def _response(data: Mapping[str, Any], request: PluginRequest) -> PluginResponse:
    known = {module.id for module in request.schema.modules}
    return PluginResponse(
        files=tuple(_file(one, known, request.schema.roots) for one in data.get("files", ())),
        diagnostics=tuple(_diagnostic(one) for one in data.get("diagnostics", ())),
    )


def _file(data: Mapping[str, Any], known: set[ModuleId], roots: tuple[ModuleId, ...]) -> OutputFile:
    sources = tuple(ModuleId(path) for path in data.get("sources", ()))
    if unknown := [source.path for source in sources if source not in known]:
        raise ValueError(f"it names {unknown[0]!r} as a source, which is no file of the schema")
    return OutputFile(_text(data["path"]), _text(data["text"]), sources or roots)


def _diagnostic(data: Mapping[str, Any]) -> Diagnostic:
    at = data.get("at")
    return Diagnostic(
        code=data.get("code", DEFAULT_CODE),
        severity=Severity(data.get("severity", "error")),
        message=_text(data["message"]),
        at=None if at is None else Label(Span(_text(at["path"]), int(at["start"]), int(at["end"]))),
        hint=data.get("hint"),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, got {value!r}")
    return value
