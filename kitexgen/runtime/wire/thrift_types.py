"""Type codes and message kinds of Thrift, as numbers on the wire.

Source: Apache Thrift, doc/specs/thrift-binary-protocol.md. The codes 5, 7 and 9 mean nothing, 1 (void) never travels.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

STOP: Final = 0
BOOL: Final = 2
I8: Final = 3
DOUBLE: Final = 4
I16: Final = 6
I32: Final = 8
I64: Final = 10
STRING: Final = 11  # string and binary
STRUCT: Final = 12  # struct, union and exception
MAP: Final = 13
SET: Final = 14
LIST: Final = 15
UUID: Final = 16

# What an error calls a code.
CODE_NAMES: Final = {
    BOOL: "bool",
    I8: "i8",
    DOUBLE: "double",
    I16: "i16",
    I32: "i32",
    I64: "i64",
    STRING: "string",
    STRUCT: "struct",
    MAP: "map",
    SET: "set",
    LIST: "list",
    UUID: "uuid",
}

# Levels of struct, list, set and map that are skipped before the data is refused. Kitex's own limit
# (cloudwego/gopkg protocol/thrift, defaultRecursionDepth).
SKIP_DEPTH: Final = 64

# Records within records that are read and written, as in Frugal. It also stops a record that contains itself.
RECORD_DEPTH: Final = 1023


class MessageKind(IntEnum):
    """What a message is. A reply may carry a declared exception; EXCEPTION carries an `ApplicationError`."""

    CALL = 1
    REPLY = 2
    EXCEPTION = 3
    ONEWAY = 4
    STREAM = 5
    """Kitex's own. Nobody is known to send it; Kitex takes it for a call whose reply has sequence id 0, or a reply."""


def code_name(code: int) -> str:
    """Return the name of a type code for people, also of one that does not exist."""
    return CODE_NAMES.get(code, f"type {code}")
