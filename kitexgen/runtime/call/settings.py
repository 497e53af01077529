"""Settings: keyword arguments of clients and servers, and what is said of a name that is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable


def check_names(owner: str, given: Iterable[str], known: Collection[str]) -> None:
    """Raise TypeError for the first of `given` that is not `known`, naming `owner`, whose setting it was to be."""
    for name in given:
        if name not in known:
            import difflib  # noqa: PLC0415 - nobody else in the runtime needs it

            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(sorted(known))}"
            raise TypeError(f"{owner} has no setting `{name}`: {hint}")
