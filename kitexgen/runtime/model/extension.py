"""ExtensionInfo: a field that one IDL file adds to a message of another.

A plain class: `dataclasses` would be the dearest import of all that generated types need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from kitexgen.runtime.model.message import Message

ExtendedT = TypeVar("ExtendedT", bound="Message")
ValueT = TypeVar("ValueT")


class ExtensionInfo(Generic[ExtendedT, ValueT]):
    """An extension of `extendee`: `ValueT` is what its value is in Python, `list[...]` when it is repeated.

    `name` is the full IDL name, by which JSON knows it too ("[pkg.name]"); `requirement`, `type`, `default` and
    `annotations` are those of a field's row in `Message.__schema__`. Classes in `type` are names in `module`, the
    module that declares the extension. No extension equals another: each is the constant that it is bound to.
    """

    __slots__ = (
        "annotations",
        "default",
        "extendee",
        "module",
        "name",
        "number",
        "requirement",
        "source",
        "type",
    )

    def __init__(
        self,
        *,
        name: str,
        number: int,
        extendee: type[ExtendedT],
        requirement: str,
        type: Any,
        module: str,
        default: Any = None,
        annotations: tuple[tuple[str, tuple[str, ...]], ...] = (),
        source: str = "",
    ) -> None:
        self.name: Final = name
        self.number: Final = number
        self.extendee: Final = extendee
        self.requirement: Final = requirement
        self.type: Final = type
        self.module: Final = module
        self.default: Final = default
        self.annotations: Final = annotations
        self.source: Final = source

    @property
    def row(self) -> tuple[Any, ...]:
        """The extension as a row of a message's schema."""
        own = (self.number, self.name, self.name, self.requirement, self.type)
        return (*own, None, None, self.default, self.annotations)

    def __repr__(self) -> str:
        return f"ExtensionInfo({self.name!r}, {self.number}, {self.extendee.__name__})"
