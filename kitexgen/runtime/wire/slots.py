"""Copies of objects that are nothing but slots, for what is made anew with every call and mostly says the same."""

from __future__ import annotations

import functools
from typing import Any, TypeVar

from kitexgen.runtime.wire.native import compiled

T = TypeVar("T")


@compiled
def copy_slots(template: T) -> T:
    """Return a new object of the same class whose slots hold what those of `template` hold; no `__init__` runs.

    Values are shared: who fills a template leaves slots for what each copy has to have for itself empty, or None.
    Raises TypeError when the class has instances with anything else in them.
    """
    cls: Any = type(template)
    names = _slots(cls)
    copied: T = cls.__new__(cls)
    for name in names:
        if hasattr(template, name):
            setattr(copied, name, getattr(template, name))
    return copied


@functools.lru_cache(maxsize=64)
def _slots(cls: Any) -> tuple[str, ...]:
    if cls.__new__ is not object.__new__ or cls.__dictoffset__ or cls.__weakrefoffset__ or cls.__base__ is not object:
        raise TypeError(f"instances of {cls.__name__} are more than slots")
    return tuple(cls.__dict__["__slots__"])
