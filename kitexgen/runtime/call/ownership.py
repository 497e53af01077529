"""The self-check of ownership: a record handed to a call is the call's until it returns.

Without it, a record that someone else changes meanwhile is written with the old or the new value of each field. With
`KITEXGEN_SELF_CHECK=1` in the environment, clients and servers made from then on keep a picture of what they are
handed, compare it right before they write, and raise ConcurrentMutation when someone else was at it:

    client   from the call of the generated method to the moment its arguments are written
    server   from the handler's return to the moment its answer is written
    streams  from `send` to the moment the message is written, on both sides

What the call's own task or thread assigns is no one else's: a middleware may set fields. What a middleware changes
inside a list, set or map cannot be told from a stranger's doing; it is to assign a new one.

Where the environment does not ask for it, none of this is in any onion, and it costs nothing.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from array import array
from contextvars import ContextVar
from types import FrameType
from typing import Any

from kitexgen.runtime.call.endpoint import Endpoint, Middleware
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.errors import ConcurrentMutation
from kitexgen.runtime.model.struct import FrozenStruct, Struct

VARIABLE = "KITEXGEN_SELF_CHECK"

_SOMEWHERE = "an unknown place, inside of its container"

_LOCK = threading.Lock()
_OWNED: dict[int, list[Ownership]] = {}
"""By the id of each record that some call owns. The ownerships keep the records, so no id is another's meanwhile."""
_ANSWERS: dict[int, Ownership] = {}
"""By the id of the call's RpcInfo, which both middlewares of a server have."""
_ARGUMENTS: ContextVar[Ownership] = ContextVar("kitexgen_owned_arguments")
"""Of the call, or the message of a stream, that the task is making."""


def is_owning() -> bool:
    """Whether the environment asks for the self-check."""
    return os.environ.get(VARIABLE) == "1"


def owning(*middlewares: Middleware) -> tuple[Middleware, ...]:
    """`middlewares` where the environment asks for the self-check, else none: for the lists that onions are."""
    if not is_owning():
        return ()
    Struct.__setattr__ = _assign  # type: ignore[method-assign, assignment]  # from here on, and only here
    return middlewares


# --- the middlewares --------------------------------------------------------------------------------------------------


def own_arguments(call_next: Endpoint) -> Endpoint:
    """Outermost on a client, and where a stream sends: the arguments, or the message, are the call's from here on."""

    async def endpoint(info: RpcInfo, request: Any) -> Any:
        owned = Ownership(request, "", _place_of_caller() or f"the handler of {info.full_name}")
        token = _ARGUMENTS.set(owned)
        try:
            return await call_next(info, request)
        finally:
            _ARGUMENTS.reset(token)
            owned.end()

    return endpoint


def check_arguments(call_next: Endpoint) -> Endpoint:
    """Innermost, right before what `own_arguments` saw is written. Raises ConcurrentMutation."""

    async def endpoint(info: RpcInfo, request: Any) -> Any:
        _ARGUMENTS.get().check(request)
        return await call_next(info, request)

    return endpoint


def own_answer(call_next: Endpoint) -> Endpoint:
    """Innermost on a server: what the handler returns, or declares, is the call's from here on."""

    async def endpoint(info: RpcInfo, request: Any) -> Any:
        result = info.method.result
        name = "" if result is None else f"{result.__schema__[1]}.success"
        place = f"the return of the handler of {info.full_name}"
        try:
            answer = await call_next(info, request)
        except Exception as error:
            if isinstance(error, Struct):
                _ANSWERS[id(info)] = Ownership(error, name, place)
            raise
        _ANSWERS[id(info)] = Ownership(answer, name, place)
        return answer

    return endpoint


def check_answer(call_next: Endpoint) -> Endpoint:
    """Outermost on a server, right before the answer is written. Raises ConcurrentMutation."""

    async def endpoint(info: RpcInfo, request: Any) -> Any:
        try:
            answer = await call_next(info, request)
        except Exception as error:
            _check_last(info, error)
            raise
        _check_last(info, answer)
        return answer

    return endpoint


def _check_last(info: RpcInfo, value: Any) -> None:
    owned = _ANSWERS.pop(id(info), None)
    if owned is not None:  # else the handler was not reached
        try:
            owned.check(value)
        finally:
            owned.end()


# --- what a call owns -------------------------------------------------------------------------------------------------


class Ownership:
    """Pictures of all records that can be reached from one value, and who was seen to change them."""

    def __init__(self, value: Any, name: str, place: str) -> None:
        self._name = name  # of the value, for one that is no record: `all_result.success`
        self._place = place
        self._owner = _who()
        self._pictures = _take_pictures(value)
        self._changes: dict[tuple[int, str], str] = {}
        with _LOCK:
            for number in self._pictures:
                _OWNED.setdefault(number, []).append(self)

    def assigned(self, record: Struct, attribute: str, value: Any, who: object, place: str) -> None:
        """Someone has set a field of a record that this call owns."""
        if who == self._owner:
            self._pictures[id(record)][1][attribute] = _picture(value, [])
        else:
            self._changes[id(record), attribute] = place

    def check(self, value: Any) -> None:
        """Compare what can be reached from `value` now. Raises ConcurrentMutation, naming the first difference."""
        for number, (record, now) in _take_pictures(value).items():
            if number not in self._pictures:
                continue  # a middleware has put it there
            before = self._pictures[number][1]
            for attribute, picture in now.items():
                if (picture,) != (before[attribute],):  # in a tuple even a NaN equals itself
                    owner, field = self._names(record, attribute)
                    changed = self._changes.get((number, attribute), _SOMEWHERE)
                    raise ConcurrentMutation(owner, field, handed_over=self._place, changed=changed)

    def end(self) -> None:
        """The call owns nothing any more."""
        with _LOCK:
            for number in self._pictures:
                owners = _OWNED[number]
                owners.remove(self)
                if not owners:
                    del _OWNED[number]

    def _names(self, record: Any, attribute: str) -> tuple[str, str]:
        """IDL names of the record and its field."""
        if not isinstance(record, Struct):
            owner, _, field = self._name.partition(".")
            return owner, field
        schema = record.__schema__
        return schema[1], next((field[2] for field in schema[3] if field[1] == attribute), attribute)


def _take_pictures(value: Any) -> dict[int, tuple[Any, dict[str, Any]]]:
    """By id: each record that can be reached from `value`, and a picture of each of its fields.

    A `value` that is no record is in it too, with one field of no name. Records are walked with a list, not by
    recursion: a peer's may be any number deep.
    """
    pictures: dict[int, tuple[Any, dict[str, Any]]] = {}
    found: list[Struct] = []
    if not _is_record(value):
        pictures[id(value)] = (value, {"": _picture(value, found)})
    else:
        found.append(value)
    while found:
        record = found.pop()
        if id(record) not in pictures:
            fields = {name: _picture(getattr(record, name), found) for name in record.__match_args__}
            pictures[id(record)] = (record, fields)
    return pictures


def _picture(value: Any, found: list[Struct]) -> Any:
    """What equals another picture as long as nothing inside has changed; records inside are added to `found`.

    Containers are copied in one step each, which another thread cannot come into.
    """
    if _is_record(value):
        found.append(value)
        return ("record", id(value))
    if isinstance(value, list | tuple):
        return ("items", *(_picture(each, found) for each in tuple(value)))
    if isinstance(value, dict):
        return ("pairs", *((key, _picture(each, found)) for key, each in tuple(value.items())))
    if isinstance(value, set):
        return frozenset(value)
    if isinstance(value, array):
        return (value.typecode, value.tobytes())
    return value


def _is_record(value: Any) -> bool:
    """Whether it is a record that can change."""
    return isinstance(value, Struct) and not isinstance(value, FrozenStruct)


# --- who and where ----------------------------------------------------------------------------------------------------


def _assign(self: Struct, name: str, value: object) -> None:
    """`__setattr__` of all records that can change, once the self-check is asked for."""
    object.__setattr__(self, name, value)
    owners = _OWNED.get(id(self))
    if owners:
        who, place = _who(), _place(sys._getframe(1))
        for owner in tuple(owners):
            owner.assigned(self, name, value, who, place)


def _who() -> tuple[int, asyncio.Task[Any] | None]:
    """The thread that runs, and the task if it runs one."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None  # no loop runs in this thread
    return threading.get_ident(), task


def _place_of_caller() -> str | None:
    """The line that made the call: the first outside of the runtime and of the generated client.

    None when the event loop comes before any such line: what a handler yields is sent by the runtime itself.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("asyncio."):
            return None
        if not module.startswith("kitexgen.runtime.") and "_kx_call" not in frame.f_code.co_names:
            return _place(frame)
        frame = frame.f_back
    return None


def _place(frame: FrameType) -> str:
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"
