"""One call: what is known of it, and how it is wrapped."""

from kitexgen.runtime.call import metainfo
from kitexgen.runtime.call.current import current
from kitexgen.runtime.call.deadline import Clock, Deadline
from kitexgen.runtime.call.endpoint import Endpoint, Middleware, chain
from kitexgen.runtime.call.info import RpcInfo, Side
from kitexgen.runtime.call.key_values import Metainfo

__all__ = ["Clock", "Deadline", "Endpoint", "Metainfo", "Middleware", "RpcInfo", "Side", "chain", "current", "metainfo"]
