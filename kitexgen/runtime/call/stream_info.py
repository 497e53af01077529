"""StreamInfo: what is known of one stream, besides what is known of every call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kitexgen.runtime.errors import StreamCanceled


@dataclass(slots=True, eq=False, kw_only=True)
class StreamInfo:
    """A part of `RpcInfo`.

    `header` `trailer`   on a server: what the handler tells the client, before the first message and at the end
    `is_header_sent`     on a server: whether it is too late to tell something in the header
    `canceled`           on a server: why the client gave the stream up, None while it has not
    `receive_timeout`    on a client: seconds that each message may take to come, None for no limit
    `carrier`            the framework's own: what the messages go through
    """

    header: dict[str, str] = field(default_factory=dict)
    trailer: dict[str, str] = field(default_factory=dict)
    is_header_sent: bool = False
    canceled: StreamCanceled | None = None
    receive_timeout: float | None = None
    carrier: Any = None
