"""The plugin `templates`: files of a project's own, rendered from its own Jinja templates (`gen --template-dir DIR`).

A template says in a comment at its head what it is rendered for, and where the result goes:

    {# each = "service", path = "{{ python.module | replace('.', '/') }}_mock.py" #}

`each` is "schema" (once), "module", "service", "method", "record" or "enum"; only what the IDL files asked for declare
themselves counts, not what they include. Templates see `schema`, `options`, `import_root`, and of the thing at hand
`module`, `service`, `method`, `record` or `enum` (the dataclasses of `kitexgen.schema`) with its name in Python,
`python`; `name_of(id)` gives the Python name of any declaration, `attributes_of(id)` those of fields and members.
Templates whose names begin with `_` are for others to include.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kitexgen.codegen.output import OutputFile
from kitexgen.codegen.plan.names import pascal_case, snake_case
from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.plugins.api import PluginRequest, PluginResponse, PythonName
from kitexgen.schema.declarations import Enum, Record
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.services import Service
from kitexgen.source.span import Span
from kitexgen.templating import TemplateFault, own_templates

_HEAD: Final = re.compile(r"\{#-?\s*(.*?)\s*-?#\}\s*?\n?", re.DOTALL)
_LOOPS: Final = ("schema", "module", "service", "method", "record", "enum")


@dataclass(frozen=True, slots=True)
class _Template:
    name: str
    each: str
    path: str


class _BadTemplate(Exception):
    """Why a template cannot be used; `line` is 0 for the file as a whole."""

    def __init__(self, template: str, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.template, self.why, self.line = template, why, line


def generate(request: PluginRequest, /) -> PluginResponse:
    folder = request.options.get("dir")
    if not isinstance(folder, str) or not Path(folder).is_dir():
        return _refused(None, f"the plugin `templates` needs a folder of templates, `dir`, and got {folder!r}", 0)
    files: list[OutputFile] = []
    try:
        for template in _templates(Path(folder)):
            files += _rendered(template, Path(folder), request)
    except _BadTemplate as error:
        return _refused(f"{folder}/{error.template}", error.why, error.line)
    return PluginResponse(files=tuple(files))


def _templates(folder: Path) -> Iterator[_Template]:
    for path in sorted(folder.rglob("*.j2")):
        name = path.relative_to(folder).as_posix()
        if path.name.startswith("_"):
            continue
        head = _HEAD.match(path.read_text(encoding="utf-8"))
        if head is None:
            raise _BadTemplate(name, 'its first line must say what it is for: {# each = "service", path = "..." #}', 1)
        try:
            said = tomllib.loads(f"head = {{{head[1]}}}")["head"]
        except tomllib.TOMLDecodeError as error:
            raise _BadTemplate(name, f"its first line is not understood: {error}", 1) from error
        if set(said) != {"each", "path"} or said["each"] not in _LOOPS or not isinstance(said["path"], str):
            raise _BadTemplate(name, f"its first line takes a `path`, and `each`: one of {', '.join(_LOOPS)}", 1)
        yield _Template(name, said["each"], said["path"])


def _rendered(template: _Template, folder: Path, request: PluginRequest) -> Iterator[OutputFile]:
    names = request.names
    jinja = own_templates(
        folder,
        schema=request.schema,
        options=request.options,
        import_root=request.import_root,
        name_of=names.declarations.__getitem__,
        attributes_of=names.attributes.__getitem__,
        snake_case=snake_case,
        pascal_case=pascal_case,
    )
    for values, sources in _each(template.each, request):
        try:
            path = jinja.text(template.path, **values)
            text = jinja.file(template.name, **values)
        except TemplateFault as error:
            raise _BadTemplate(error.template or template.name, str(error), error.line) from error
        yield OutputFile(path.strip(), text, sources)


def _each(loop: str, request: PluginRequest) -> Iterator[tuple[Mapping[str, Any], tuple[ModuleId, ...]]]:
    """The values for each rendering, and the IDL files that it comes from."""
    schema, names = request.schema, request.names
    if loop == "schema":
        yield {}, schema.roots
        return
    for root in schema.roots:
        module = schema.module(root)
        if loop == "module":
            yield {"module": module, "python": PythonName(names.modules[root], "")}, (root,)
        for declaration in module.declarations:
            if not isinstance(declaration, Service | Record | Enum):
                continue
            python = names.declarations[declaration.id]
            values: dict[str, Any] = {"module": module, "python": python}
            match declaration:
                case Service() if loop == "service":
                    yield {**values, "service": declaration}, (root,)
                case Service() if loop == "method":
                    for method in declaration.methods:
                        attribute = names.methods[declaration.id][method.name]
                        own = {"service": declaration, "method": method, "attribute": attribute}
                        yield {**values, **own}, (root,)
                case Record() if loop == "record":
                    yield {**values, "record": declaration}, (root,)
                case Enum() if loop == "enum":
                    yield {**values, "enum": declaration}, (root,)


def _refused(path: str | None, why: str, line: int) -> PluginResponse:
    at = None if path is None else Label(Span(path, 0, 0))
    place = f" (line {line})" if line > 1 else ""
    hint = "docs/plugins.md shows templates"
    diagnostic = Diagnostic(
        code="KX0455",
        severity=Severity.ERROR,
        message=f"{'this template: ' if path else ''}{why}{place}",
        at=at,
        hint=hint,
    )
    return PluginResponse(diagnostics=(diagnostic,))
