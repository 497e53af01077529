"""Diagnostic: one thing the author of an IDL file should know. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kitexgen.source.edit import TextEdit
from kitexgen.source.span import Span


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Label:
    """A span, and what is to be said about it; `text` may be empty."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A change an editor may offer: `title` says what it does, `edits` lie in the file at `path`."""

    title: str
    path: str
    edits: tuple[TextEdit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding.

    `at` is the smallest span that shows the fault, None when it lies in no file (a setting, a missing input).
    `also` are the other places that matter. `refused_by` names the compilers ("apache", "thriftgo") that reject
    what is accepted here with a warning; under `--strict` such a warning counts as an error.
    """

    code: str
    severity: Severity
    message: str
    at: Label | None
    also: tuple[Label, ...] = ()
    hint: str | None = None
    refused_by: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
