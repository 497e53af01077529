"""What can be done with a record: bytes, dicts, JSON, a changed copy.

    data = thrift.encode(user)
    user = thrift.decode(User, data)

These are functions, not methods, so that an IDL may give its fields any name.
"""

from __future__ import annotations

from kitexgen.runtime.thrift.codec import decode, encode, encoded_size
from kitexgen.runtime.thrift.json_text import dump_json, load_json
from kitexgen.runtime.thrift.plain import from_dict, to_dict
from kitexgen.runtime.thrift.replace import replace

__all__ = ["decode", "dump_json", "encode", "encoded_size", "from_dict", "load_json", "replace", "to_dict"]
