"""What an old peer would notice. Sees two schemas and no syntax."""

from kitexgen.breaking.engine import BreakingSettings, breaking_changes, known_rules
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.rules import RULES

__all__ = [
    "RULES",
    "BreakingSettings",
    "Comparison",
    "Finding",
    "Level",
    "Rule",
    "breaking_changes",
    "known_rules",
]
