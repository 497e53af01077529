"""Generation from the editor: the same `kitexgen gen` as on the command line, in a process of its own.

A process, since it runs in the folder of the project as the command line does, and takes what processor time it needs
while the server goes on answering.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from typing import Any, Final

from lsprotocol import types

from kitexgen.lsp.features.diagnostics import SOURCE
from kitexgen.lsp.projects import Project
from kitexgen.lsp.workspace import Workspace

_SEVERITIES: Final = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}


@dataclass(frozen=True, slots=True)
class Generation:
    """What came of a run. `message` is one line for the user; `found` is what only generating finds, by path."""

    has_succeeded: bool
    message: str
    found: dict[str, list[types.Diagnostic]] = field(default_factory=dict)


def wants_regeneration(workspace: Workspace, path: str) -> bool:
    """Whether saving the file at `path` is to generate: the editor's own setting goes before that of the project."""
    project = workspace.project(path)
    if project.config_path is None:
        return False
    setting = workspace.settings.regenerate_on_save
    return project.regenerates if setting is None else setting


async def regenerate(project: Project) -> Generation:
    """Generate what the configuration of `project` names."""
    if project.config_path is None:
        return Generation(False, "there is no kitexgen.toml for this file, so nothing says what to generate")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "kitexgen",
        "gen",
        "--message-format",
        "json",
        cwd=project.folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await process.communicate()
    findings = [json.loads(line) for line in said.decode().splitlines() if line.startswith("{")]
    errors = [one for one in findings if one["severity"] == "error"]
    if process.returncode == 0:
        return Generation(True, f"generated {project.config.out}", _by_path(project, findings))
    if not errors:
        return Generation(False, complained.decode("utf-8", "replace").strip() or "kitexgen gen failed")
    more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
    return Generation(False, f"nothing generated: {errors[0]['message']}{more}", _by_path(project, findings))


def _by_path(project: Project, findings: list[dict[str, Any]]) -> dict[str, list[types.Diagnostic]]:
    """The findings of code generation, which no analysis of the IDL alone tells."""
    found: dict[str, list[types.Diagnostic]] = {}
    for one in findings:
        if not one["code"].startswith("KX04") or one["file"] is None:
            continue
        path = os.path.normpath(os.path.join(project.folder, one["file"])).replace(os.sep, "/")
        message = one["message"] if one["hint"] is None else f"{one['message']}\n{one['hint']}"
        diagnostic = types.Diagnostic(
            range=_range(one), message=message, severity=_SEVERITIES[one["severity"]], source=SOURCE, code=one["code"]
        )
        found.setdefault(path, []).append(diagnostic)
    return found


def _range(one: dict[str, Any]) -> types.Range:
    """Lines and columns of the command line begin at 1. Its columns are characters, which is near enough."""
    if one["line"] is None:
        return types.Range(types.Position(0, 0), types.Position(0, 0))
    return types.Range(
        types.Position(one["line"] - 1, one["column"] - 1), types.Position(one["end_line"] - 1, one["end_column"] - 1)
    )
