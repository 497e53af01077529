"""RpcInfo: what is known of one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.service import MethodInfo, ServiceInfo

Side: TypeAlias = Literal["client", "server"]


@dataclass(slots=True, eq=False, kw_only=True)
class RpcInfo:
    """One call as one side sees it, made anew for each. The framework fills it in; once the call is over it stays as it is.

    `side`         which side this is
    `destination`  on a client: the name the client was made with, which logs and errors show; on a server: the IDL service
    `service`      the IDL service and `method` its method
    `remote`       the peer's address, None on a client that has not chosen one yet
    `deadline`     when the caller gives up; None for never
    `sequence_id`  the number that joins request and reply; 0 on a client that has not sent yet
    """

    side: Side
    destination: str
    service: ServiceInfo
    method: MethodInfo
    remote: str | None = None
    deadline: Deadline | None = None
    sequence_id: int = 0

    @property
    def full_name(self) -> str:
        """Service and method, as errors and logs name the call: `user.GetUser`."""
        return f"{self.destination}.{self.method.name}"
