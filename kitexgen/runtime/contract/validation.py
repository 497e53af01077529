"""For the modules of the plugin `validator`: what their rules are made of."""

from __future__ import annotations

from kitexgen.runtime.errors import ValidationError
from kitexgen.runtime.model.rules import byte_size, pattern, remainder, rune_size, sprintf

__all__ = ["ValidationError", "byte_size", "pattern", "remainder", "rune_size", "sprintf"]
