"""The short way of a client's usual call: all that the onion, pool and channel would do for it, in one coroutine.

It is there for clients that have nothing to say in between (`is_usual`), and a call takes it when nothing is said for
the call either, and a connection is at hand. It decides nothing: every other call goes the long way from the start
(`Endpoint`), and an answer that tells more than a value is read as the long way reads it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kitexgen.runtime.call.current import CURRENT
from kitexgen.runtime.call.in_context import middlewares_here
from kitexgen.runtime.call.key_values import EMPTY
from kitexgen.runtime.call.metainfo import FORWARD
from kitexgen.runtime.call.options import NO_OPTIONS, chosen
from kitexgen.runtime.call.ownership import is_owning
from kitexgen.runtime.client.exchange import read_answer, take_answer
from kitexgen.runtime.client.locate import locate_error
from kitexgen.runtime.client.start import begin_call
from kitexgen.runtime.client.timeout import timed_out
from kitexgen.runtime.errors import RpcError
from kitexgen.runtime.framing.ttheader import encode_header
from kitexgen.runtime.metadata.ttheader import write_call
from kitexgen.runtime.protocol.replies import value_of
from kitexgen.runtime.protocol.usual_call import Form, Opening, form_of, opening_of
from kitexgen.runtime.service.info import Payload
from kitexgen.runtime.wire.thrift_types import MessageKind

if TYPE_CHECKING:
    from kitexgen.runtime.call.deadline import Deadline
    from kitexgen.runtime.call.endpoint import Endpoint
    from kitexgen.runtime.call.info import RpcInfo
    from kitexgen.runtime.channel.blocking import BlockingChannel
    from kitexgen.runtime.channel.pingpong import PingPong
    from kitexgen.runtime.client.options import ClientOptions
    from kitexgen.runtime.client.route import Ring
    from kitexgen.runtime.framing.format import Packet
    from kitexgen.runtime.net.address import Address
    from kitexgen.runtime.service.info import MethodInfo, ServiceInfo

_MOST_FORMS: Final = 64
"""Forms that are kept for a method: one for each timeout, and each method that it is called in."""


class LongWay(NamedTuple):
    """What the calls of one client go that are not usual: its onion, and what is put into their RpcInfo."""

    service: ServiceInfo
    destination: str
    options: ClientOptions
    ring: Ring
    endpoint: Endpoint


def is_usual(long_way: LongWay) -> bool:
    """Whether calls that may go `long_way` may be usual ones."""
    options = long_way.options
    has_layers = options.middlewares or options.unary_middlewares or options.instance_middlewares
    format = options.format
    return (
        long_way.service.payload is Payload.THRIFT
        and format.protocol == "binary"
        and format.transport != "buffered"
        and not has_layers
        and options.error_handler is None
        and not options.guards
        and not is_owning()
    )


class UsualMethod:
    """What all usual calls of a method have in common.

    `bare` is the form of its requests without a header; `forms` has those with one, by the timeout that they tell, and,
    where they are sent in a handler, the name of its method.
    """

    __slots__ = ("bare", "forms", "method", "opening")

    def __init__(self, method: MethodInfo, opening: Opening, bare: Form) -> None:
        self.method = method
        self.opening = opening
        self.bare = bare
        self.forms: dict[float | tuple[float | None, str] | None, Form] = {}


class UsualCalls:
    """Of one client. `flags` are for the TTHeader of its requests."""

    __slots__ = ("_flags", "_has_header", "_methods", "_timeout", "long_way", "ring")

    def __init__(self, long_way: LongWay, flags: int) -> None:
        options = long_way.options
        self.long_way = long_way
        self.ring = long_way.ring
        self._flags = flags
        self._methods: dict[type, UsualMethod] = {}
        self._timeout = None if options.timeout == math.inf else options.timeout
        self._has_header = options.format.has_header

    def method(self, method: MethodInfo, arguments: Any, allowed: float | None) -> UsualMethod | None:
        """What is known of `method`, to be called with `arguments` here and now; None when that is no usual call."""
        if allowed is not None and allowed <= 0:
            return None  # the wheel would let it live for a tick
        if chosen() is not NO_OPTIONS or middlewares_here() or not self.ring.hosts:
            return None
        usual = self._methods.get(type(arguments))
        if usual is not None and usual.method is method:
            return usual
        return self._learn(method, arguments)

    def allowed(self, timeout: float | None) -> float | None:
        """Seconds that a call may take whose method was given `timeout`; None for no limit."""
        if timeout is None:
            return self._timeout
        return None if timeout == math.inf else timeout

    def form(self, usual: UsualMethod, allowed: float | None) -> Form:
        """What its request is made of. Raises as `encode_header` does."""
        if not self._has_header:
            return usual.bare
        if FORWARD.get() is not EMPTY:
            return self._new_form(usual.method, allowed)
        within = CURRENT.get()
        key = allowed if within is None else (allowed, within.method.name)
        form = usual.forms.get(key)
        if form is None:
            if len(usual.forms) >= _MOST_FORMS:
                usual.forms.clear()
            form = usual.forms[key] = self._new_form(usual.method, allowed)
        return form

    def told(self, packet: Packet, info: RpcInfo, channel: PingPong | BlockingChannel | None = None) -> Any:
        """The value of the reply in `packet`, the answer to the call that `info` tells of.

        Raises what it holds instead: a business status first, or a declared exception; other errors as `read_answer`,
        located. `channel`, where the call had one to itself, is closed if it may not serve the next one.
        """
        try:
            message = read_answer(packet, info) if channel is None else take_answer(packet, info, channel)
            if info.biz_status is None:
                return value_of(message, info.method)
        except RpcError as error:
            locate_error(error, info)
            raise
        raise info.biz_status

    def explain(self, error: BaseException, info: RpcInfo) -> None:
        """Locate `error`, which ended the call that `info` tells of. Raises the error that a timeout stands for."""
        if isinstance(error, TimeoutError) and info.deadline is not None and info.deadline.left() <= 0:
            failure = timed_out(info, info.deadline)
            locate_error(failure, info)
            raise failure from error
        if isinstance(error, RpcError):
            locate_error(error, info)

    def info(
        self, method: MethodInfo, allowed: float | None, address: Address | None, deadline: Deadline | None
    ) -> RpcInfo:
        """What the long way would know of such a call: for errors, and for answers that tell more than a value."""
        long_way = self.long_way
        info = begin_call(long_way.service, long_way.destination, method, long_way.options, math.inf)
        info.timeout, info.deadline, info.address = allowed, deadline, address
        return info

    def _learn(self, method: MethodInfo, arguments: Any) -> UsualMethod | None:
        opening = None if method.is_oneway or method.streaming.is_stream else opening_of(method)
        if opening is None or type(arguments) is not method.arguments:
            return None
        bare = form_of(b"", self.long_way.options.format, method, self.long_way.options.max_message)
        usual = self._methods[method.arguments] = UsualMethod(method, opening, bare)
        return usual

    def _new_form(self, method: MethodInfo, allowed: float | None) -> Form:
        info = self.info(method, allowed, None, None)
        header = write_call(info, self.long_way.options.format, MessageKind.CALL, flags=self._flags)
        return form_of(
            encode_header(header, 0), self.long_way.options.format, method, self.long_way.options.max_message
        )
