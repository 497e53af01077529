"""Records to bytes and back: compiled where that was built (`native`), in pure Python otherwise (`pure`)."""

from __future__ import annotations

from kitexgen.runtime.wire import pure
from kitexgen.runtime.wire.native import compiled
from kitexgen.runtime.wire.pure import READERS, WRITERS, encode_carefully

__all__ = [
    "READERS",
    "WRITERS",
    "append_binary",
    "decode_binary",
    "decode_compact",
    "encode_binary",
    "encode_carefully",
    "encode_compact",
]

append_binary = compiled(pure.append_binary)
decode_binary = compiled(pure.decode_binary)
decode_compact = compiled(pure.decode_compact)
encode_binary = compiled(pure.encode_binary)
encode_compact = compiled(pure.encode_compact)
