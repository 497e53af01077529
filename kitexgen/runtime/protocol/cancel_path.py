"""Through which services a stream's cancel came, as an rst frame says it: names joined by commas."""

from __future__ import annotations

from collections.abc import Mapping

from kitexgen.runtime.framing.ttheader_keys import StringKey


def read_path(infos: Mapping[str, str]) -> tuple[str, ...]:
    """The services, the first to cancel first; none when the peer does not say."""
    text = infos.get(StringKey.CANCEL_PATH, "")
    return tuple(text.split(",")) if text else ()


def write_path(path: tuple[str, ...]) -> str:
    """The path as an info."""
    return ",".join(path)
