"""Enum: a number with names, some of which we may not know."""

from __future__ import annotations

from enum import EnumMeta, IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, ClassVar, Self

_INTEGER_FORMATS = frozenset("bcdeEfFgGnoxX%")


class _WithoutMembers(EnumMeta):
    """The class of an enum without members: Python would take a call of it for the wish to make a new enum."""

    def __call__(cls, value: object) -> Any:  # type: ignore[override]  # calls of it make no enums
        member = cls._missing_(value)  # type: ignore[attr-defined]  # only our enums have this class
        if member is None:
            raise ValueError(f"{value!r} is not a valid {cls.__name__}")
        return member


class Enum(IntEnum):
    """An enum of the IDL. Any i32 is a value of it, as in Kitex: one without a name prints as `Color(42)`.

    Values are compared with `==`, never with `is`: a number without a name is a new object each time, and none is kept,
    so that a peer cannot fill our memory with them. `color.name in Color.__members__` tells whether a value has a name
    (`color in Color` does only before Python 3.12). `__schema__` is
    (IDL name, source, annotations[, members]), with a member only where there is more to say of it than its name:
    (IDL name, annotations[, Python name]).
    """

    __schema__: ClassVar[tuple[Any, ...]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not cls._member_map_:
            cls.__class__ = _WithoutMembers  # type: ignore[method-assign, assignment]  # the one way to change it

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        if not -(2**31) <= value < 2**31:
            raise ValueError(f"{value} is no value of {cls.__name__}: an enum has 32 bits")
        member = int.__new__(cls, value)
        member._name_ = str(int(value))  # no member's name: an IDL name does not start with a digit
        member._value_ = int(value)
        return member

    def __repr__(self) -> str:
        if self._value_ in self.__class__._value2member_map_:
            return f"{self.__class__.__name__}.{self._name_}"
        return f"{self.__class__.__name__}({self._value_})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        """As text, unless `spec` asks for a number: `f"{color}"`, `f"{color:>12}"`, `f"{color:04d}"`."""
        return int.__format__(self, spec) if spec and spec[-1] in _INTEGER_FORMATS else format(str(self), spec)
