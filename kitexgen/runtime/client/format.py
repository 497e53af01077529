"""In which format a client speaks: what its settings come to for a service of Thrift, or of Protobuf.

    payload    transport                             protocol            default
    Thrift     any                                   binary or compact   framed, binary; TTHeader in the mux pool
    Protobuf   framed, ttheader_framed or ttheader   protobuf            ttheader_framed

Kitex sends Protobuf behind its length alone, so that with it `ttheader` means `ttheader_framed`, as it does in Kitex
(client/client.go, `initTransportProtocol`), and there is no `buffered`.
"""

from __future__ import annotations

from types import EllipsisType
from typing import get_args

from kitexgen.runtime.channel.reporter import PoolName
from kitexgen.runtime.framing.format import Format, ProtocolName, TransportName
from kitexgen.runtime.service.info import Payload

_THRIFT: tuple[ProtocolName, ...] = ("binary", "compact")


def client_format(
    payload: Payload, transport: TransportName | EllipsisType, protocol: ProtocolName | EllipsisType, pool: PoolName
) -> Format:
    """The format for services written in `payload`; `...` is what nobody has set. Raises ValueError."""
    if transport is not ...:
        check_word("transport", transport, get_args(TransportName))
    if protocol is not ...:
        check_word("protocol", protocol, get_args(ProtocolName))
    if payload is Payload.PROTOBUF:
        format = _protobuf_format(transport, protocol)
    else:
        format = _thrift_format(transport, protocol, pool)
    if pool == "mux" and not format.has_header:
        raise ValueError(
            f"pool `mux` needs transport `ttheader` or `ttheader_framed`: in `{format.transport}` no answer says whose "
            "it is"
        )
    return format


def check_word(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Raise ValueError when a setting is none of the words that it may be."""
    if value not in allowed:
        raise ValueError(f"{name} `{value}` is unknown: use {' or '.join(allowed)}")


def _thrift_format(
    transport: TransportName | EllipsisType, protocol: ProtocolName | EllipsisType, pool: PoolName
) -> Format:
    if transport is ...:
        transport = "ttheader_framed" if pool == "mux" else "framed"
    if protocol is ...:
        protocol = "binary"
    if protocol not in _THRIFT:
        raise ValueError(f"protocol `{protocol}` is for services of Protobuf, and this is one of Thrift")
    return Format(transport, protocol)


def _protobuf_format(transport: TransportName | EllipsisType, protocol: ProtocolName | EllipsisType) -> Format:
    if protocol in _THRIFT:
        raise ValueError(f"protocol `{protocol}` is for services of Thrift, and this is one of Protobuf")
    if transport == "buffered":
        raise ValueError("transport `buffered` is for services of Thrift: Protobuf has its length in front")
    return Format("framed" if transport == "framed" else "ttheader_framed", "protobuf")
