"""The call that the running task serves."""

from __future__ import annotations

from contextvars import ContextVar

from kitexgen.runtime.call.info import RpcInfo

CURRENT: ContextVar[RpcInfo | None] = ContextVar("kitexgen_current_call", default=None)


def current() -> RpcInfo | None:
    """The call being served here: inside a handler, in tasks it starts and in the worker thread of a plain one.

    None outside of handlers; the calls a handler makes itself do not change it.
    """
    return CURRENT.get()


def enter(info: RpcInfo) -> None:
    """Make `info` the current call of a context that is the call's own: it stays so."""
    CURRENT.set(info)
