"""FrozenMap: the map inside a record that is itself a map key or a set element."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar, overload

K = TypeVar("K")
V_co = TypeVar("V_co", covariant=True)


class FrozenMap(Mapping[K, V_co]):
    """A dict that cannot change, and so can be hashed. Equal to every mapping with the same entries.

    It lives down here, and not with the other bases of generated types, because the codec builds it.
    """

    __slots__ = ("_entries", "_hash")

    _entries: dict[K, V_co]
    _hash: int | None

    @overload
    def __init__(self, entries: Mapping[K, V_co], /) -> None: ...
    @overload
    def __init__(self, entries: Iterable[tuple[K, V_co]] = (), /) -> None: ...
    def __init__(self, entries: Mapping[K, V_co] | Iterable[tuple[K, V_co]] = (), /) -> None:
        self._entries = dict(entries)
        self._hash = None

    def __getitem__(self, key: K) -> V_co:
        return self._entries[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self._entries.items()))
        return self._hash

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FrozenMap):
            return self._entries == other._entries
        if isinstance(other, Mapping):
            return self._entries == dict(other)
        return NotImplemented

    def __repr__(self) -> str:
        return f"FrozenMap({self._entries!r})"

    def __reduce__(self) -> tuple[type[FrozenMap[K, V_co]], tuple[dict[K, V_co]]]:
        return FrozenMap, (self._entries,)
