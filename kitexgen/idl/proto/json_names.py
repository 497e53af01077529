"""The names of fields in ProtoJSON."""

from __future__ import annotations

import re
from typing import Final

from kitexgen.idl.proto.descriptors import FieldDescriptor

_BREAK: Final = re.compile("_+(.?)")


def json_name(field: FieldDescriptor) -> str:
    """The name of `field` in JSON: the one written, else the automatic one."""
    return automatic_json_name(field.name) if field.json_name is None else field.json_name


def automatic_json_name(name: str) -> str:
    """`name` in camel case: without `_`, the letter behind one raised. Source: `ToJsonName` of descriptor.cc."""
    return _BREAK.sub(lambda match: match.group(1).upper(), name) if "_" in name else name
