"""The Jinja environment: where templates lie, and how they are read. The only importer of jinja2."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

# Installed, the templates lie inside the package; in a checkout, and in an editable install, beside it.
_HERE = Path(__file__).parent
_FOLDERS = (_HERE / "templates", _HERE.parent / "templates")


def render(template: str, **values: object) -> str:
    """The text of `template`, a path inside `templates/`. A name that `values` lack is an error, never empty text."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDERS, encoding="utf-8"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        autoescape=False,  # the output is Python, not HTML
    )
