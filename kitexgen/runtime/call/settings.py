"""Settings: keyword arguments of clients and servers, and what is said of a name that is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any


def check_names(owner: str, given: Iterable[str], known: Collection[str]) -> None:
    """Raise TypeError for the first of `given` that is not `known`, naming `owner`, whose setting it was to be."""
    for name in given:
        if name not in known:
            import difflib  # noqa: PLC0415 - nobody else in the runtime needs it

            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(sorted(known))}"
            raise TypeError(f"{owner} has no setting `{name}`: {hint}")


def check_seconds(name: str, value: object, *, has_limit: bool = False) -> None:
    """Raise TypeError for what is no number of seconds, ValueError for a negative one.

    None stands for no limit, unless it is a setting that always has one.
    """
    if value is None and not has_limit:
        return
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{name} is a number of seconds, not {value!r}")
    if not value >= 0:  # nan, too
        hint = "" if has_limit else "; for no limit say None"
        raise ValueError(f"{name} is {value!r} seconds{hint}")


def one_or_several(value: Any) -> tuple[Any, ...]:
    """The middlewares, validators or hooks of a setting: one may stand without a list."""
    return tuple(value) if isinstance(value, Iterable) else (value,)
