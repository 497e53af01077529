"""The options of our own plugins: a mistyped one is answered, not passed over."""

from __future__ import annotations

from collections.abc import Iterable

from kitexgen.diagnostics.diagnostic import Diagnostic, Severity
from kitexgen.diagnostics.suggest import nearest

# What every plugin takes, and `Config` reads for it.
_OF_ALL = ("out", "command")


def unknown_options(plugin: str, given: Iterable[str], known: tuple[str, ...] = ()) -> tuple[Diagnostic, ...]:
    """An error for each of `given` that `plugin` does not have."""
    return tuple(_unknown(plugin, option, (*known, *_OF_ALL)) for option in given if option not in known)


def _unknown(plugin: str, option: str, known: tuple[str, ...]) -> Diagnostic:
    near = nearest(option, known)
    return Diagnostic(
        code="KX0454",
        severity=Severity.ERROR,
        message=f"the plugin `{plugin}` has no option `{option}`",
        at=None,
        hint=f"did you mean `{near}`?" if near else f"it has {', '.join(known)}",
    )
