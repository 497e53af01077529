"""Level: how much must stay as it was."""

from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """Each holds the ones before it: what breaks on the wire breaks JSON and source too.

    WIRE: messages of old peers are read, and old peers read ours. JSON: also where names travel instead of numbers.
    SOURCE: also code written against the old generated code.
    """

    WIRE = 1
    JSON = 2
    SOURCE = 3
