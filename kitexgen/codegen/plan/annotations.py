"""Annotations of the IDL as the constants that `describe` reads at run time."""

from __future__ import annotations

from kitexgen.codegen.plan.fitting import Bracket, tuple_of
from kitexgen.codegen.plan.literals import string_literal
from kitexgen.schema.annotations import Annotations


def annotation_rows(annotations: Annotations) -> Bracket:
    """`((key, (value, ...)), ...)`, in order."""
    return tuple_of(
        tuple_of((string_literal(each.key), tuple_of(string_literal(value) for value in each.values)))
        for each in annotations
    )
