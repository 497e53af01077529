"""Union: a record of which exactly one field is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitexgen.runtime.errors import UnionError
from kitexgen.runtime.model.struct import FrozenStruct, Struct

if TYPE_CHECKING:
    from typing import Any, Self


class Union(Struct):
    """A union of the IDL. Its `__init__` refuses no field and several; reading is lenient, as in Kitex.

    What came off the wire may thus have no field set (a member that we do not know) or several; `which` tells.
    """

    __slots__ = ()

    def __replace__(self, /, **changes: Any) -> Self:
        """A new union with another field, or another value, set; the field that was set makes room."""
        if all(value is None for value in changes.values()):
            return super().__replace__(**changes)
        return self.__class__(**changes)


class FrozenUnion(FrozenStruct, Union):
    """A union that is used as a map key or set element somewhere."""

    __slots__ = ()


def require_one(union: Union) -> None:
    """Raise UnionError unless exactly one field of `union` is set."""
    if len(names := _set_fields(union)) != 1:
        raise UnionError(union.__schema__[1], tuple(idl_name for _, idl_name in names))


def which(union: Union) -> str | None:
    """The attribute of the one field that is set, None when none is.

    Raises UnionError when several are, which only a peer can bring about, and TypeError for what is no union.
    """
    if not isinstance(union, Union):
        raise TypeError(f"which() takes a union, got {type(union).__name__}")
    names = _set_fields(union)
    if len(names) > 1:
        require_one(union)
    return names[0][0] if names else None


def _set_fields(union: Union) -> list[tuple[str, str]]:
    """(attribute, IDL name) of each field that is set."""
    return [(field[1], field[2]) for field in union.__schema__[3] if getattr(union, field[1]) is not None]
