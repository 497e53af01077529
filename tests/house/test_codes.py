"""Each diagnostic code that the sources can give has a page and a golden case, and there is no page without a code."""

from __future__ import annotations

import re
from pathlib import Path

from kitexgen.diagnostics.explain import codes

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"""["'](KX\d{4})["']""")


def codes_in_sources() -> set[str]:
    """Codes as string literals: how every Diagnostic gets its own."""
    sources = (ROOT / "kitexgen").rglob("*.py")
    return {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert set(codes()) == codes_in_sources()


def test_every_code_has_a_golden_case() -> None:
    cases = (ROOT / "tests" / "golden" / "errors").iterdir()
    assert codes_in_sources() - {case.name.partition("_")[0] for case in cases} == set()


def test_no_golden_case_speaks_of_an_unknown_code() -> None:
    cases = (ROOT / "tests" / "golden" / "errors").iterdir()
    assert {case.name.partition("_")[0] for case in cases} - codes_in_sources() == set()
