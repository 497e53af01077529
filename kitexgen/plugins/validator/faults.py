"""What can be wrong with annotations of rules."""

from __future__ import annotations

from collections.abc import Iterable

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.diagnostics.suggest import nearest
from kitexgen.source.span import Span


class BadOperand(ValueError):
    """A value of an annotation cannot be used; `code` tells how, `hint` how to mend it."""

    def __init__(self, code: str, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.code, self.hint = code, hint


def unknown_rule(key: str, name: str, what: str, known: Iterable[str], at: Span) -> Diagnostic:
    names = tuple(known)
    near = nearest(name, names)
    hint = f"did you mean `{near}`?" if near else f"{what} has {', '.join(names) or 'none'}"
    return _error("KX0456", f"there is no rule `{key}` for {what}", at, hint)


def bad_operand(key: str, text: str, error: BadOperand, at: Span) -> Diagnostic:
    return _error(error.code, f"`{key}` cannot use `{text}`: {error}", at, error.hint)


def not_checked(key: str, where: str, at: Span) -> Diagnostic:
    return Diagnostic(
        code="KX0459",
        severity=Severity.WARNING,
        message=f"`{key}` is not checked on {where}",
        at=Label(at),
        hint="rules stand on fields of structs, unions and exceptions; `vt.assert` on these themselves",
    )


def no_rules(path: str, at: Span) -> Diagnostic:
    return Diagnostic(
        code="KX0459",
        severity=Severity.WARNING,
        message=f"the plugin `validator` knows rules of Thrift only, and finds none in `{path}`",
        at=Label(at),
        hint="for Protobuf, check the messages in a middleware of your own",
    )


def _error(code: str, message: str, at: Span, hint: str) -> Diagnostic:
    return Diagnostic(code=code, severity=Severity.ERROR, message=message, at=Label(at), hint=hint or None)
