"""Regular expressions mean what they mean in RE2."""

from __future__ import annotations

import pytest

from kitexgen.plugins.validator.faults import BadOperand
from kitexgen.plugins.validator.patterns import python_pattern
from kitexgen.runtime.contract.validation import pattern


@pytest.mark.parametrize(
    ("expression", "text", "is_match"),
    [
        ("^[a-z]+$", "abc", True),
        ("^[a-z]+$", "abc\n", False),
        (r"^a\$$", "a$", True),
        ("[$]", "a$b", True),
        (r"[^\]$]x", "$x", False),
        ("[]$]x", "$x", True),
        (r"a\z", "a", True),
        (r"^\d+$", "٣", False),
        (r"(?m)^b$", "a\nb\nc", True),
        ("b", "abc", True),
    ],
)
def test_as_re2(expression: str, text: str, is_match: bool) -> None:
    assert bool(pattern(python_pattern(expression)).search(text)) is is_match


@pytest.mark.parametrize("expression", ["[a", "(", "*a", r"\pL"])
def test_what_re_cannot_read_is_refused(expression: str) -> None:
    with pytest.raises(BadOperand, match="it is no regular expression"):
        python_pattern(expression)
