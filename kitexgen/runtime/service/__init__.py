"""What a service is at run time, and how it is described to people and tools."""

from __future__ import annotations

from kitexgen.runtime.service.describe import MethodDescription, ServiceDescription, describe
from kitexgen.runtime.service.info import MethodInfo, ServiceInfo, Streaming

__all__ = ["MethodDescription", "MethodInfo", "ServiceDescription", "ServiceInfo", "Streaming", "describe"]
