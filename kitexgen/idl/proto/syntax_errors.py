"""What to say at a word that does not fit: what was found, what could stand there, and what was likely meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.idl.finding import error
from kitexgen.idl.proto import slips, statement_slips
from kitexgen.idl.proto.expectation import expectation, shown
from kitexgen.idl.situation import CLOSERS, Situation
from kitexgen.idl.tokens import Token
from kitexgen.source.span import Span

# More would help nobody: after so many mistakes the file is something else.
MAX_MISTAKES: Final = 100
# The code that stands for a whole file: see `statement_slips.dialect`.
DIALECT: Final = statement_slips.DIALECT


def describe(here: Situation) -> Diagnostic:
    """One diagnostic for the word that does not fit, or for the end of the file where it comes too early."""
    if here.is_too_deep:
        return _too_deep(here)
    if here.found is None:
        return _early_end(here)
    if here.is_definition and here.list_name != "file" and here.opener is not None and here.opener.text:
        return _never_closed(here, here.opener)
    if (slip := slips.recognise(here)) is not None:
        return slip
    return _unexpected(here)


def _unexpected(here: Situation) -> Diagnostic:
    found = here.found
    assert found is not None
    wanted = expectation(here)
    before = here.token(-1)
    if before is not None and here.partial and (here.is_on_new_line or found.kind == "}"):
        # The fault is at the end of the line before; the word found is innocent.
        if ";" in here.expected:
            return error(
                "KX0616", f"`;` is missing after {shown(before)}", here.span(before), hint="every statement ends in `;`"
            )
        return error("KX0610", f"expected {wanted} after {shown(before)}", here.span(before), f"{wanted} must follow")
    return error("KX0610", f"expected {wanted}, found {shown(found)}", here.span(found))


def _early_end(here: Situation) -> Diagnostic:
    opener = here.inner_opener
    if opener is not None:
        return error(
            "KX0611",
            f"this `{opener.text}` is never closed",
            here.span(opener),
            hint=f"the file ends before its `{CLOSERS[opener.text]}`",
        )
    last = here.token(-1)
    at = here.span(last) if last else Span(here.path, len(here.text), len(here.text))
    return error("KX0610", f"the file ends too early: expected {expectation(here)}", at)


def _never_closed(here: Situation, opener: Token) -> Diagnostic:
    found = here.found
    assert found is not None  # checked by the caller
    return error(
        "KX0611",
        f"this `{opener.text}` is never closed",
        here.span(opener),
        "opened here",
        also=(Label(here.span(found), f"`{CLOSERS[opener.text]}` must stand before this statement"),),
    )


def _too_deep(here: Situation) -> Diagnostic:
    found = here.found
    assert found is not None
    return error(
        "KX0613",
        "nested too deep",
        here.span(found),
        f"the {len(here.unclosed) + 1}th bracket within another",
        hint="move the inner parts out",
    )


def first_mistakes(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """`found`, which is in order, up to the last mistake anyone would want to read."""
    mistakes = 0
    for diagnostic in found:
        mistakes += diagnostic.severity is Severity.ERROR
        if mistakes > MAX_MISTAKES:
            assert diagnostic.at is not None  # nothing in a text is without a place
            yield error(
                "KX0614", f"more than {MAX_MISTAKES} mistakes; the rest of the file is not shown", diagnostic.at.span
            )
            return
        yield diagnostic
