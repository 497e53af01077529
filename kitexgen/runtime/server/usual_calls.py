"""The compiled way of usual calls: from the socket, or what came, to the answer, but for the handler.

It does what `usual` does, the stepper and the decoder before it, for Thrift Binary framed or behind a TTHeader. What it
leaves alone, and what a call of it comes to that is no plain value, goes on the long way.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from asyncio.tasks import _enter_task, _leave_task  # as in `stepping`
from collections.abc import Callable, Set
from functools import partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.call import metainfo
from kitexgen.runtime.call.current import CURRENT
from kitexgen.runtime.call.deadline import Clock, Deadline
from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.call.key_values import EMPTY, Metainfo
from kitexgen.runtime.errors import MalformedHeader
from kitexgen.runtime.framing.format import FRAMED_BINARY, TTHEADER_BINARY, TTHEADER_FRAMED_BINARY
from kitexgen.runtime.framing.framed import MAX_FRAME
from kitexgen.runtime.framing.ttheader import TTHeader, read_info_area
from kitexgen.runtime.metadata.ttheader import read_call
from kitexgen.runtime.protocol.message import Message
from kitexgen.runtime.protocol.results import ResultShape
from kitexgen.runtime.server.answer import Request, answered, raised
from kitexgen.runtime.server.bind import BoundMethod
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes
from kitexgen.runtime.server.stepping import Ended, call_task
from kitexgen.runtime.server.usual import INFO_AREA, SERVICE_KEY
from kitexgen.runtime.wire.native import calls_type
from kitexgen.runtime.wire.thrift_types import MessageKind

LARGE_REPLY: Final = 32 * 1024
"""Bytes from which a reply goes out by itself, so that those of one turn do not add up to no end."""

_FORMATS: Final = (FRAMED_BINARY, TTHEADER_BINARY, TTHEADER_FRAMED_BINARY)
"""By what the compiled code calls them."""


def usual_calls(
    routes: Routes,
    endpoint: Endpoint,
    options: ServerOptions,
    *,
    loop: asyncio.AbstractEventLoop,
    base: contextvars.Context,
    at_work: Set[asyncio.Task[Any]],
    clock: Clock,
    is_bare: bool,
) -> Any:
    """The compiled runner of the usual calls of a server; None where there is none, or it may not be used.

    `base` are the context variables that calls begin with, `at_work` the tasks of those that wait; `is_bare` is whether
    `endpoint` does nothing but run the handler. It has these methods:

        run(data, at, peer, is_multiplexed, replies, turn)
            Runs what is usual of `data` from `at` on, `turn` calls at most, and appends the replies. Gives None when
            all is done; else where it stopped, and why: `odd` for the long way, `part` when the rest of a usual call is
            not here yet, `more` when there is more to do in the next turn, `large` when the last reply is to be sent
            before the next call. Or a call that is left to Python: what `Left` is made of
        serve(descriptor, peer, is_multiplexed, turn)
            Does the same with what a socket has, which must not block, and sends the replies; not on Windows. Gives
            None when all is done and sent; else what came and is not done, what `run` would have given (`end` where
            nothing came, nor ever will), and the replies that the socket did not take. Raises OSError
        reply(left, value)
            The reply that tells `value` of a call that was left; None when it is not usual
        halt()
            What runs may count on has changed: one that is under way ends with the call that it is at
        relax()
            Lets all but one of the tasks go that are kept and were not needed since the last time
        close()
            Keeps no task any more: those that were kept end in the next loop turn
    """
    make = calls_type()
    if make is None or options.guards:
        return None
    started = base.copy()
    started.run(metainfo.begin, EMPTY)

    calls = make(
        info=RpcInfo,
        header=TTHeader,
        deadline=Deadline,
        current=CURRENT,
        forward=metainfo.FORWARD,
        no_metainfo=EMPTY,
        base=started,
        loop=loop,
        enter_task=_enter_task,
        leave_task=_leave_task,
        current_task=asyncio.current_task,
        make_task=partial(call_task, loop, at_work),
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


class Left(NamedTuple):
    """A call that `run` has begun, and leaves to Python."""

    next: int
    """Where what follows it begins."""
    kind: str
    """`answered`, `raised` or `waits`."""
    bound: BoundMethod
    format: int
    info: RpcInfo
    arguments: Any
    context: contextvars.Context
    call: Any
    """Its coroutine."""
    outcome: Any
    """Its value, its error or what it waits for."""
    task: Any
    """Of a call that waits."""
    place: int
    """Of the method, where it is compiled."""

    def request(self, max_message: int) -> Request:
        """The same as the long way has it."""
        bound, info = self.bound, self.info
        message = Message(
            _FORMATS[self.format], MessageKind.CALL, bound.method.name, info.sequence_id, b"", 0, info.header
        )
        return Request(message, info, self.arguments, (), max_message, bound)

    def settle(
        self, request: Request, value: Any, error: BaseException | None, is_ending: Callable[[], bool]
    ) -> Ended[Pieces]:
        """The answer the long way, to a call that came to `value` or raised `error`; an error that has none stays."""
        context = self.context.copy()  # one that is entered already cannot be entered again
        try:
            if error is None:
                return Ended(context.run(answered, request, value, is_ending), None)
            if isinstance(error, Exception):
                return Ended(context.run(raised, request, error, is_ending), None)
        except Exception as fault:
            return Ended(None, fault)
        return Ended(None, error)


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
        protocol_id, strings, ints = read_info_area(area)
    except MalformedHeader:
        return None
    header = TTHeader(0, 0, protocol_id, strings, ints)
    # Only what `read_call` fills in is looked at.
    info: Any = RpcInfo(side="server", destination="", service=None, method=None)  # type: ignore[arg-type]
    read_call(header, info)
    found = info.metainfo if info.metainfo is EMPTY else Metainfo(*map(MappingProxyType, info.metainfo))
    return (
        protocol_id,
        strings,
        ints,
        strings.get(SERVICE_KEY, ""),
        info.caller,
        info.caller_method,
        info.timeout,
        info.address,
        found,
        found.arrived(),
    )
