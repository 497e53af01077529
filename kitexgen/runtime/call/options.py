"""CallOptions: what single calls want otherwise than their client does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.call.key_values import NOTHING
from kitexgen.runtime.net.address import Address, parse_address

if TYPE_CHECKING:
    from typing import Unpack


class CallSettings(TypedDict, total=False):
    """The keyword arguments of `call_options`; meaning and defaults stand at `CallOptions`."""

    timeout: float | None
    connect_timeout: float | None
    deadline: Deadline | None
    host: str | None
    tags: Mapping[str, str]
    persistent: Mapping[str, str]
    transient: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOptions:
    """Times are in seconds. What is not given is as the client has it.

    `timeout`          for the call, `math.inf` for no limit; the argument that generated methods take wins over it
    `connect_timeout`  for one attempt to connect, `math.inf` for no limit
    `deadline`         of something larger that calls are part of: no call outlasts it. A handler that wants its calls
                       to end with its own caller's patience gives `current().deadline`
    `address`          whom to call, instead of those the client knows; written `host="10.0.0.1:8888"`
    `tags`             put into `RpcInfo.tags`, for middlewares
    `persistent` `transient`  metainfo that goes with the call, besides what `metainfo` holds
    """

    timeout: float | None = None
    connect_timeout: float | None = None
    deadline: Deadline | None = None
    address: Address | None = None
    tags: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    persistent: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    transient: Mapping[str, str] = field(default_factory=lambda: NOTHING)


NO_OPTIONS = CallOptions()

_CHOSEN: ContextVar[CallOptions] = ContextVar("kitexgen_call_options", default=NO_OPTIONS)


chosen: Callable[[], CallOptions] = _CHOSEN.get
"""The options for a call made here and now."""


@contextmanager
def call_options(**settings: Unpack[CallSettings]) -> Iterator[None]:
    """Set options for the calls made in the block, whatever client makes them:

        with call_options(timeout=0.2, tags={"cluster": "blue"}):
            user = await users.get_user(request)

    Blocks may be nested; the inner one wins, and key-values of both are joined. Raises ValueError for a `host` that is
    no address.
    """
    token = _CHOSEN.set(_joined(_CHOSEN.get(), **settings))
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def _joined(
    outer: CallOptions,
    *,
    timeout: float | None = None,
    connect_timeout: float | None = None,
    deadline: Deadline | None = None,
    host: str | None = None,
    tags: Mapping[str, str] = NOTHING,
    persistent: Mapping[str, str] = NOTHING,
    transient: Mapping[str, str] = NOTHING,
) -> CallOptions:
    return CallOptions(
        timeout=outer.timeout if timeout is None else timeout,
        connect_timeout=outer.connect_timeout if connect_timeout is None else connect_timeout,
        deadline=outer.deadline if deadline is None else deadline,
        address=outer.address if host is None else parse_address(host),
        tags={**outer.tags, **tags},
        persistent={**outer.persistent, **persistent},
        transient={**outer.transient, **transient},
    )
