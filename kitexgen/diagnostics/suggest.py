"""The nearest spelling among known names, for the "did you mean" of a hint."""

from __future__ import annotations

from collections.abc import Iterable

# One slip for every so many letters: `strnig` is still `string`, `id` is never `at`.
_LETTERS_PER_SLIP = 3


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate a person most likely meant by `name`, or None when none is close enough.

    Letter case alone counts as no slip. Of equally near ones the first in alphabetical order is taken, so that
    the answer does not depend on how `candidates` is ordered. `name` itself is never the answer.
    """
    wanted = name.casefold()
    most = max(1, len(name) // _LETTERS_PER_SLIP)
    best: tuple[int, str] | None = None
    for candidate in candidates:
        if candidate == name or abs(len(candidate) - len(name)) > most:
            continue
        slips = _distance(wanted, candidate.casefold())
        # A name of which every letter was replaced resembles nothing.
        if slips > most or slips >= max(len(name), len(candidate)):
            continue
        if best is None or (slips, candidate) < best:
            best = (slips, candidate)
    return best[1] if best else None


def _distance(left: str, right: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that turn `left` into `right`.

    The restricted Damerau-Levenshtein distance: no stretch is edited twice.
    """
    before_last: list[int] = []
    last = list(range(len(right) + 1))
    for row, a in enumerate(left, 1):
        current = [row]
        for column, b in enumerate(right, 1):
            cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (a != b))
            if row > 1 and column > 1 and a == right[column - 2] and left[row - 2] == b:
                cost = min(cost, before_last[column - 2] + 1)
            current.append(cost)
        before_last, last = last, current
    return last[-1]
