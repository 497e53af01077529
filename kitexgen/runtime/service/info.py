"""What a service is at run time: its methods, their records, and how many messages go each way."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitexgen.runtime.model.struct import Struct

Annotations = tuple[tuple[str, tuple[str, ...]], ...]
"""Annotations of the IDL in order, each key with all its values: `(("k", ("v", "w")),)`."""


class Streaming(Enum):
    """How many messages go each way. UNARY is the annotation `streaming.mode = "unary"`; NONE a plain method."""

    NONE = "none"
    UNARY = "unary"
    CLIENT = "client"
    SERVER = "server"
    BIDIRECTIONAL = "bidirectional"

    @property
    def is_stream(self) -> bool:
        """Whether more than one message may go in some direction."""
        return self in (Streaming.CLIENT, Streaming.SERVER, Streaming.BIDIRECTIONAL)


class Payload(Enum):
    """In which of the two languages the messages of a service are written."""

    THRIFT = "thrift"
    PROTOBUF = "protobuf"


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodInfo:
    """One method: `name` is what goes over the wire (the IDL's), `attribute` what handlers and clients call it.

    `arguments` has one field per parameter. `result` is None for oneway; else its field 0 is the value (no such field
    for void) and each other field a declared exception. See reference: Kitex `tool/internal_pkg/tpl/service.go`. In
    Protobuf, `arguments` is the request's message and `result` the response's.
    """

    name: str
    attribute: str
    arguments: type[Struct]
    result: type[Struct] | None
    is_oneway: bool = False
    streaming: Streaming = Streaming.NONE
    annotations: Annotations = ()
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceInfo:
    """One service: `name` as in the IDL, `methods` its own in source order, `base` what it extends.

    `package` is the Python package of a Thrift service, the IDL package of a Protobuf one, which goes over the wire.
    """

    name: str
    package: str = ""
    methods: tuple[MethodInfo, ...] = ()
    base: ServiceInfo | None = None
    annotations: Annotations = ()
    source: str = ""
    payload: Payload = Payload.THRIFT
    _by_name: dict[str, MethodInfo] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        table = dict(self.base._by_name) if self.base is not None else {}
        table.update((method.name, method) for method in self.methods)
        object.__setattr__(self, "_by_name", table)

    def method(self, name: str) -> MethodInfo | None:
        """The method with this IDL name, own or inherited; own wins. None when there is none."""
        return self._by_name.get(name)

    def all_methods(self) -> Iterator[MethodInfo]:
        """Own and inherited methods, those of the furthest base first; one that is declared again stands once."""
        return iter(self._by_name.values())
