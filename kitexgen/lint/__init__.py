"""Opinions about IDL. Each can be switched off, everywhere or in one place."""

from kitexgen.lint.engine import Linted, edits_by_path, lint
from kitexgen.lint.program import Program
from kitexgen.lint.rule import Category, Finding, Rule
from kitexgen.lint.rules import RULES
from kitexgen.lint.settings import DEFAULT_USE, LintSettings, known_names

__all__ = [
    "DEFAULT_USE",
    "RULES",
    "Category",
    "Finding",
    "LintSettings",
    "Linted",
    "Program",
    "Rule",
    "edits_by_path",
    "known_names",
    "lint",
]
