"""GenerateOptions: what a project may choose about generated code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateOptions:
    """`naming` says how methods and parameters are spelled: "python" gives snake_case methods, "idl" keeps the IDL's
    spelling.

    With `keep_unknown_fields`, records of Thrift keep fields that they do not know and write them back, as messages of
    Protobuf always do. `py_package` places Protobuf files: dotted Python packages by import path ("a/b.proto") or by
    package ("a.b", for those inside it too). `py_packed` names fields, messages and packages of Protobuf whose repeated
    numbers are an `array.array`. `is_whole` says that the schema is all that the project has, so that a name in
    `py_packed` that is not there is a mistake; otherwise it may be that of another file.
    """

    naming: Literal["python", "idl"] = "python"
    keep_unknown_fields: bool = False
    py_package: Mapping[str, str] = field(default_factory=dict)
    py_packed: Sequence[str] = ()
    is_whole: bool = field(default=True, repr=False)  # no part of what decides the output: see `reuse`
