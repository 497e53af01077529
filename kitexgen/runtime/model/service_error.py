"""ServiceError: the exceptions that an IDL declares."""

from __future__ import annotations

from kitexgen.runtime.model.show import show_fields
from kitexgen.runtime.model.struct import FrozenStruct, Struct


class ServiceError(Struct, Exception):
    """An exception of the IDL: a record that can be raised. A handler raises it, and the caller gets it, as itself."""

    __slots__ = ()

    def __str__(self) -> str:
        return show_fields(self)

    def __hash__(self) -> int:  # type: ignore[override]
        # Exceptions are put in sets (by tracebacks, by exception groups), and equal ones must hash alike although their
        # fields may change: so the class alone counts.
        return hash(self.__class__)


class FrozenServiceError(FrozenStruct, ServiceError):
    """An exception that is used as a map key or set element somewhere."""

    __slots__ = ()
