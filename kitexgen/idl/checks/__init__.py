"""Rules every schema must keep, whatever IDL it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.checks.default_values import check_default_values
from kitexgen.idl.checks.duplicate_names import check_duplicate_names
from kitexgen.idl.checks.enum_values import check_enum_values
from kitexgen.idl.checks.field_ids import check_field_ids
from kitexgen.idl.checks.map_keys import check_map_keys
from kitexgen.idl.checks.packed import check_packed
from kitexgen.idl.checks.recursion import check_recursion
from kitexgen.idl.checks.service_inheritance import check_service_inheritance
from kitexgen.idl.checks.throws import check_throws
from kitexgen.idl.thrift.streaming import check_streaming
from kitexgen.schema.module import Schema

Check = Callable[[Schema], Iterable[Diagnostic]]

# Each looks at the whole schema and knows nothing of the others; the order only decides who speaks first.
CHECKS: Final[tuple[Check, ...]] = (
    check_duplicate_names,
    check_field_ids,
    check_enum_values,
    check_default_values,
    check_map_keys,
    check_service_inheritance,
    check_throws,
    check_recursion,
    check_packed,
    check_streaming,
)

__all__ = ["CHECKS", "Check"]
