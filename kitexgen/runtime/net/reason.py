"""What an operating system error says, for people."""

from __future__ import annotations

import os


def reason(error: OSError) -> str:
    """`Connection refused`: the system's own words for the number, where asyncio has put in others; else the text."""
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or str(error) or type(error).__name__
