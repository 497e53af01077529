from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

def add(
    cls: type,
    rows: tuple[tuple[Any, ...], ...],
    reads: bool,
    is_union: bool,
    keeps_unknown: bool,
    blanks: dict[str, None],
    /,
) -> None: ...
def add_message(cls: type, rows: tuple[tuple[Any, ...], ...], reads: bool, /) -> None: ...
def install(name: str, function: F, /) -> F: ...
def pause(on: bool, /) -> bool: ...
def fallbacks() -> int: ...
def know(
    resolve: Callable[[Any], None],
    resolve_message: Callable[[Any], None],
    uuid: type,
    safe: object,
    frozen_map: type,
    array: type,
    /,
) -> None: ...
def know_begin(cls: type, /) -> None: ...
