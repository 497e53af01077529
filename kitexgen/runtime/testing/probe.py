"""A service of one method, and calls of it, for suites that need a call and have no IDL."""

from __future__ import annotations

from typing import Final

from kitexgen.runtime.call.info import RpcInfo, Side
from kitexgen.runtime.model.service_error import ServiceError
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.net.address import MemoryAddress
from kitexgen.runtime.service.info import MethodInfo, ServiceInfo


class ProbeRefused(ServiceError):
    """The exception that the probe's method declares."""

    __slots__ = ("why",)
    __match_args__ = ("why",)
    __schema__ = ("exception", "ProbeRefused", "probe.thrift:1", ((1, "why", "why", "default", "string"),), ())

    why: str

    def __init__(self, *, why: str = "") -> None:
        self.why = why


class ProbeArguments(Struct):
    """The arguments of the probe's method. `tag` tells calls apart."""

    __slots__ = ("tag",)
    __match_args__ = ("tag",)
    __schema__ = ("struct", "echo_args", "probe.thrift:2", ((1, "tag", "tag", "default", "string"),), ())

    tag: str

    def __init__(self, *, tag: str = "") -> None:
        self.tag = tag


class ProbeResult(Struct):
    """The result of the probe's method."""

    __slots__ = ("refused", "success")
    __match_args__ = ("success", "refused")
    __schema__ = (
        "struct",
        "echo_result",
        "probe.thrift:2",
        (
            (0, "success", "success", "optional", "string"),
            (1, "refused", "refused", "optional", ("struct", "ProbeRefused")),
        ),
        (),
    )

    success: str | None
    refused: ProbeRefused | None

    def __init__(self, *, success: str | None = None, refused: ProbeRefused | None = None) -> None:
        self.success = success
        self.refused = refused


ECHO: Final = MethodInfo(name="echo", attribute="echo", arguments=ProbeArguments, result=ProbeResult)
PROBE: Final = ServiceInfo(name="Probe", methods=(ECHO,))


def probe_call(side: Side) -> RpcInfo:
    """What is known of a call of the probe's method, on a client that has chosen an address, or on a server."""
    return RpcInfo(side=side, destination=PROBE.name, service=PROBE, method=ECHO, address=MemoryAddress("probe"))
