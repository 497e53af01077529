"""Runs the rules of a level over two schemas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.rules import RULES
from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity


def _nowhere(path: str) -> bool:
    return False


def _as_it_is(label: Label) -> Label:
    return label


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakingSettings:
    """`leave_out` are names or codes of rules. `is_ignored` tells of the path of a new file whether changes in it are
    nobody's business. `shown` turns a place in an old file into what is shown of it.
    """

    level: Level = Level.SOURCE
    leave_out: Sequence[str] = ()
    is_ignored: Callable[[str], bool] = _nowhere
    shown: Callable[[Label], Label] = _as_it_is


def breaking_changes(comparison: Comparison, settings: BreakingSettings) -> Iterator[Diagnostic]:
    """Every change that breaks someone at the level of `settings`, rule by rule."""
    languages = {module.id.path: module.language for module in (*comparison.old.modules, *comparison.new.modules)}
    for rule in RULES:
        if rule.level > settings.level or not {rule.name, rule.code}.isdisjoint(settings.leave_out):
            continue
        for finding in rule.check(comparison):
            place = finding.at or finding.was
            if place is None or languages.get(place.span.path) not in rule.languages:
                continue
            if finding.at is None or not settings.is_ignored(finding.at.span.path):
                yield _diagnostic(rule, finding, settings.shown)


def _diagnostic(rule: Rule, finding: Finding, shown: Callable[[Label], Label]) -> Diagnostic:
    return Diagnostic(
        code=rule.code,
        severity=Severity.ERROR,
        message=f"{finding.message} ({rule.name})",
        at=finding.at,
        also=() if finding.was is None else (shown(finding.was),),
        hint=finding.why or rule.why,
    )


def known_rules() -> tuple[str, ...]:
    """What may be written wherever rules are named."""
    return (*(rule.name for rule in RULES), *(rule.code for rule in RULES))
