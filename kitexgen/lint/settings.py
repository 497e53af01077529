"""LintSettings: which rules speak, where, and how loud."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from kitexgen.diagnostics.diagnostic import Severity
from kitexgen.lint.rule import Category, Rule
from kitexgen.lint.rules import RULES

DEFAULT_USE = (Category.STANDARD.value,)


def _nowhere(rule: str, path: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class LintSettings:
    """`use` and `leave_out` name rules and categories; the second goes before the first. `severities` go by rule or
    category, a rule before its categories; what is not named is a warning. `is_ignored` tells of a rule's name and the
    path of a file whether the rule is silent there.
    """

    use: tuple[str, ...] = DEFAULT_USE
    leave_out: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    is_ignored: Callable[[str, str], bool] = _nowhere

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Those in use, in code order."""
        return tuple(rule for rule in RULES if _is_named(rule, self.use) and not _is_named(rule, self.leave_out))

    def severity(self, rule: Rule) -> Severity:
        for name in (rule.name, rule.code, *(category.value for category in rule.categories)):
            if name in self.severities:
                return self.severities[name]
        return Severity.WARNING


def _is_named(rule: Rule, names: Iterable[str]) -> bool:
    return any(is_called(rule, name) for name in names)


def is_called(rule: Rule, name: str) -> bool:
    """Whether `name` is the rule's name, its code, or one of its categories."""
    return name in {rule.name, rule.code} or any(category.value == name for category in rule.categories)


def known_names() -> tuple[str, ...]:
    """What may be written wherever rules are named."""
    return (*(category.value for category in Category), *(rule.name for rule in RULES), *(rule.code for rule in RULES))
