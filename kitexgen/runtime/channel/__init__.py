"""Byte streams joined to framings, and pools of them: the shells round the sans-IO cores."""

from kitexgen.runtime.channel.blocking import BlockingChannel, BlockingPool
from kitexgen.runtime.channel.blocking_multiplex import BlockingLane, BlockingMultiplex
from kitexgen.runtime.channel.blocking_mux_pool import BlockingMuxPool
from kitexgen.runtime.channel.blocking_per_call import BlockingPerCall
from kitexgen.runtime.channel.channel import Channel
from kitexgen.runtime.channel.idle import IdleChannels, IdleLimits
from kitexgen.runtime.channel.keep_alive import KeepAlive
from kitexgen.runtime.channel.lender import BlockingLender, LentChannel
from kitexgen.runtime.channel.multiplex import Lane, Multiplex
from kitexgen.runtime.channel.mux_pool import MuxPool
from kitexgen.runtime.channel.pending_calls import MuxLimits, PendingCalls
from kitexgen.runtime.channel.per_call import PerCall
from kitexgen.runtime.channel.pingpong import PingPong
from kitexgen.runtime.channel.pool import Pool, PoolDump
from kitexgen.runtime.channel.reporter import ConnectionEvent, PoolName, Reporter, Reports
from kitexgen.runtime.channel.warm_up import WarmUp, warm_up, warm_up_blocking

__all__ = [
    "BlockingChannel",
    "BlockingLane",
    "BlockingLender",
    "BlockingMultiplex",
    "BlockingMuxPool",
    "BlockingPerCall",
    "BlockingPool",
    "Channel",
    "ConnectionEvent",
    "IdleChannels",
    "IdleLimits",
    "KeepAlive",
    "Lane",
    "LentChannel",
    "Multiplex",
    "MuxLimits",
    "MuxPool",
    "PendingCalls",
    "PerCall",
    "PingPong",
    "Pool",
    "PoolDump",
    "PoolName",
    "Reporter",
    "Reports",
    "WarmUp",
    "warm_up",
    "warm_up_blocking",
]
