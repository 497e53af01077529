"""The bases of generated types: what a record, a union, an exception and an enum can do in Python.

Generated code takes them through `kitexgen.runtime.contract.model`. Reading a class's schema is the work of
`describe`, which nothing here imports: importing generated types must stay cheap.
"""

from __future__ import annotations

from kitexgen.runtime.model.enum import Enum
from kitexgen.runtime.model.extension import ExtensionInfo
from kitexgen.runtime.model.message import Message, require_oneofs, which_of
from kitexgen.runtime.model.service_error import FrozenServiceError, ServiceError
from kitexgen.runtime.model.struct import FrozenStruct, Struct
from kitexgen.runtime.model.union import FrozenUnion, Union, require_one, which
from kitexgen.runtime.wire.frozen_map import FrozenMap

__all__ = [
    "Enum",
    "ExtensionInfo",
    "FrozenMap",
    "FrozenServiceError",
    "FrozenStruct",
    "FrozenUnion",
    "Message",
    "ServiceError",
    "Struct",
    "Union",
    "require_one",
    "require_oneofs",
    "which",
    "which_of",
]
