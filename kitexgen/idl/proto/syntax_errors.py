"""What to say at a word that does not fit: what was found, what could stand there, and what was likely meant."""

from __future__ import annotations

from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl import mistakes
from kitexgen.idl.finding import error
from kitexgen.idl.proto import slips, statement_slips
from kitexgen.idl.proto.expectation import expectation, shown
from kitexgen.idl.situation import CLOSERS, Situation
from kitexgen.source.span import Span

# The code that stands for a whole file: see `statement_slips.dialect`.
DIALECT: Final = statement_slips.DIALECT


def describe(here: Situation) -> Diagnostic:
    """One diagnostic for the word that does not fit, or for the end of the file where it comes too early."""
    if here.is_too_deep:
        return mistakes.too_deep("KX0613", here, "move the inner parts out")
    if here.found is None:
        return _early_end(here)
    if here.is_definition and here.list_name != "file" and here.opener is not None and here.opener.text:
        return mistakes.never_closed("KX0611", here, here.opener, "this statement")
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
