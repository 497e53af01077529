"""The compiled way of usual calls: from the bytes that came to those that answer, but for the handler.

It does what `usual` does, the stepper and the decoder before it, for Thrift Binary framed or behind a TTHeader. What it
leaves alone, and what a call of it comes to that is no plain value, goes on the long way.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import struct
import types
from asyncio.tasks import _enter_task, _leave_task  # as in `stepping`
from collections.abc import Coroutine, Generator
from types import MappingProxyType
from typing import Any, Final

from kitexgen.runtime.call import metainfo
from kitexgen.runtime.call.current import CURRENT
from kitexgen.runtime.call.deadline import Clock, Deadline
from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.call.key_values import EMPTY, Metainfo
from kitexgen.runtime.errors import MalformedHeader
from kitexgen.runtime.framing.format import FRAMED_BINARY, TTHEADER_BINARY, TTHEADER_FRAMED_BINARY
from kitexgen.runtime.framing.framed import MAX_FRAME
from kitexgen.runtime.framing.ttheader import MAGIC, TTHeader, read_header
from kitexgen.runtime.metadata.ttheader import read_call
from kitexgen.runtime.protocol.message import Message
from kitexgen.runtime.protocol.results import ResultShape
from kitexgen.runtime.server.answer import Request
from kitexgen.runtime.server.bind import BoundMethod
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes
from kitexgen.runtime.server.stepping import CallTask, Driver
from kitexgen.runtime.server.usual import INFO_AREA, SERVICE_KEY
from kitexgen.runtime.wire.native import calls_type
from kitexgen.runtime.wire.thrift_types import MessageKind

LARGE_REPLY: Final = 32 * 1024
"""Bytes from which a reply goes out by itself, so that those of one turn do not add up to no end."""

_FORMATS: Final = (FRAMED_BINARY, TTHEADER_BINARY, TTHEADER_FRAMED_BINARY)
"""By what the compiled code calls them."""

_PREFIX: Final = struct.Struct(">I2sHiH")


def usual_calls(
    routes: Routes,
    endpoint: Endpoint,
    options: ServerOptions,
    *,
    loop: asyncio.AbstractEventLoop,
    base: contextvars.Context,
    clock: Clock,
    is_bare: bool,
) -> Any:
    """The compiled runner of the usual calls of a server; None where there is none, or it may not be used.

    `base` are the context variables that calls begin with; `is_bare` is whether `endpoint` does nothing but run the
    handler. It has these methods:

        run(data, at, peer, is_multiplexed, replies, turn)
            Runs what is usual of `data` from `at` on, `turn` calls at most, and appends the replies. Gives None when
            all is done; else where it stopped, and why: `odd` for the long way, `part` when the rest of a usual call is
            not here yet, `more` when there is more to do in the next turn, `large` when the last reply is to be sent
            before the next call. Or a call that is to be gone on with, see `left`
        halt()
            What runs may count on has changed: one that is under way ends with the call that it is at
        close()
            Keeps no task any more; gives the driver of the one that was kept, None when there was none
    """
    make = calls_type()
    if make is None or options.guards:
        return None
    started = base.copy()
    started.run(metainfo.begin, EMPTY)

    def make_task() -> tuple[CallTask, Driver]:
        task = CallTask(loop)
        return task, task.driver

    calls = make(
        info=RpcInfo,
        header=TTHeader,
        deadline=Deadline,
        driver=Driver,
        current=CURRENT,
        forward=metainfo.FORWARD,
        no_metainfo=EMPTY,
        base=started,
        loop=loop,
        enter_task=_enter_task,
        leave_task=_leave_task,
        current_task=asyncio.current_task,
        make_task=make_task,
        tell=_told,
        clock=clock,
        endpoint=endpoint,
        awaiting=_awaiting,
        info_area=INFO_AREA,
        usual_size=min(options.max_message, MAX_FRAME),
        max_message=options.max_message,
        large=LARGE_REPLY,
    )
    for service, bound in routes.usual():
        calls.add(service, _parts(bound, is_bare=is_bare))
    return calls


def left(told: tuple[Any, ...], max_message: int) -> Request:
    """The request of a call that `run` has left to Python.

    `told` is where what follows it begins; `answered`, `raised` or `waits`; the method; the format; the info; the
    arguments; the context; its coroutine; its value, its error or what it waits for; and the task of one that waits.
    """
    bound, transport, info, arguments = told[2:6]
    name = bound.method.name
    message = Message(_FORMATS[transport], MessageKind.CALL, name, info.sequence_id, b"", 0, info.header)
    return Request(message, info, arguments, (), max_message, bound)


@types.coroutine
def going_on(call: Coroutine[Any, Any, Any], awaited: Any) -> Generator[Any, Any, Any]:
    """Go on with `call`, whose last step ended in waiting for `awaited`."""
    while True:
        try:
            sent = yield awaited
        except GeneratorExit:
            call.close()
            raise
        except BaseException as error:
            try:
                awaited = call.throw(error)
            except StopIteration as end:
                return end.value
        else:
            try:
                awaited = call.send(sent)
            except StopIteration as end:
                return end.value


async def _awaiting(call: Any) -> Any:
    return await call


def _parts(bound: BoundMethod, *, is_bare: bool) -> tuple[Any, ...]:
    """What the compiled code has to know of a method."""
    service, method, shape = bound.service, bound.method, bound.shape
    assert isinstance(shape, ResultShape)
    is_direct = is_bare and bound.parameters is not None and inspect.iscoroutinefunction(bound.function)
    return (
        bound,
        bound.call_head,
        bound.reply_head,
        RpcInfo(side="server", destination=service.name, service=service, method=method),
        method.arguments,
        bound.parameters or (),
        shape.record,
        shape.value_class,
        bound.function if is_direct else None,
        shape.value is not None,
        shape.may_be_none,
    )


def _told(area: bytes) -> tuple[Any, ...] | None:
    """What the info area of a request's TTHeader says; None for one that is malformed.

    These are the header's protocol id and infos, the name of the service, and then of RpcInfo: caller, caller's method,
    timeout, address, metainfo; and the same metainfo as it arrives. Many calls share them.
    """
    try:
        read = read_header(_PREFIX.pack(0, MAGIC, 0, 0, len(area) // 4) + area, 0)
    except MalformedHeader:
        return None
    if read is None:
        return None
    header = read[0]
    info: Any = RpcInfo(side="server", destination="", service=None, method=None)  # type: ignore[arg-type]
    read_call(header, info)
    found = info.metainfo if info.metainfo is EMPTY else Metainfo(*map(MappingProxyType, info.metainfo))
    return (
        header.protocol_id,
        header.string_infos,
        header.int_infos,
        header.string_infos.get(SERVICE_KEY, ""),
        info.caller,
        info.caller_method,
        info.timeout,
        info.address,
        found,
        found.arrived(),
    )
