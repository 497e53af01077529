"""Calls plugins, and makes sure of what they return: whatever goes wrong is a diagnostic that names the plugin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from kitexgen.codegen.output import OutputFile
from kitexgen.diagnostics.diagnostic import Diagnostic, Severity
from kitexgen.diagnostics.suggest import nearest
from kitexgen.plugins.api import PluginRequest, PluginResponse
from kitexgen.plugins.discover import PluginBroken, PluginNotFound, available, find_plugin
from kitexgen.plugins.program import ProgramFailed


def run_plugin(name: str, command: tuple[str, ...], request: PluginRequest) -> PluginResponse:
    """What the plugin `name` gives, or the program `command`; no files when it gave an error, or failed."""
    try:
        response = find_plugin(name, command)(request)
    except PluginNotFound:
        return PluginResponse(diagnostics=(_not_found(name),))
    except (PluginBroken, ProgramFailed) as error:
        return _failed(name, str(error))
    except Exception as error:
        return _failed(name, _raised(error))
    found = (*response.diagnostics, *_wrong_paths(name, response.files))
    if any(one.severity is Severity.ERROR for one in found):
        return PluginResponse(diagnostics=found)
    return PluginResponse(files=response.files, diagnostics=found)


def clashes(files: Sequence[tuple[str, OutputFile]]) -> Iterator[Diagnostic]:
    """Files, each with who gives it, that stand in each other's place: the first one counts."""
    owners: dict[str, str] = {}
    for owner, file in files:
        first = owners.setdefault(file.path, owner)
        if first != owner:
            yield _error("KX0453", f"{owner} and {first} both give a file `{file.path}`", _OTHER_FOLDER)


_OTHER_FOLDER = "give the plugin a folder of its own: `out` in its table"


def _wrong_paths(name: str, files: Sequence[OutputFile]) -> Iterator[Diagnostic]:
    for file in files:
        path = PurePosixPath(file.path)
        if path.is_absolute() or ".." in path.parts or "\\" in file.path or not path.parts:
            yield _error(
                "KX0452",
                f"the plugin `{name}` gives a file `{file.path}`, which does not lie in its folder",
                "a plugin writes relative paths, with `/` between parts, below its folder",
            )


def _not_found(name: str) -> Diagnostic:
    names = [one.name for one in available()]
    near = nearest(name, names)
    hint = f"did you mean `{near}`?" if near else f"`kitexgen plugins` lists what is installed: {', '.join(names)}"
    return _error("KX0451", f"there is no plugin `{name}`", hint)


def _failed(name: str, why: str) -> PluginResponse:
    hint = "this is a fault of the plugin, or of its settings; nothing was written"
    return PluginResponse(diagnostics=(_error("KX0454", f"the plugin `{name}` failed: {why}", hint),))


def _raised(error: Exception) -> str:
    """What was raised, and the last place of it: its author will want to know."""
    place = ""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is not None:
        place = f" ({PurePosixPath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno})"
    return f"{type(error).__name__}: {error}{place}"


def _error(code: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(code=code, severity=Severity.ERROR, message=message, at=None, hint=hint)
