"""GenerateOptions: what a project may choose about generated code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateOptions:
    """`naming` says how methods and parameters are spelled: "python" gives snake_case methods, "idl" keeps the IDL's
    spelling. `keep_unknown_fields` makes records keep fields they do not know, and write them back.
    """

    naming: Literal["python", "idl"] = "python"
    keep_unknown_fields: bool = False
