"""Diagnostics of code generation: names and files that would fall on top of each other in Python."""

from __future__ import annotations

from collections.abc import Iterable

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.schema.module import Module
from kitexgen.source.span import Span


def same_module(path: str, first: tuple[str, Span], again: tuple[str, Span]) -> Diagnostic:
    """KX0401. `path` is the dotted Python module or package; the others say what wants it, and where."""
    return Diagnostic(
        code="KX0401",
        severity=Severity.ERROR,
        message=f"{first[0]} and {again[0]} both become the Python module `{path}`",
        at=Label(again[1], f"{again[0]} wants it too"),
        also=(Label(first[1], f"{first[0]} has it"),),
        hint="give one of them another name, or another `namespace py`",
    )


def same_export(package: str, name: str, first: Span, again: Span) -> Diagnostic:
    """KX0402: two files of one namespace declare `name`."""
    return Diagnostic(
        code="KX0402",
        severity=Severity.WARNING,
        message=f"`{name}` is declared twice in the Python package `{package}`, which exports neither",
        at=Label(again, "declared again"),
        also=(Label(first, "declared first"),),
        hint="import it from its own module, rename one, or give one file another `namespace py`",
    )


def same_name(
    owner: str, python_name: str, first: tuple[str, Span], again: tuple[str, Span], hint: str = "rename one of them"
) -> Diagnostic:
    """KX0403: two IDL names of one scope get one Python name."""
    return Diagnostic(
        code="KX0403",
        severity=Severity.ERROR,
        message=f"`{first[0]}` and `{again[0]}` of {owner} are both called `{python_name}` in Python",
        at=Label(again[1], f"becomes `{python_name}`"),
        also=(Label(first[1], f"becomes `{python_name}`"),),
        hint=hint,
    )


def case_only(first: tuple[str, Span], again: tuple[str, Span]) -> Diagnostic:
    """KX0404: two packages that some file systems take for one."""
    return Diagnostic(
        code="KX0404",
        severity=Severity.WARNING,
        message=f"the Python packages `{first[0]}` and `{again[0]}` differ only in case",
        at=Label(again[1], f"becomes `{again[0]}`"),
        also=(Label(first[1], f"becomes `{first[0]}`"),),
        hint="on macOS and Windows they would share one folder; spell both namespaces alike",
    )


def repeated_names(owner: str, names: Iterable[tuple[str, str, Span]]) -> Iterable[Diagnostic]:
    """A KX0403 for each of `names` (IDL name, Python name, place) whose Python name an earlier one has."""
    seen: dict[str, tuple[str, Span]] = {}
    for idl_name, python_name, place in names:
        first = seen.setdefault(python_name, (idl_name, place))
        if first[0] != idl_name:
            yield same_name(owner, python_name, first, (idl_name, place))


def file_span(module: Module) -> Span:
    """Where a diagnostic about a whole file points: its namespace, else its beginning."""
    return module.namespaces[0].span if module.namespaces else Span(module.id.path, 0, 0)
