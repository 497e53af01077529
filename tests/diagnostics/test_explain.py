"""Pages of codes: each is found, and each has its parts."""

from __future__ import annotations

import re

import pytest

from kitexgen.diagnostics.explain import codes, page


def test_codes_are_in_order_and_well_formed() -> None:
    found = codes()
    assert found
    assert list(found) == sorted(found)
    assert all(re.fullmatch(r"KX\d{4}", code) for code in found)


@pytest.mark.parametrize("code", codes())
def test_every_page_has_title_and_parts(code: str) -> None:
    found = page(code)
    assert found is not None
    assert found.text.startswith(f"# {code}: {found.title}\n")
    assert found.title
    assert not found.title.split()[0].istitle()  # `IDL` and names in backticks may be upper case
    assert not found.title.endswith(".")
    assert re.findall(r"^## (.+)$", found.text, re.MULTILINE) == ["What", "Why", "Example", "Mend"]
    assert found.text.count("```") % 2 == 0
    assert "```" in found.text.partition("## Example")[2]


@pytest.mark.parametrize("code", ["KX9999", "", "../diagnostic", "KX0501.md", "kx0501"])
def test_unknown_code_has_no_page(code: str) -> None:
    assert page(code) is None
