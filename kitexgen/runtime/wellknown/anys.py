"""Any: a message of any type in another message, with the name of its type beside it.

Which types there are nobody keeps: who unpacks one says what it should be.
"""

from __future__ import annotations

from typing import TypeVar

from kitexgen.runtime.contract.model import Message
from kitexgen.runtime.contract.wellknown.any import Any
from kitexgen.runtime.protobuf import decode, encode

M = TypeVar("M", bound=Message)
_PREFIX = "type.googleapis.com"


def pack(message: Message, *, prefix: str = _PREFIX, deterministic: bool = False) -> Any:
    """`message` in an Any; `prefix` goes before the name of its type. Raises EncodeError as `protobuf.encode` does."""
    name = type(message).__schema__[1]
    return Any(type_url=f"{prefix}/{name}", value=encode(message, deterministic=deterministic))


def unpack(packed: Any, cls: type[M]) -> M:
    """The message. Raises ValueError when it is of another type than `cls`, DecodeError when its bytes are bad."""
    if not is_(packed, cls):
        raise ValueError(f"this holds {packed.type_url or 'nothing'}, not {cls.__schema__[1]}")
    return decode(cls, packed.value)


def is_(packed: Any, cls: type[Message]) -> bool:
    """Whether `packed` holds a message of the type `cls`, going by its name."""
    _, slash, name = packed.type_url.rpartition("/")
    return bool(slash) and name == cls.__schema__[1]
