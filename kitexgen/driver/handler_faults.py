"""What can be wrong between a handler and the IDL, as diagnostics."""

from __future__ import annotations

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.schema.services import Service
from kitexgen.source.file import Position, SourceFile
from kitexgen.source.span import Span


def unreadable(path: str, error: OSError) -> Diagnostic:
    return Diagnostic(
        code="KX0510",
        severity=Severity.ERROR,
        message=f"the handler `{path}` cannot be read: {error.strerror or error}",
        at=None,
    )


def not_python(source: SourceFile, error: SyntaxError | ValueError) -> Diagnostic:
    """The handler does not parse: where methods would go cannot be told, so it is left alone."""
    at = None
    if isinstance(error, SyntaxError) and error.lineno is not None and source.text:
        line = min(error.lineno, len(source.line_starts))
        offset = source.offset(Position(line, max(error.offset or 1, 1)))
        at = Label(Span(source.path, offset, offset), error.msg)
    said = "" if at is not None else f": {error}"
    return Diagnostic(
        code="KX0511",
        severity=Severity.ERROR,
        message=f"the handler `{source.path}` is not valid Python{said}",
        at=at,
        hint="nothing was changed; mend it, then generate again",
    )


def changed(name: str, at: Span, idl: Span, problem: str) -> Diagnostic:
    return Diagnostic(
        code="KX0512",
        severity=Severity.WARNING,
        message=f"the handler's `{name}` is not what the IDL declares",
        at=Label(at, problem),
        also=(Label(idl, "declared here"),),
        hint="change the handler; kitexgen adds methods, and never touches one that is there",
    )


def orphan(name: str, at: Span, service: Service) -> Diagnostic:
    return Diagnostic(
        code="KX0513",
        severity=Severity.WARNING,
        message=f"the handler's `{name}` answers no method of `{service.id.name}` any more",
        at=Label(at, "nobody calls it"),
        also=(Label(service.name_span, "this service lost the method"),),
        hint="remove it, or start its name with `_` if it is used from elsewhere",
    )


def no_class(source: SourceFile, service: Service, protocol: str) -> Diagnostic:
    return Diagnostic(
        code="KX0514",
        severity=Severity.WARNING,
        message=f"no class in `{source.path}` handles the service `{service.id.name}`",
        at=Label(service.name_span),
        hint=f"name `{protocol}` among the bases of the class that does",
    )


def lacks(name: str, at: Span, idl: Span) -> Diagnostic:
    return Diagnostic(
        code="KX0515",
        severity=Severity.ERROR,
        message=f"the handler lacks `{name}`",
        at=Label(at, f"has no `{name}`"),
        also=(Label(idl, "declared here"),),
        hint="run `kitexgen gen`, which adds it, and commit the result",
    )


def lacks_class(source: SourceFile, service: Service, usual_name: str) -> Diagnostic:
    return Diagnostic(
        code="KX0515",
        severity=Severity.ERROR,
        message=f"`{source.path}` lacks a class for the service `{service.id.name}`",
        at=Label(service.name_span, "declared here"),
        hint=f"run `kitexgen gen`, which adds `{usual_name}`, and commit the result",
    )
