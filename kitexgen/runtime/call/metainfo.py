"""Metainfo: key-values that travel beside calls, from service to service.

    persistent   to the callee, and on with every call that it makes, to the end of the chain
    transient    to the callee, and no further: there it can be read, but calls made there do not carry it
    backward     from the callee to its caller

They travel in the headers of TTHeader; framed and buffered messages have none. Source: bytedance/gopkg cloud/metainfo.

    from kitexgen.runtime import metainfo

    metainfo.set_persistent("tenant", "acme")            # from here on, for every call of this task
    with metainfo.received_backward() as back:
        await users.get_user(request)
    back["served-by"]                                     # if the handler did metainfo.send_backward("served-by", ...)

What is set lives in a context variable: other tasks do not see it, those started afterwards do. Empty keys and empty
values are ignored, as in Kitex.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

from kitexgen.runtime.call.current import current
from kitexgen.runtime.call.key_values import EMPTY, NOTHING, Metainfo
from kitexgen.runtime.framing.ttheader_keys import BACKWARD_PREFIX

FORWARD: ContextVar[Metainfo] = ContextVar("kitexgen_metainfo", default=EMPTY)
_BACKWARD: ContextVar[dict[str, str] | None] = ContextVar("kitexgen_backward_metainfo", default=None)


# --- forward ----------------------------------------------------------------------------------------------------------


def set_persistent(key: str, value: str) -> None:
    """Send `key` with every call of this task from now on, and with all calls that come of those."""
    FORWARD.set(FORWARD.get().joined({key: value}, NOTHING))


def set_transient(key: str, value: str) -> None:
    """Send `key` with every call of this task from now on; the services called do not send it on."""
    FORWARD.set(FORWARD.get().joined(NOTHING, {key: value}))


def get_persistent(key: str) -> str | None:
    """The persistent value of `key`, set here or received."""
    return FORWARD.get().persistent.get(key)


def get_transient(key: str) -> str | None:
    """The transient value of `key`: the one set here, else the one received."""
    found = FORWARD.get()
    return found.transient.get(key) or found.stale.get(key)


def all_persistent() -> dict[str, str]:
    """All persistent values; a copy."""
    return dict(FORWARD.get().persistent)


def all_transient() -> dict[str, str]:
    """All transient values, set here or received; a copy."""
    found = FORWARD.get()
    return {**found.stale, **found.transient}


def del_persistent(key: str) -> None:
    """Send `key` no more; nothing happens when there is none."""
    found = FORWARD.get()
    FORWARD.set(Metainfo(_without(found.persistent, key), found.transient, found.stale))


def del_transient(key: str) -> None:
    """Send `key` no more, and forget the one received."""
    found = FORWARD.get()
    FORWARD.set(Metainfo(found.persistent, _without(found.transient, key), _without(found.stale, key)))


@contextmanager
def sending(*, persistent: Mapping[str, str] = NOTHING, transient: Mapping[str, str] = NOTHING) -> Iterator[None]:
    """Send these with the calls made in the block, besides what is set already."""
    token = FORWARD.set(FORWARD.get().joined(persistent, transient))
    try:
        yield
    finally:
        FORWARD.reset(token)


# --- backward ---------------------------------------------------------------------------------------------------------


def send_backward(key: str, value: str) -> None:
    """In a handler: send `key` with the answer, whatever the answer is.

    Kitex writes it without a prefix, among the keys of the protocol itself: choose one that is not used there. A caller
    that is Volo's reads only keys that start with `RPC_BACKWARD_`, and gets it that way too. Raises RuntimeError
    outside of handlers.
    """
    info = current()
    if info is None:
        raise RuntimeError("no call is served here whose answer could carry a value")
    if key and value:
        info.backward[key] = value


@contextmanager
def received_backward() -> Iterator[Mapping[str, str]]:
    """Gather what answers bring back to calls made in the block, and in tasks started there; later answers win.

    As in Kitex all string infos of the answer's header are in it, those of the protocol too. The keys that Volo's
    servers send are there with their prefix and without.
    """
    gathered: dict[str, str] = {}
    token = _BACKWARD.set(gathered)
    try:
        yield MappingProxyType(gathered)
    finally:
        _BACKWARD.reset(token)


# --- what the framework calls -----------------------------------------------------------------------------------------


def outgoing() -> Metainfo:
    """What a call made here and now carries."""
    return FORWARD.get().to_send()


def begin(came: Metainfo) -> None:
    """Make what came with a call the metainfo of its handler; whatever was set before is nothing to it."""
    arrived = came.arrived()
    if FORWARD.get() is not arrived:  # to set a variable costs more than to ask
        FORWARD.set(arrived)
    if _BACKWARD.get() is not None:
        _BACKWARD.set(None)


def bring_back(infos: Mapping[str, str]) -> None:
    """Hand over what came with an answer, if the caller gathers it."""
    gathered = _BACKWARD.get()
    if gathered is None:
        return
    for key, value in infos.items():
        if key and value:
            gathered[key] = value
            if key.startswith(BACKWARD_PREFIX) and key != BACKWARD_PREFIX:
                gathered[key.removeprefix(BACKWARD_PREFIX)] = value


def _without(old: Mapping[str, str], key: str) -> Mapping[str, str]:
    return {each: value for each, value in old.items() if each != key}
