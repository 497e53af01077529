"""How the path of an error is written."""

from __future__ import annotations

from typing import Any, Final

_LONGEST: Final = 40
_HEAD: Final = 24  # steps shown of a path that is longer than both together
_TAIL: Final = 8


def path(root: str, trail: list[str]) -> str:
    """Return `User.manager.tags[3]`; the trail has the innermost step first. The middle of a long one is left out."""
    steps = trail[::-1]
    if len(steps) > _HEAD + _TAIL:
        steps[_HEAD:-_TAIL] = [f"...({len(steps) - _HEAD - _TAIL} more)..."]
    return root + "".join(steps)


def shown(key: Any) -> str:
    """Return `"k"`, `7`, ...: the key of a map, or the element of a set, shortened to 40 characters.

    Records are named by their class only: showing one may be long, or never end.
    """
    if isinstance(key, str):
        text = f'"{key[:_LONGEST]}"' if key.isprintable() else ascii(key[:_LONGEST])
    elif isinstance(key, float | bytes) or (isinstance(key, int) and key.bit_length() <= _LONGEST * 3):
        text = repr(key)
    else:
        text = type(key).__name__
    return text if len(text) <= _LONGEST + 2 else text[:_LONGEST] + "..."
