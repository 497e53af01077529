"""describe: what the IDL says of a record, an enum or a service, at run time."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import overload

from kitexgen.runtime.model.describe import (
    Annotations,
    EnumDescription,
    FieldDescription,
    FieldType,
    RecordDescription,
    RecordType,
    describe_enum,
    describe_record,
)
from kitexgen.runtime.model.describe_message import MessageDescription, describe_message
from kitexgen.runtime.model.enum import Enum
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.service.info import MethodInfo, Payload, ServiceInfo, Streaming
from kitexgen.runtime.wire.frozen_map import FrozenMap


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodDescription:
    """One method: `name` is the IDL's, `attribute` Python's.

    `arguments` are its parameters, `returns` the type of its value, None for void and oneway, and `throws` a field for
    each declared exception.
    """

    name: str
    attribute: str
    source: str
    arguments: tuple[FieldDescription, ...]
    returns: FieldType | None
    throws: tuple[FieldDescription, ...]
    is_oneway: bool
    streaming: Streaming
    annotations: Annotations


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDescription:
    """One service: `methods` are its own in IDL order; those it inherits are found through `base`."""

    name: str
    package: str
    source: str
    payload: Payload
    methods: tuple[MethodDescription, ...]
    base: ServiceDescription | None
    annotations: Annotations


@overload
def describe(subject: type[Enum]) -> EnumDescription: ...
@overload
def describe(subject: type[Message]) -> MessageDescription: ...  # type: ignore[overload-overlap]  # a message is a Struct
@overload
def describe(subject: type[Struct]) -> RecordDescription: ...
@overload
def describe(
    subject: ServiceInfo | type[object],
) -> RecordDescription | MessageDescription | EnumDescription | ServiceDescription: ...
def describe(subject: object) -> RecordDescription | MessageDescription | EnumDescription | ServiceDescription:
    """What the IDL says of `subject`: a generated record, message, enum or service.

    A service is given as its `SERVICE`, or as a class of its module: what a handler fulfils, or a client.
    Raises TypeError for anything else.
    """
    if isinstance(subject, ServiceInfo):
        return _service(subject)
    if isinstance(subject, type):
        if issubclass(subject, Message) and hasattr(subject, "__schema__"):
            return describe_message(subject)
        if issubclass(subject, Struct) and hasattr(subject, "__schema__"):
            return describe_record(subject)
        if issubclass(subject, Enum) and hasattr(subject, "__schema__"):
            return describe_enum(subject)
        beside_it = getattr(sys.modules.get(subject.__module__), "SERVICE", None)
        service = getattr(subject, "__service__", beside_it)
        if isinstance(service, ServiceInfo):
            return _service(service)
    raise TypeError(f"describe() takes a generated record, enum or service class, got {subject!r}")


def _service(info: ServiceInfo) -> ServiceDescription:
    return ServiceDescription(
        name=info.name,
        package=info.package,
        source=info.source,
        payload=info.payload,
        methods=tuple(_METHODS[info.payload](method) for method in info.methods),
        base=_service(info.base) if info.base is not None else None,
        annotations=FrozenMap(info.annotations),
    )


def _thrift_method(info: MethodInfo) -> MethodDescription:
    results = describe_record(info.result).fields if info.result is not None else ()
    return MethodDescription(
        name=info.name,
        attribute=info.attribute,
        source=info.source,
        arguments=describe_record(info.arguments).fields,
        returns=next((field.type for field in results if field.id == 0), None),
        throws=tuple(field for field in results if field.id != 0),
        is_oneway=info.is_oneway,
        streaming=info.streaming,
        annotations=FrozenMap(info.annotations),
    )


def _protobuf_method(info: MethodInfo) -> MethodDescription:
    request = FieldDescription(1, "request", "request", RecordType(info.arguments), "required", FrozenMap())
    return MethodDescription(
        name=info.name,
        attribute=info.attribute,
        source=info.source,
        arguments=(request,),
        returns=None if info.result is None else RecordType(info.result),
        throws=(),
        is_oneway=info.is_oneway,
        streaming=info.streaming,
        annotations=FrozenMap(info.annotations),
    )


_METHODS = {Payload.THRIFT: _thrift_method, Payload.PROTOBUF: _protobuf_method}
