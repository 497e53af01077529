"""Keeps the rules that the IDL states (the plugin `validator`), for one record or for every call.

The rules of the records of module `demo.user` stand in `demo.user_validation`, which is imported on first use. A record
without rules keeps them all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Final

from kitexgen.runtime.call.endpoint import Endpoint, Middleware
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.errors import ValidationError

_SUFFIX: Final = "_validation"


def validate(record: object) -> None:
    """Raise ValidationError, which names path, rule and value, when `record` breaks a rule of its IDL."""
    cls: type = type(record)
    validator = _validator(cls)
    if validator is None:
        return
    try:
        validator(record)
    except RecursionError:
        # Whoever sends something that deep must not get further than one that breaks a rule.
        raise ValidationError(cls.__name__, "the depth to which rules can be checked", record) from None


def validating(*, requests: bool = True, results: bool = True) -> Middleware:
    """Validate the records that calls bring, and those that they give, at a client or at a server.

    Among `send_middlewares` and `receive_middlewares` it validates the messages of streams.
    """

    def middleware(call_next: Endpoint) -> Endpoint:
        async def endpoint(info: RpcInfo, arguments: Any) -> Any:
            if requests:
                _validate_given(info, arguments)
            result = await call_next(info, arguments)
            if results:
                validate(result)
            return result

        return endpoint

    return middleware


def _validate_given(info: RpcInfo, given: Any) -> None:
    """`given` is the arguments of a method, or a message of a stream."""
    if type(given) is info.method.arguments:
        names: tuple[str, ...] = given.__slots__
        for name in names:
            validate(getattr(given, name))
    else:
        validate(given)


@cache
def _validator(cls: type) -> Callable[[Any], None] | None:
    if not hasattr(cls, "__schema__"):
        return None
    module = cls.__module__ + _SUFFIX
    try:
        validators: dict[type, Callable[[Any], None]] = import_module(module).VALIDATORS
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        return None
    return validators.get(cls)
