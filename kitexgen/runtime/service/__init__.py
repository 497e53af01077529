"""What a service is at run time, and how it is described to people and tools."""

from __future__ import annotations

from kitexgen.runtime.service.describe import MethodDescription, ServiceDescription, describe
from kitexgen.runtime.service.info import MethodInfo, Payload, ServiceInfo, Streaming

__all__ = ["MethodDescription", "MethodInfo", "Payload", "ServiceDescription", "ServiceInfo", "Streaming", "describe"]
