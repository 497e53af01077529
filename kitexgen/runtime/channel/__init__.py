"""Byte streams joined to framings, and pools of them: the shells round the sans-IO cores."""

from kitexgen.runtime.channel.blocking import BlockingChannel, BlockingPool
from kitexgen.runtime.channel.channel import Channel
from kitexgen.runtime.channel.idle import IdleChannels, IdleLimits
from kitexgen.runtime.channel.keep_alive import KeepAlive
from kitexgen.runtime.channel.pingpong import PingPong
from kitexgen.runtime.channel.pool import Pool

__all__ = ["BlockingChannel", "BlockingPool", "Channel", "IdleChannels", "IdleLimits", "KeepAlive", "PingPong", "Pool"]
