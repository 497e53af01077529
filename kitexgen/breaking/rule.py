"""Rule: one way in which a change breaks someone, and Finding: one change that does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.diagnostics.diagnostic import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One change: where it shows now (None when the file is gone), where it stood, and who notices.

    `why` is said instead of the rule's own reason.
    """

    message: str
    at: Label | None
    was: Label | None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`level` is the laxest at which the rule speaks. `why` says for whom it breaks, in one sentence."""

    code: str
    name: str
    level: Level
    why: str
    check: Callable[[Comparison], Iterator[Finding]]
    languages: tuple[str, ...] = ("thrift", "proto")
