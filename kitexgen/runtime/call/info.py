"""RpcInfo: what is known of one call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.call.key_values import Metainfo
from kitexgen.runtime.call.stream_info import StreamInfo
from kitexgen.runtime.errors import BizStatusError
from kitexgen.runtime.framing.ttheader import TTHeader
from kitexgen.runtime.net.address import Address
from kitexgen.runtime.service.info import MethodInfo, ServiceInfo

Side: TypeAlias = Literal["client", "server"]


@dataclass(slots=True, eq=False, kw_only=True)
class RpcInfo:
    """One call as one side sees it, made anew for each. The framework fills it in. Times are in seconds.

    `side`             which side this is
    `destination`      on a client: the name it was made with, which errors show; on a server: the IDL service
    `service`          the IDL service and `method` its method
    `caller`           name of the service that calls, `caller_method` the method in which it does; "" when not told
    `address`          the peer's, None on a client that has not chosen one yet
    `timeout`          what the call is given, None for no limit: set by an option here, or told by the caller
    `deadline`         when the caller gives up; None for never. On a client it may come before `timeout` is over
    `connect_timeout`  for one attempt to connect; `tells_connect_timeout` whether an option fixed it: callees are
                       told of no other
    `sequence_id`      the number that joins request and reply; 0 on a client that has not sent yet
    `tags`             for middlewares: what options say of the call, and what they themselves want to pass inwards
    `metainfo`         what travels with the call; None when nothing can
    `backward`         on a server: what goes with the answer
    `header`           the header that the peer sent with its message, None before and when none came
    `biz_status`       what the business says of a call that went well; raised outside of all middlewares
    `ends_connection`  whether the answer says, or is to say, that the connection must not be used again (`crrst`)
    `stream`           what is known of a stream besides; None when the method does not stream
    """

    side: Side
    destination: str
    service: ServiceInfo
    method: MethodInfo
    caller: str = ""
    caller_method: str = ""
    address: Address | None = None
    timeout: float | None = None
    deadline: Deadline | None = None
    connect_timeout: float | None = None
    tells_connect_timeout: bool = False
    sequence_id: int = 0
    tags: dict[str, str] = field(default_factory=dict)
    metainfo: Metainfo | None = None
    backward: dict[str, str] = field(default_factory=dict)
    header: TTHeader | None = None
    biz_status: BizStatusError | None = None
    ends_connection: bool = False
    stream: StreamInfo | None = None

    def chosen_address(self) -> Address:
        """The address, once it is chosen. Raises RuntimeError before that: an endpoint stands at the wrong place."""
        if self.address is None:
            raise RuntimeError("the call has no address yet")
        return self.address

    @property
    def full_name(self) -> str:
        """Service and method, as errors and logs name the call: `user.GetUser`."""
        return f"{self.destination}.{self.method.name}"
