"""SourceCodeInfo: where each part of a file stands, as descriptor sets carry it.

The parser records options by the number they have as uninterpreted ones; here they get the path of what they set, and
those that only the source has are dropped. Source: `UpdateSourceCodeInfo` of descriptor.cc, `StripSourceCodeInfo` of
retention.cc.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from kitexgen.idl.proto.descriptors import Path
from kitexgen.idl.proto.locations import Location
from kitexgen.idl.proto.wire import field_bytes, field_packed, field_text

# The field `uninterpreted_option` of every options message.
UNINTERPRETED: Final = 999


def source_code_info(
    locations: Sequence[Location], interpreted: Mapping[Path, Path], stripped: Collection[Path]
) -> bytes:
    """The bytes of `google.protobuf.SourceCodeInfo`.

    `interpreted` gives the path of what an option sets by its path as an uninterpreted one; `stripped` are the paths of
    what is left out, with all below them.
    """
    found: Iterable[Location] = locations
    if interpreted:
        found = (
            location if (target := interpreted.get(location.path)) is None else location.moved(target)
            for location in locations
        )
    if stripped:
        found = _without(found, stripped)
    return b"".join(field_bytes(1, _encoded(location)) for location in found)


def _without(locations: Iterable[Location], stripped: Collection[Path]) -> Iterator[Location]:
    gone = frozenset(stripped)
    lengths = sorted({len(path) for path in gone})
    for location in locations:
        if not any(location.path[:length] in gone for length in lengths):
            yield location


def _encoded(location: Location) -> bytes:
    pieces = [field_packed(1, location.path), field_packed(2, location.span)]
    if not location.path:
        del pieces[0]
    comments = location.comments
    if comments is not None:
        if comments.leading is not None:
            pieces.append(field_text(3, comments.leading))
        if comments.trailing is not None:
            pieces.append(field_text(4, comments.trailing))
        pieces += [field_text(6, text) for text in comments.detached]
    return b"".join(pieces)
