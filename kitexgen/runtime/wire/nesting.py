"""Records within records: walked on a stack of our own, which bounds nesting by a number, and not by Python's limit."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from kitexgen.runtime.errors import CodecError

# A walk over one record. It yields what the walk over each record within is made of, and is sent what that returns.
Steps = Generator[tuple[Any, ...], Any, Any]


def run(make: Callable[..., Steps], first: tuple[Any, ...], depth: int, failure: type[CodecError], what: str) -> Any:
    """What the walk that `make` makes of `first` returns.

    A `failure` passes through the walks it happened within, on its way out: also that of more than `depth` of `what`.
    """
    stack = [make(*first)]
    error: CodecError | None = None
    done: Any = None
    while stack:
        try:
            inner = stack[-1].send(done) if error is None else stack[-1].throw(error)
        except StopIteration as stop:
            stack.pop()
            done = stop.value
        except failure as raised:
            stack.pop()
            error = raised
        else:
            done = None
            if len(stack) < depth:
                stack.append(make(*inner))
            else:
                error = failure(f"more than {depth} {what}")
    if error is not None:
        raise error
    return done
