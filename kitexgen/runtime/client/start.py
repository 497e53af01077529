"""What is known of a call when it begins."""

from __future__ import annotations

import math

from kitexgen.runtime.call import metainfo
from kitexgen.runtime.call.current import current
from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.call.options import NO_OPTIONS, chosen
from kitexgen.runtime.client.options import ClientOptions
from kitexgen.runtime.errors import UnsupportedStreaming
from kitexgen.runtime.service.info import MethodInfo, ServiceInfo


def start_call(
    service: ServiceInfo, destination: str, method: MethodInfo, options: ClientOptions, timeout: float | None
) -> RpcInfo:
    """What is known of a call when it begins. Raises UnsupportedStreaming for a method that streams."""
    if method.streaming.is_stream:
        raise no_call(destination, method)
    return begin_call(service, destination, method, options, timeout)


def no_call(destination: str, method: MethodInfo) -> UnsupportedStreaming:
    """The error for a streaming method that is called as if it had one answer."""
    return UnsupportedStreaming(
        f"the method streams ({method.streaming.value}), so it cannot be called",
        service=destination,
        method=method.name,
    )


def begin_call(
    service: ServiceInfo, destination: str, method: MethodInfo, options: ClientOptions, timeout: float | None
) -> RpcInfo:
    """The call of `method` that is made here and now: options of the call win over those of the client.

    `timeout` is what the generated method was given. Of the call that is served here it takes over the method's name
    and the metainfo, not the deadline: a handler that wants that says so (`call_options(deadline=...)`).
    """
    own = chosen()
    if own is NO_OPTIONS:
        return _begin_plainly(service, destination, method, options, timeout)
    serving = current()
    allowed = _first(timeout, own.timeout, options.timeout)
    return RpcInfo(
        side="client",
        destination=destination,
        service=service,
        method=method,
        caller=options.caller,
        caller_method="" if serving is None else serving.method.name,
        address=own.address,
        timeout=allowed,
        deadline=_deadline(allowed, own.deadline),
        connect_timeout=connect_timeout(options),
        tells_connect_timeout=own.connect_timeout is not None or options.tells_connect_timeout,
        tags={**options.tags, **own.tags},
        metainfo=metainfo.outgoing().joined(own.persistent, own.transient),
    )


def _begin_plainly(
    service: ServiceInfo, destination: str, method: MethodInfo, options: ClientOptions, timeout: float | None
) -> RpcInfo:
    """The same for a call without options of its own, which most are."""
    serving = current()
    allowed = options.timeout if timeout is None else timeout
    if allowed == math.inf:
        allowed = None
    connect = options.connect_timeout
    return RpcInfo(
        side="client",
        destination=destination,
        service=service,
        method=method,
        caller=options.caller,
        caller_method="" if serving is None else serving.method.name,
        timeout=allowed,
        deadline=None if allowed is None else Deadline.after(allowed),
        connect_timeout=None if connect == math.inf else connect,
        tells_connect_timeout=options.tells_connect_timeout,
        tags=dict(options.tags),
        metainfo=metainfo.outgoing(),
    )


def connect_timeout(options: ClientOptions) -> float | None:
    """Seconds for an attempt to connect that a call makes here and now; None for no limit."""
    return _first(chosen().connect_timeout, options.connect_timeout)


def _first(*given: float | None) -> float | None:
    """The first number, None when there is none or it says that there is no limit."""
    found = next((each for each in given if each is not None), None)
    return None if found == math.inf else found


def _deadline(timeout: float | None, larger: Deadline | None) -> Deadline | None:
    """The earlier of the two ends; its budget is what there is from now on."""
    if larger is None:
        return None if timeout is None else Deadline.after(timeout)
    left = larger.left()
    if timeout is not None and timeout <= left:
        return Deadline.after(timeout, larger.clock)
    return Deadline(larger.at, left, larger.clock)
