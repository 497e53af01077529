"""The door for generated code."""

from __future__ import annotations

import pytest

from kitexgen.runtime.contract import CONTRACT_VERSION, require
from kitexgen.runtime.errors import ContractMismatch


def test_the_contract_of_today_is_kept() -> None:
    require(CONTRACT_VERSION)


@pytest.mark.parametrize(("version", "mend"), [(0, "run `kitexgen gen` again"), (2, "upgrade kitexgen")])
def test_another_contract_is_refused_with_what_to_do(version: int, mend: str) -> None:
    with pytest.raises(ContractMismatch, match=mend) as caught:
        require(version)
    assert (caught.value.required, caught.value.provided) == (version, CONTRACT_VERSION)
