"""Rule: one opinion about IDL, and Finding: one place that goes against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from kitexgen.diagnostics.diagnostic import Fix, Label
from kitexgen.lint.program import Program
from kitexgen.source.span import Span


class Category(Enum):
    """Sets of rules. MINIMAL is part of BASIC, BASIC of STANDARD; the others stand alone."""

    MINIMAL = "MINIMAL"
    BASIC = "BASIC"
    STANDARD = "STANDARD"
    COMMENTS = "COMMENTS"
    UNARY_RPC = "UNARY_RPC"


MINIMAL = (Category.MINIMAL, Category.BASIC, Category.STANDARD)
BASIC = (Category.BASIC, Category.STANDARD)
STANDARD = (Category.STANDARD,)
COMMENTS = (Category.COMMENTS,)
UNARY_RPC = (Category.UNARY_RPC,)
# Used only by those who name the rule.
OPTIONAL: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule has to say of one place; engine and settings make a Diagnostic of it."""

    at: Span
    message: str
    label: str = ""
    also: tuple[Label, ...] = ()
    hint: str | None = None
    fix: Fix | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`rationale` is one sentence. With `is_fixable` the fix of a finding changes nothing on the wire or in generated
    code, so `--fix` applies it; fixes of other rules are offers for an editor. `languages` are those it speaks of.
    """

    code: str
    name: str
    categories: tuple[Category, ...]
    rationale: str
    check: Callable[[Program], Iterator[Finding]]
    is_fixable: bool = False
    languages: tuple[str, ...] = ("thrift", "proto")
