"""Cuts of a byte stream: a stream has no message boundaries, so every way of cutting it must come to the same."""

from __future__ import annotations

import itertools

from hypothesis import strategies as st


@st.composite
def chunks(draw: st.DrawFn, stream: bytes) -> list[bytes]:
    """`stream` in pieces, none empty."""
    cuts = sorted(draw(st.sets(st.integers(1, len(stream) - 1), max_size=20))) if len(stream) > 1 else []
    edges = [0, *cuts, len(stream)]
    return [stream[start:end] for start, end in itertools.pairwise(edges) if start < end]
