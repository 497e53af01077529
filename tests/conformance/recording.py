"""What the conformance suite asked, and the answers that it was content with: `recording.gz`.

With it the suite's questions can be put where its runner cannot run. Of errors only their kind is kept.
"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORDING = Path(__file__).with_name("recording.gz")


@dataclass(frozen=True, slots=True)
class Exchange:
    """The bytes of a ConformanceRequest; which field of the ConformanceResponse was set, and its bytes."""

    request: bytes
    kind: str
    payload: bytes

    @staticmethod
    def of(request: bytes, result: Mapping[str, Any]) -> Exchange:
        """The one field of `result` as an answer to `request`."""
        ((kind, payload),) = result.items()
        if kind.endswith("_error"):
            return Exchange(request, kind, b"")
        return Exchange(request, kind, payload.encode() if isinstance(payload, str) else payload)


def save(path: Path, exchanges: Iterable[Exchange]) -> None:
    """Write exchanges; each part with its length of four bytes in front."""
    parts = [part for each in exchanges for part in (each.request, each.kind.encode(), each.payload)]
    data = b"".join(struct.pack("<I", len(part)) + part for part in parts)
    path.write_bytes(gzip.compress(data, mtime=0))


def load(path: Path) -> list[Exchange]:
    parts = _parts(gzip.decompress(path.read_bytes()))
    return [
        Exchange(request, kind.decode(), payload) for request, kind, payload in zip(parts, parts, parts, strict=True)
    ]


def _parts(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        (size,) = struct.unpack_from("<I", data, at)
        yield data[at + 4 : at + 4 + size]
        at += 4 + size
