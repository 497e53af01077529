"""Messages to bytes and back: compiled where that was built (`native`), in pure Python otherwise (`protobuf_pure`)."""

from __future__ import annotations

from kitexgen.runtime.wire import protobuf_pure
from kitexgen.runtime.wire.native import compiled

__all__ = ["append_protobuf", "decode_protobuf", "encode_protobuf"]

append_protobuf = compiled(protobuf_pure.append_protobuf)
decode_protobuf = compiled(protobuf_pure.decode_protobuf)
encode_protobuf = compiled(protobuf_pure.encode_protobuf)
