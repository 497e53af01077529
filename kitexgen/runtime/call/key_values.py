"""Metainfo: the key-values that travel with one call. `call.metainfo` is how to set and read them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

NOTHING: Mapping[str, str] = MappingProxyType({})


class Metainfo(NamedTuple):
    """What goes, or came, with one call. `stale` is what was transient one hop before: to be read, never sent."""

    persistent: Mapping[str, str] = NOTHING
    transient: Mapping[str, str] = NOTHING
    stale: Mapping[str, str] = NOTHING

    def arrived(self) -> Metainfo:
        """The same one hop further: what was transient is now stale, what was stale is gone."""
        if not self.transient and not self.stale:
            return self
        return Metainfo(self.persistent, NOTHING, self.transient)

    def to_send(self) -> Metainfo:
        """The same without what may not be sent."""
        return Metainfo(self.persistent, self.transient) if self.stale else self

    def joined(self, persistent: Mapping[str, str], transient: Mapping[str, str]) -> Metainfo:
        """The same with more; the new values win, empty ones are ignored."""
        if not persistent and not transient:
            return self
        return Metainfo(_merged(self.persistent, persistent), _merged(self.transient, transient), self.stale)


EMPTY = Metainfo()


def _merged(old: Mapping[str, str], new: Mapping[str, str]) -> Mapping[str, str]:
    if not new:
        return old
    return {**old, **{key: value for key, value in new.items() if key and value}}
