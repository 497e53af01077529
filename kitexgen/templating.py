"""The Jinja environment: where templates lie, and how they are read. The only importer of jinja2."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError

# Installed, the templates lie inside the package; in a checkout, and in an editable install, beside it.
_HERE = Path(__file__).parent
_FOLDERS = (_HERE / "templates", _HERE.parent / "templates")


def render(template: str, **values: object) -> str:
    """The text of `template`, a path inside `templates/`. A name that `values` lack is an error, never empty text."""
    return _environment().get_template(template).render(values)


class TemplateFault(Exception):
    """A template of a user's own cannot be rendered. `template` is its path in their folder, None for a text in
    another one; `line` is 0 when it is not known.
    """

    def __init__(self, why: str, template: str | None, line: int) -> None:
        super().__init__(why)
        self.template, self.line = template, line


class OwnTemplates:
    """Templates of a user's own, which see `values` besides what each rendering gives them."""

    def __init__(self, folder: Path, values: dict[str, object]) -> None:
        self._environment = _new_environment(folder)
        self._environment.globals.update(values)

    def file(self, name: str, **values: object) -> str:
        """The text of the template `name`. Raises TemplateFault."""
        return self._render(lambda: self._environment.get_template(name).render(values), name)

    def text(self, template: str, **values: object) -> str:
        """The text of a template that is given as text. Raises TemplateFault."""
        return self._render(lambda: self._environment.from_string(template).render(values), None)

    def _render(self, render: Callable[[], str], name: str | None) -> str:
        try:
            return render()
        except TemplateSyntaxError as error:
            raise TemplateFault(error.message or "not understood", error.name or name, error.lineno) from error
        except TemplateError as error:
            raise TemplateFault(f"{type(error).__name__}: {error}", name, _line_in_template(error)) from error
        except Exception as error:
            # Whatever an expression of theirs may raise: an AttributeError, a KeyError of name_of(...).
            raise TemplateFault(f"{type(error).__name__}: {error}", name, _line_in_template(error)) from error


def own_templates(folder: Path, **values: object) -> OwnTemplates:
    return OwnTemplates(folder, values)


def _line_in_template(error: BaseException) -> int:
    """jinja2 rewrites tracebacks so that they pass through the lines of templates."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(".j2"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


@cache
def _environment() -> Environment:
    return _new_environment(*_FOLDERS)


def _new_environment(*folders: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(folders, encoding="utf-8"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        autoescape=False,  # the output is Python, and what plugins make of it
    )
