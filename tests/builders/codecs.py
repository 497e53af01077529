"""Both codecs: a module of tests that has the fixture `codec` runs once with each, or with the compiled one alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from kitexgen.runtime.wire import native


@pytest.fixture(scope="module", params=["compiled", "pure"], autouse=True)
def codec(request: pytest.FixtureRequest) -> Iterator[str]:
    """The codec that is used. Compiled is left out where it was not built."""
    if request.param == "compiled" and not native.is_compiled():
        pytest.skip("the compiled codec was not built, or KITEXGEN_PURE is set")
    with nullcontext() if request.param == "compiled" else native.pure_only():
        yield request.param


@pytest.fixture(scope="module", name="codec", autouse=True)
def compiled_codec() -> None:
    """In place of `codec`, for a module of tests about the compiled one."""
    if not native.is_compiled():
        pytest.skip("the compiled codec was not built, or KITEXGEN_PURE is set")


def outcome(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What was returned, or class and text of what was raised."""
    try:
        return function(*arguments, **options)
    except Exception as error:
        return type(error), str(error)


def check_same(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What both codecs do, which is the same."""
    found = outcome(function, *arguments, **options)
    with native.pure_only():
        assert outcome(function, *arguments, **options) == found
    return found
