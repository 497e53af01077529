"""One call: what is known of it, and how it is wrapped."""

from kitexgen.runtime.call import metainfo, streaming
from kitexgen.runtime.call.current import current
from kitexgen.runtime.call.deadline import Clock, Deadline
from kitexgen.runtime.call.endpoint import Endpoint, ErrorHandler, Middleware, chain
from kitexgen.runtime.call.in_context import middlewares
from kitexgen.runtime.call.info import RpcInfo, Side
from kitexgen.runtime.call.key_values import Metainfo
from kitexgen.runtime.call.options import CallOptions, CallSettings, call_options

__all__ = [
    "CallOptions",
    "CallSettings",
    "Clock",
    "Deadline",
    "Endpoint",
    "ErrorHandler",
    "Metainfo",
    "Middleware",
    "RpcInfo",
    "Side",
    "call_options",
    "chain",
    "current",
    "metainfo",
    "middlewares",
    "streaming",
]
