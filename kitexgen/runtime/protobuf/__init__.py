"""What can be done with a message: bytes, JSON, changed copies, oneofs, extensions.

    data = protobuf.encode(user)
    user = protobuf.decode(User, data)

These are functions, not methods, so that an IDL may give its fields any name.
"""

from __future__ import annotations

from kitexgen.runtime.model.message import which_of as which
from kitexgen.runtime.protobuf.codec import decode, encode, encoded_size, merge
from kitexgen.runtime.protobuf.extensions import clear_extension, get_extension, has_extension, set_extension
from kitexgen.runtime.protobuf.presence import value_or_default
from kitexgen.runtime.protobuf.proto_json import from_dict, from_json, to_dict, to_json
from kitexgen.runtime.protobuf.replace import replace

__all__ = [
    "clear_extension",
    "decode",
    "encode",
    "encoded_size",
    "from_dict",
    "from_json",
    "get_extension",
    "has_extension",
    "merge",
    "replace",
    "set_extension",
    "to_dict",
    "to_json",
    "value_or_default",
    "which",
]
