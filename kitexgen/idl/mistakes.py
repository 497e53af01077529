"""What is said alike of mistakes in either language: of brackets, and of a file with too many of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.idl.finding import error
from kitexgen.idl.situation import CLOSERS, Situation
from kitexgen.idl.tokens import Token

# More would help nobody: after so many mistakes the file is something else.
MAX_MISTAKES: Final = 100


def never_closed(code: str, here: Situation, opener: Token, before: str) -> Diagnostic:
    """The bracket `opener` should have been closed `before` the word that does not fit."""
    assert here.found is not None  # checked by the caller
    return error(
        code,
        f"this `{opener.text}` is never closed",
        here.span(opener),
        "opened here",
        also=(Label(here.span(here.found), f"`{CLOSERS[opener.text]}` must stand before {before}"),),
    )


def too_deep(code: str, here: Situation, hint: str) -> Diagnostic:
    assert here.found is not None
    nested = f"the {len(here.unclosed) + 1}th bracket within another"
    return error(code, "nested too deep", here.span(here.found), nested, hint=hint)


def in_order(found: Sequence[Diagnostic], *, dialect: str, too_many: str) -> tuple[Diagnostic, ...]:
    """Everything found in a text, in its order, up to the last mistake anyone would want to read.

    A file in another dialect, of which the code `dialect` tells, gets that one error: what else does not fit is no
    news. `too_many` is the code that says where it was cut.
    """
    foreign = [each for each in found if each.code == dialect]
    ordered = sorted(found, key=lambda each: (each.at.span.start if each.at else -1, each.code))
    return tuple(_first_mistakes(foreign[:1] or ordered, too_many))


def _first_mistakes(found: Iterable[Diagnostic], too_many: str) -> Iterator[Diagnostic]:
    mistakes = 0
    for diagnostic in found:
        mistakes += diagnostic.severity is Severity.ERROR
        if mistakes > MAX_MISTAKES:
            assert diagnostic.at is not None  # nothing in a text is without a place
            rest = f"more than {MAX_MISTAKES} mistakes; the rest of the file is not shown"
            yield error(too_many, rest, diagnostic.at.span)
            return
        yield diagnostic
