"""Report: gathers the diagnostics of a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kitexgen.diagnostics.diagnostic import Diagnostic, Severity


class Report:
    """Diagnostics in the order of files and places, each once.

    With `strict`, a warning that says a known compiler refuses the input becomes an error.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self._strict = strict
        self._found: dict[Diagnostic, None] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        if self._strict and diagnostic.refused_by:
            diagnostic = replace(diagnostic, severity=Severity.ERROR)
        self._found.setdefault(diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            self.add(diagnostic)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All findings: those without a place first, then by file, place and code."""
        return tuple(sorted(self._found, key=_place))

    def count(self, severity: Severity) -> int:
        return sum(diagnostic.severity is severity for diagnostic in self._found)

    @property
    def is_strict(self) -> bool:
        return self._strict

    @property
    def has_errors(self) -> bool:
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self._found)

    @property
    def exit_status(self) -> int:
        """0 when the input stands, 1 when it is wrong."""
        return 1 if self.has_errors else 0


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    if diagnostic.at is None:
        return ("", -1, -1, diagnostic.code, diagnostic.message)
    span = diagnostic.at.span
    return (span.path, span.start, span.end, diagnostic.code, diagnostic.message)
