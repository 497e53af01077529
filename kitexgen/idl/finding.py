"""Short forms for the diagnostics of names, types and values, each of which has a place."""

from __future__ import annotations

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.source.span import Span

APACHE = ("apache",)
THRIFTGO = ("thriftgo",)


def error(
    code: str, message: str, at: Span, label: str = "", *, also: tuple[Label, ...] = (), hint: str | None = None
) -> Diagnostic:
    return Diagnostic(code=code, severity=Severity.ERROR, message=message, at=Label(at, label), also=also, hint=hint)


def warning(
    code: str,
    message: str,
    at: Span,
    label: str = "",
    *,
    also: tuple[Label, ...] = (),
    hint: str | None = None,
    refused_by: tuple[str, ...] = (),
) -> Diagnostic:
    return Diagnostic(
        code=code,
        severity=Severity.WARNING,
        message=message,
        at=Label(at, label),
        also=also,
        hint=hint,
        refused_by=refused_by,
    )
