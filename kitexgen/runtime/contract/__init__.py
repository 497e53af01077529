"""The one door by which generated code enters the runtime: re-exports, numbered, no logic.

`CONTRACT_VERSION` is the number of the newest contract. Generated modules call `require` with the
one they were generated for, before they import anything else that may have changed.
"""

from __future__ import annotations

from kitexgen.runtime.errors import ContractMismatch

__all__ = ["CONTRACT_VERSION", "require"]

CONTRACT_VERSION = 1


def require(version: int) -> None:
    """Raise ContractMismatch, which says what to do, unless this runtime serves code generated for `version`."""
    if version != CONTRACT_VERSION:
        raise ContractMismatch(version, CONTRACT_VERSION)
