"""Mistakes people make often, recognised by the words around them: each is told with its own hint."""

from __future__ import annotations

from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.situation import Situation

DIALECT: Final = "KX0615"


def recognise(here: Situation) -> Diagnostic | None:
    """The diagnostic of the first slip that matches, or None."""
    return None
