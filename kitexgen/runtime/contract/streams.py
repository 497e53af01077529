"""For generated service modules: what streaming methods return to callers, and what handlers are given."""

from __future__ import annotations

from kitexgen.runtime.call.streaming import BidirectionalStream
from kitexgen.runtime.client.streams import BidirectionalCall, ClientStreamingCall, ServerStreamingCall

__all__ = ["BidirectionalCall", "BidirectionalStream", "ClientStreamingCall", "ServerStreamingCall"]
