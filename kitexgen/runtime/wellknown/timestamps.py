"""Timestamp and what Python has for it: aware datetimes, and whole nanoseconds since 1970.

A datetime has microseconds: going there cuts off what is finer, towards the past. Nanoseconds lose nothing.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, tzinfo

from kitexgen.runtime.contract.wellknown.timestamp import Timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 10**9  # in nanoseconds
_FIRST, _LAST = -62135596800, 253402300799  # seconds of 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z


def to_datetime(timestamp: Timestamp, tz: tzinfo = UTC) -> datetime:
    """The moment as an aware datetime in the zone `tz`. Raises ValueError for what is no valid timestamp."""
    seconds, nanos = divmod(to_nanoseconds(timestamp), _SECOND)
    return (_EPOCH + timedelta(seconds=seconds, microseconds=nanos // 1000)).astimezone(tz)


def from_datetime(moment: datetime) -> Timestamp:
    """Raises ValueError for a datetime without a time zone: nobody can tell which moment it means."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return from_nanoseconds((moment - _EPOCH) // timedelta(microseconds=1) * 1000)


def to_nanoseconds(timestamp: Timestamp) -> int:
    """Nanoseconds since 1970 began (UTC, without leap seconds), negative before."""
    if not (_FIRST <= timestamp.seconds <= _LAST and 0 <= timestamp.nanos < _SECOND):
        raise ValueError(f"{timestamp} is not within the years 1 to 9999, or its nanos not within a second")
    return timestamp.seconds * _SECOND + timestamp.nanos


def from_nanoseconds(nanoseconds: int) -> Timestamp:
    """Raises ValueError for what lies outside the years 1 to 9999."""
    seconds, nanos = divmod(nanoseconds, _SECOND)
    if not _FIRST <= seconds <= _LAST:
        raise ValueError(f"{nanoseconds} ns since 1970 is not within the years 1 to 9999")
    return Timestamp(seconds=seconds, nanos=nanos)


def now() -> Timestamp:
    """This moment, as fine as the machine tells it."""
    return from_nanoseconds(time.time_ns())
