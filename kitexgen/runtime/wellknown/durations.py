"""Duration and what Python has for it: timedeltas, and whole nanoseconds.

A timedelta has microseconds: going there cuts off what is finer, towards zero. Nanoseconds lose nothing.
"""

from __future__ import annotations

from datetime import timedelta

from kitexgen.runtime.contract.wellknown.duration import Duration

_SECOND = 10**9  # in nanoseconds
_MOST = 315576000000  # seconds: 10,000 years, as duration.proto has it


def to_timedelta(duration: Duration) -> timedelta:
    """Raises ValueError for what is no valid duration."""
    nanoseconds = to_nanoseconds(duration)
    microseconds = abs(nanoseconds) // 1000
    return timedelta(microseconds=-microseconds if nanoseconds < 0 else microseconds)


def from_timedelta(delta: timedelta) -> Duration:
    """Raises ValueError for more than 10,000 years either way."""
    return from_nanoseconds(delta // timedelta(microseconds=1) * 1000)


def to_nanoseconds(duration: Duration) -> int:
    """Raises ValueError for more than 10,000 years, and where seconds and nanos have different signs."""
    seconds, nanos = duration.seconds, duration.nanos
    if abs(seconds) > _MOST or abs(nanos) >= _SECOND or seconds * nanos < 0:
        raise ValueError(f"{duration} is longer than 10,000 years, or its parts have different signs")
    return seconds * _SECOND + nanos


def from_nanoseconds(nanoseconds: int) -> Duration:
    """Raises ValueError for more than 10,000 years either way."""
    seconds, nanos = divmod(abs(nanoseconds), _SECOND)
    if seconds > _MOST:
        raise ValueError(f"{nanoseconds} ns is longer than 10,000 years")
    sign = -1 if nanoseconds < 0 else 1
    return Duration(seconds=sign * seconds, nanos=sign * nanos)
