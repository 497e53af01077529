"""RpcInfo: what is known of one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.net.address import Address
from kitexgen.runtime.service.info import MethodInfo, ServiceInfo

Side: TypeAlias = Literal["client", "server"]


@dataclass(slots=True, eq=False, kw_only=True)
class RpcInfo:
    """One call as one side sees it, made anew for each. The framework fills it in.

    `side`         which side this is
    `destination`  on a client: the name it was made with, which errors show; on a server: the IDL service
    `service`      the IDL service and `method` its method
    `address`      the peer's, None on a client that has not chosen one yet
    `deadline`     when the caller gives up; None for never
    `sequence_id`  the number that joins request and reply; 0 on a client that has not sent yet
    """

    side: Side
    destination: str
    service: ServiceInfo
    method: MethodInfo
    address: Address | None = None
    deadline: Deadline | None = None
    sequence_id: int = 0

    def chosen_address(self) -> Address:
        """The address, once it is chosen. Raises RuntimeError before that: an endpoint stands at the wrong place."""
        if self.address is None:
            raise RuntimeError("the call has no address yet")
        return self.address

    @property
    def full_name(self) -> str:
        """Service and method, as errors and logs name the call: `user.GetUser`."""
        return f"{self.destination}.{self.method.name}"
