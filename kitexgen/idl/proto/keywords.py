"""The words that mean something in Protobuf, each only in its place: none is reserved."""

from __future__ import annotations

from typing import Final

# Words that open a statement: the terminal each is as the first word of one. Anywhere else they are names.
STATEMENT_WORDS: Final = {
    "syntax": "SYNTAX",
    "edition": "SYNTAX",
    "import": "IMPORT",
    "package": "PACKAGE",
    "option": "OPTION",
    "message": "MESSAGE",
    "enum": "ENUM",
    "extend": "EXTEND",
    "service": "SERVICE",
    "rpc": "RPC",
    "oneof": "ONEOF",
    "extensions": "EXTENSIONS",
    "reserved": "RESERVED",
    "optional": "LABEL",
    "required": "LABEL",
    "repeated": "LABEL",
    "group": "GROUP",
}
LABELS: Final = ("optional", "required", "repeated")
VISIBILITIES: Final = ("export", "local")

# Words that mean something in other places too: behind a label, in a range, in the parentheses of a method.
INNER_WORDS: Final = frozenset({"group", "map", "stream", "returns", "to", "max", "message", "enum"})

# What opens a statement of a file.
FILE_KINDS: Final = frozenset({"SYNTAX", "IMPORT", "PACKAGE", "OPTION", "MESSAGE", "ENUM", "EXTEND", "SERVICE"})
FILE_WORDS: Final = ("syntax", "edition", "import", "package", "option", "message", "enum", "extend", "service")

SCALARS: Final = frozenset(
    {
        "double",
        "float",
        "int32",
        "int64",
        "uint32",
        "uint64",
        "sint32",
        "sint64",
        "fixed32",
        "fixed64",
        "sfixed32",
        "sfixed64",
        "bool",
        "string",
        "bytes",
    }
)
# In edition UNSTABLE the plain names are of fixed width, and what was `sint32` has a name of its own.
UNSTABLE_SCALARS: Final = frozenset({"varint32", "varint64", "uvarint32", "uvarint64", "zigzag32", "zigzag64"})
OBSOLETE_IN_UNSTABLE: Final = {
    "fixed32": "uint32",
    "fixed64": "uint64",
    "sfixed32": "int32",
    "sfixed64": "int64",
    "sint32": "zigzag32",
    "sint64": "zigzag64",
}
