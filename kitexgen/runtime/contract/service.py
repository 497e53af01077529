"""For generated service modules: what a service and its methods are at run time."""

from __future__ import annotations

from kitexgen.runtime.service.info import MethodInfo, Payload, ServiceInfo, Streaming

__all__ = ["MethodInfo", "Payload", "ServiceInfo", "Streaming"]
