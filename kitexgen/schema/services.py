"""Services and their methods."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kitexgen.schema.annotations import Annotations, Options
from kitexgen.schema.declarations import Field
from kitexgen.schema.ids import DeclId
from kitexgen.schema.types import Type
from kitexgen.source.span import Span


class Streaming(Enum):
    """How many messages go each way. UNARY is the annotation `streaming.mode = "unary"`; NONE a plain method.

    A Protobuf rpc without `stream` is NONE.
    """

    NONE = "none"
    UNARY = "unary"
    CLIENT = "client"
    SERVER = "server"
    BIDIRECTIONAL = "bidirectional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """`result` is None for `void`. `throws` holds a field per declared exception; its type names one.

    A Protobuf rpc has one argument, `request`, and a message for a result.
    """

    name: str
    arguments: tuple[Field, ...]
    result: Type | None
    throws: tuple[Field, ...]
    is_oneway: bool
    streaming: Streaming
    doc: str | None
    annotations: Annotations
    span: Span
    name_span: Span
    options: Options = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Own methods in source order; those of the base are found through `base`."""

    id: DeclId
    base: DeclId | None
    methods: tuple[Method, ...]
    doc: str | None
    annotations: Annotations
    span: Span
    name_span: Span
    options: Options = ()
