"""What can go wrong between generated text and the disk, as diagnostics."""

from __future__ import annotations

import os

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.driver.changes import Change, ChangeKind
from kitexgen.source.span import Span


def not_ours(path: str) -> Diagnostic:
    """A file stands where a generated one should go, and does not say that kitexgen made it."""
    return Diagnostic(
        code="KX0505",
        severity=Severity.ERROR,
        message="this is not a file that kitexgen wrote, so it is not overwritten",
        at=_file(path),
        hint="move it out of the way, or generate into another folder (--out)",
    )


def cannot_write(out: str, error: OSError) -> Diagnostic:
    """The system refused a step of writing; everything stands as before."""
    return Diagnostic(
        code="KX0506",
        severity=Severity.ERROR,
        message=f"cannot write into `{out}`: {_said(error, out)}",
        at=None,
        hint="nothing was changed: the output is as it was before",
    )


def cannot_write_file(path: str, error: OSError) -> Diagnostic:
    """The system refused to have one file written, which is no output of `gen`."""
    return Diagnostic(
        code="KX0506",
        severity=Severity.ERROR,
        message=f"cannot write `{path}`: {_said(error, path)}",
        at=None,
        hint="the file is as it was before",
    )


def out_of_date(out: str, change: Change) -> Diagnostic:
    """What `gen --check` found: the file is not what the IDL gives today."""
    messages = {
        ChangeKind.CREATE: ("KX0507", "the generated file is missing"),
        ChangeKind.UPDATE: ("KX0508", "the generated file is not what the IDL gives today"),
        ChangeKind.REMOVE: ("KX0509", "the generated file is an orphan: no IDL gives it any more"),
    }
    code, message = messages[change.kind]
    return Diagnostic(
        code=code,
        severity=Severity.ERROR,
        message=message,
        at=_file(f"{out}/{change.path}"),
        hint="run `kitexgen gen` and commit the result",
    )


def _said(error: OSError, asked: str) -> str:
    """The words of the system, and the place where that is not the one that was `asked` for."""
    place = _existing(error.filename) if isinstance(error.filename, str) else asked
    where = "" if place == asked else f" (at `{place}`)"
    return f"{error.strerror or error}{where}"


def _existing(path: str) -> str:
    """The nearest place that is there, as a person would write it: names under it are often ours, for a moment."""
    path = os.path.abspath(path)
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    relative = os.path.relpath(path)
    return (path if relative.startswith(os.pardir) else relative).replace(os.sep, "/")


def _file(path: str) -> Label:
    """A file as a whole."""
    return Label(Span(path, 0, 0))
