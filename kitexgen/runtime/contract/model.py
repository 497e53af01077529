"""For generated types: the bases of records, unions, exceptions and enums."""

from __future__ import annotations

from kitexgen.runtime.model.enum import Enum
from kitexgen.runtime.model.extension import ExtensionInfo
from kitexgen.runtime.model.message import Message, require_oneofs
from kitexgen.runtime.model.service_error import FrozenServiceError, ServiceError
from kitexgen.runtime.model.struct import FrozenStruct, Struct
from kitexgen.runtime.model.union import FrozenUnion, Union, require_one
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
]
