"""Struct and FrozenStruct: the bases of generated records.

A record carries its fields and nothing else, so all that stands here are dunder methods; what else can be done with a
record are functions of `kitexgen.runtime.thrift`. Nothing here runs when a generated class is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitexgen.runtime.errors import FrozenRecordError
from kitexgen.runtime.model.equality import records_equal
from kitexgen.runtime.model.show import show_record

if TYPE_CHECKING:
    from typing import Any, ClassVar, Self


class Struct:
    """A record of the IDL.

    `__schema__` is (kind, IDL name, source, fields, annotations[, keeps unknown fields]) and `__match_args__` the
    attributes in IDL order; both are constants that the generator prints. Two records are equal when they are of one
    class and their fields are equal. A record can change and is not hashable; see `FrozenStruct`.
    """

    __slots__ = ()
    if TYPE_CHECKING:  # not at run time: typing.get_type_hints of a record would look for the names used here
        __match_args__: ClassVar[tuple[str, ...]]
        __schema__: ClassVar[tuple[Any, ...]]

    __eq__ = records_equal
    __hash__ = None  # type: ignore[assignment]  # what Python itself does for a class that defines __eq__ alone
    __repr__ = show_record

    def __copy__(self) -> Self:
        """A new record with the same values: containers are shared."""
        twin: Self = _blank(self.__class__)
        twin.__setstate__(self.__getstate__())
        return twin

    def __replace__(self, /, **changes: Any) -> Self:
        """A new record with some fields changed, by attribute; what `thrift.replace` and `copy.replace` call.

        Raises TypeError for an attribute that the record has not.
        """
        cls = self.__class__
        values = {field[1]: getattr(self, field[1]) for field in cls.__schema__[3]}
        twin = cls(**values | changes)
        if unknown := getattr(self, "__unknown__", b""):
            object.__setattr__(twin, "__unknown__", unknown)
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        # Slots need protocol 2, and `__init__` may refuse what a peer was allowed to send: build blank, then fill.
        return _blank, (self.__class__,), self.__getstate__()

    def __getstate__(self) -> dict[str, Any]:
        """All attributes by name; with those of a user's subclass that has a `__dict__`."""
        state = {name: getattr(self, name) for name in self.__match_args__}
        return state | getattr(self, "__dict__", {})

    def __setstate__(self, state: dict[str, Any] | None, /) -> None:
        """Fill a blank record. A field that `state` lacks, because the IDL has gained it since, gets its default."""
        state = state or {}  # None is how exceptions spell it
        if any(name not in state for name in self.__match_args__):
            known = {field[1]: state[field[1]] for field in self.__schema__[3] if field[1] in state}
            self.__init__(**known)  # type: ignore[misc]  # the generated one, of this very class
        for name, value in state.items():
            object.__setattr__(self, name, value)


def _blank(cls: type[Struct]) -> Any:
    """A record without any field set: made by the class's `__new__` alone."""
    return cls.__new__(cls)


class FrozenStruct(Struct):
    """A record that is used as a map key or set element somewhere: set once, hashable."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]  # the point of the class
        # Flattened like the comparison in `equality`, and for the same reason.
        flat: list[Any] = []
        pending: list[Any] = [self]
        while pending:
            value = pending.pop()
            cls = value.__class__
            if cls.__hash__ is FrozenStruct.__hash__:
                flat.append(cls)
                pending.extend([getattr(value, name) for name in cls.__match_args__])
            elif cls is tuple:
                flat.append(len(value))
                pending.extend(value)
            else:
                flat.append(value)
        return hash(tuple(flat))

    def __setattr__(self, name: str, value: object) -> None:
        # A field that has no value yet may get one: that is `__init__`, or a decoder at work. Unknown fields have none
        # as long as they are empty, since a decoder adds them to a finished record.
        is_set = bool(getattr(self, name, b"")) if name == "__unknown__" else hasattr(self, name)
        if is_set and name in self.__match_args__:
            raise FrozenRecordError(self.__class__.__name__, name)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        if name in self.__match_args__:
            raise FrozenRecordError(self.__class__.__name__, name)
        object.__delattr__(self, name)
