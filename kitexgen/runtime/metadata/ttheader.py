"""RpcInfo to the infos of a TTHeader, and back: what Kitex's ClientTTHeaderHandler, ServerTTHeaderHandler and the
metainfo handlers do, which here are always on.

Source: cloudwego/kitex pkg/transmeta/{ttheader,metainfo}.go; bytedance/gopkg cloud/metainfo. Numbers are decimal text,
milliseconds for times. What cannot be read is as if it were not there: a header may come from anybody's proxy.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.call.key_values import EMPTY, Metainfo
from kitexgen.runtime.framing.format import Format
from kitexgen.runtime.framing.ttheader import TTHeader
from kitexgen.runtime.framing.ttheader_keys import (
    BACKWARD_PREFIX,
    PERSISTENT_PREFIX,
    TRANSIENT_PREFIX,
    UPSTREAM_PREFIX,
    IntKey,
    StringKey,
)
from kitexgen.runtime.metadata.biz_status import write_biz_status
from kitexgen.runtime.net.address import Address, parse_address
from kitexgen.runtime.wire.thrift_types import MessageKind

_MILLISECONDS = re.compile(r"[0-9]{1,15}")

# Plain numbers and strings: to look up a member of an enum takes ten times as long as to look up its value.
_TRANSPORT_TYPE = IntKey.TRANSPORT_TYPE.value
_FROM_SERVICE = IntKey.FROM_SERVICE.value
_TO_SERVICE = IntKey.TO_SERVICE.value
_TO_METHOD = IntKey.TO_METHOD.value
_RPC_TIMEOUT = IntKey.RPC_TIMEOUT.value
_CONNECT_TIMEOUT = IntKey.CONNECT_TIMEOUT.value
_FROM_METHOD = IntKey.FROM_METHOD.value
_MSG_TYPE = IntKey.MSG_TYPE.value
_SERVICE = StringKey.SERVICE.value
_REMOTE_ADDRESS = StringKey.REMOTE_ADDRESS.value
_CONNECTION_RESET = StringKey.CONNECTION_RESET.value

_RESET = "1"

_PREFIXES = (PERSISTENT_PREFIX, TRANSIENT_PREFIX)
"""Of metainfo; UPSTREAM_PREFIX starts with the second."""

_VOLOS_MARK = IntKey.WITH_MESH_HEADER.value
"""Written by Volo's clients and not by Kitex's. Volo's read only what has its prefix, so they get both spellings."""

_TRANSPORT_TYPES = {True: "framed", False: "unframed"}


def write_call(info: RpcInfo, format: Format, kind: MessageKind, *, flags: int = 0) -> TTHeader:
    """The header of a request, for the callee and the proxies on the way."""
    method = info.method
    ints: dict[int, str] = {
        _TRANSPORT_TYPE: _TRANSPORT_TYPES[format.has_length],
        _FROM_SERVICE: info.caller,
        _TO_SERVICE: info.destination,
        _TO_METHOD: method.name,
    }
    if info.timeout is not None:
        ints[_RPC_TIMEOUT] = _milliseconds(info.timeout)
    if info.tells_connect_timeout and info.connect_timeout is not None:
        ints[_CONNECT_TIMEOUT] = _milliseconds(info.connect_timeout)
    ints[_FROM_METHOD] = info.caller_method
    ints[_MSG_TYPE] = str(kind.value)
    strings = {_SERVICE: info.service.name}
    if info.metainfo is not None:
        write_metainfo(info.metainfo, strings)
    return TTHeader(sequence_id=info.sequence_id, flags=flags, string_infos=strings, int_infos=ints)


def read_call(header: TTHeader, info: RpcInfo) -> None:
    """Put into `info` what the caller tells: who it is, how long it waits, its metainfo.

    The deadline is counted from now: how long the request was on its way, nobody knows.
    """
    ints, strings = header.int_infos, header.string_infos
    info.header = header
    info.caller = ints.get(_FROM_SERVICE, "")
    info.caller_method = ints.get(_FROM_METHOD, "")
    timeout = ints.get(_RPC_TIMEOUT)
    if timeout is not None and (seconds := _seconds(timeout)):
        info.timeout = seconds
        info.deadline = Deadline.after(seconds)
    info.address = _true_address(strings) or info.address
    info.metainfo = read_metainfo(strings)


def write_reply(info: RpcInfo, kind: MessageKind, *, keeps: bool = True) -> TTHeader:
    """The header of an answer: of a reply with its business status, or of an exception.

    `keeps` is whether backward metainfo goes with it: without, no header is too long.
    """
    header = refusal(kind, ends_connection=info.ends_connection)
    strings = header.string_infos
    if keeps:
        backward = info.backward
        for key, value in backward.items():
            strings.setdefault(key, value)
        if backward and info.header is not None and _VOLOS_MARK in info.header.int_infos:
            for key, value in backward.items():
                strings.setdefault(key if key.startswith(BACKWARD_PREFIX) else BACKWARD_PREFIX + key, value)
    if info.biz_status is not None and kind is MessageKind.REPLY:
        write_biz_status(info.biz_status, strings)
    return header


def refusal(kind: MessageKind, *, ends_connection: bool) -> TTHeader:
    """The header of an answer to a call of which nothing is known but that it failed."""
    header = TTHeader(sequence_id=0, int_infos={_MSG_TYPE: str(kind.value)})
    if ends_connection:
        header.string_infos[_CONNECTION_RESET] = _RESET
    return header


def read_reply(header: TTHeader, info: RpcInfo) -> None:
    """Put into `info` what the callee tells beside its answer, whatever that is."""
    strings = header.string_infos
    info.header = header
    info.ends_connection = _CONNECTION_RESET in strings
    info.address = _true_address(strings) or info.address


def write_metainfo(metainfo: Metainfo, infos: dict[str, str]) -> None:
    """Add what `metainfo` sends to `infos`."""
    for key, value in metainfo.persistent.items():
        infos[PERSISTENT_PREFIX + key] = value
    for key, value in metainfo.transient.items():
        infos[TRANSIENT_PREFIX + key] = value


def read_metainfo(infos: Mapping[str, str]) -> Metainfo:
    """The metainfo in `infos`. What stood one hop before as transient is `stale`: those pairs are for reading."""
    persistent: dict[str, str] = {}
    transient: dict[str, str] = {}
    stale: dict[str, str] = {}
    for name, value in infos.items():
        if not value or not name.startswith(_PREFIXES):
            continue
        if name.startswith(PERSISTENT_PREFIX):
            prefix, found = PERSISTENT_PREFIX, persistent
        elif name.startswith(UPSTREAM_PREFIX):
            prefix, found = UPSTREAM_PREFIX, stale
        else:
            prefix, found = TRANSIENT_PREFIX, transient
        if key := name[len(prefix) :]:
            found[key] = value
    return Metainfo(persistent, transient, stale) if persistent or transient or stale else EMPTY


@functools.lru_cache(maxsize=256)
def _seconds(text: str) -> float:
    """What a time in milliseconds says; 0, which is no limit, for what is no number."""
    return int(text) / 1000 if _MILLISECONDS.fullmatch(text) else 0.0


@functools.lru_cache(maxsize=256)
def _milliseconds(seconds: float) -> str:
    """Whole milliseconds, one at least: 0 would say that there is no limit."""
    return str(max(1, round(seconds * 1000)))


def _true_address(infos: Mapping[str, str]) -> Address | None:
    """The peer's address as a proxy in between tells it."""
    text = infos.get(_REMOTE_ADDRESS)
    if not text:
        return None
    try:
        return parse_address(text)
    except ValueError:
        return None
