"""Strings one after another, as lists, sets and maps hold them: each a length of four bytes, then UTF-8."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from operator import itemgetter
from typing import Final

from kitexgen.runtime.wire.primitives import LENGTH, SIZE
from kitexgen.runtime.wire.uniform import SHORT, WORTH, uniform

# Lengths as text: ASCII goes through `str.join` and one `encode` at half the cost of encoding each string.
LENGTH_TEXT: Final = tuple(bytes((0, 0, 0, length)).decode() for length in range(SHORT))


def write_texts(texts: Collection[str]) -> bytes:
    try:
        if len(texts) >= WORTH and len(next(iter(texts))) < SHORT:
            joined = _joined_at_once(texts)
        else:
            pieces: list[str] = []
            for text in texts:
                pieces += (LENGTH_TEXT[len(text)], text)
            joined = "".join(pieces)
    except IndexError:
        joined = "\x80"
    return joined.encode() if joined.isascii() else b"".join(encoded(texts))


def _joined_at_once(texts: Collection[str]) -> str:
    """The same without a loop: 0.8 of the time for 1,000 strings, 0.4 when they have one length."""
    sizes = [*map(len, texts)]
    if sizes.count(sizes[0]) == len(sizes):
        length = LENGTH_TEXT[sizes[0]]
        return length + length.join(texts)
    pieces = [""] * (2 * len(sizes))
    pieces[::2] = itemgetter(*sizes)(LENGTH_TEXT)
    pieces[1::2] = texts
    return "".join(pieces)


def encoded(texts: Iterable[str]) -> list[bytes]:
    """Lengths and bytes of strings of any length and any characters."""
    pieces: list[bytes] = []
    for text in texts:
        raw = text.encode()
        pieces += (LENGTH[len(raw)], raw)
    return pieces


def read_texts(data: bytes, at: int, count: int) -> tuple[list[str], int]:
    texts: list[str]
    if count >= WORTH and (found := uniform(data, at, count, 0)):
        _, region = found
        if region.isascii():
            # Every length is a separator. One more of the kind inside of a string shows in the number of pieces.
            texts = region.decode().split(region[:4].decode())
            if len(texts) == count + 1:
                del texts[0]
                return texts, at + len(region)
    texts = []
    append = texts.append
    for _ in range(count):
        (size,) = SIZE(data, at)
        start = at + 4
        at = start + size
        append(data[start:at].decode())
    return texts, at
