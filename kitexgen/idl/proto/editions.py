"""Editions: the versions of the Protobuf language, in the order in which features come and go."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Edition(IntEnum):
    """The numbers of `google.protobuf.Edition`. `syntax = "proto2"` and `"proto3"` are editions as well."""

    PROTO2 = 998
    PROTO3 = 999
    E2023 = 1000
    E2024 = 1001
    # What protoc takes with `--experimental_editions` alone.
    UNSTABLE = 9999

    @property
    def is_editions(self) -> bool:
        """Whether files of it begin with `edition` rather than `syntax`."""
        return self >= Edition.E2023


# What may stand behind `syntax =` and behind `edition =`.
SYNTAXES: Final = {"proto2": Edition.PROTO2, "proto3": Edition.PROTO3}
EDITIONS: Final = {"2023": Edition.E2023, "2024": Edition.E2024, "UNSTABLE": Edition.UNSTABLE}
# An edition that protoc has heard of and does not yet accept.
FUTURE_EDITIONS: Final = ("2026",)
NEWEST: Final = "2024"
