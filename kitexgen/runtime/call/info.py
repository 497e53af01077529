"""RpcInfo: what is known of one call."""

from __future__ import annotations

from typing import Literal, TypeAlias

from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.call.key_values import Metainfo
from kitexgen.runtime.call.stream_info import StreamInfo
from kitexgen.runtime.errors import BizStatusError
from kitexgen.runtime.framing.ttheader import TTHeader
from kitexgen.runtime.net.address import Address
from kitexgen.runtime.service.info import MethodInfo, ServiceInfo

Side: TypeAlias = Literal["client", "server"]


class RpcInfo:
    """One call as one side sees it, made anew for each. The framework fills it in. Times are in seconds.

    What calls of one method have in common can be filled in once: `wire.slots.copy_slots` copies the whole for a
    fraction of what `__init__` costs. A template has no `tags` and no `backward`: each copy makes its own.

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

    __slots__ = (
        "_backward",
        "_tags",
        "address",
        "biz_status",
        "caller",
        "caller_method",
        "connect_timeout",
        "deadline",
        "destination",
        "ends_connection",
        "header",
        "metainfo",
        "method",
        "sequence_id",
        "service",
        "side",
        "stream",
        "tells_connect_timeout",
        "timeout",
    )

    def __init__(
        self,
        *,
        side: Side,
        destination: str,
        service: ServiceInfo,
        method: MethodInfo,
        caller: str = "",
        caller_method: str = "",
        address: Address | None = None,
        timeout: float | None = None,
        deadline: Deadline | None = None,
        connect_timeout: float | None = None,
        tells_connect_timeout: bool = False,
        sequence_id: int = 0,
        tags: dict[str, str] | None = None,
        metainfo: Metainfo | None = None,
        backward: dict[str, str] | None = None,
        header: TTHeader | None = None,
        biz_status: BizStatusError | None = None,
        ends_connection: bool = False,
        stream: StreamInfo | None = None,
    ) -> None:
        self.side: Side = side
        self.destination = destination
        self.service = service
        self.method = method
        self.caller = caller
        self.caller_method = caller_method
        self.address = address
        self.timeout = timeout
        self.deadline = deadline
        self.connect_timeout = connect_timeout
        self.tells_connect_timeout = tells_connect_timeout
        self.sequence_id = sequence_id
        self._tags = tags
        self.metainfo = metainfo
        self._backward = backward
        self.header = header
        self.biz_status = biz_status
        self.ends_connection = ends_connection
        self.stream = stream

    @property
    def tags(self) -> dict[str, str]:
        found = self._tags
        if found is None:  # most calls have none, and a dict costs as much as all the rest
            found = self._tags = {}
        return found

    @tags.setter
    def tags(self, tags: dict[str, str]) -> None:
        self._tags = tags

    @property
    def backward(self) -> dict[str, str]:
        found = self._backward
        if found is None:
            found = self._backward = {}
        return found

    @backward.setter
    def backward(self, backward: dict[str, str]) -> None:
        self._backward = backward

    def __repr__(self) -> str:
        told = ", ".join(f"{name.lstrip('_')}={getattr(self, name, None)!r}" for name in self.__slots__)
        return f"RpcInfo({told})"

    def chosen_address(self) -> Address:
        """The address, once it is chosen. Raises RuntimeError before that: an endpoint stands at the wrong place."""
        if self.address is None:
            raise RuntimeError("the call has no address yet")
        return self.address

    @property
    def full_name(self) -> str:
        """Service and method, as errors and logs name the call: `user.GetUser`."""
        return f"{self.destination}.{self.method.name}"
