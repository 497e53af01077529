"""Which service a request is for (reference/wire.md 10), and which handlers can serve one."""

from __future__ import annotations

from typing import Any

import pytest

from kitexgen.runtime.contract.service import MethodInfo, ServiceInfo
from kitexgen.runtime.errors import IncompleteHandler, UnknownMethod, UnknownService
from kitexgen.runtime.server.bind import bind
from kitexgen.runtime.server.routing import Routes, Served
from tests.builders.services import NOTES, NotesHandler, make_record


def service(name: str, *methods: str, base: ServiceInfo | None = None) -> ServiceInfo:
    infos = (
        MethodInfo(name=each, attribute=each, arguments=make_record("args"), result=make_record("result"))
        for each in methods
    )
    return ServiceInfo(name=name, methods=tuple(infos), base=base)


class Anything:
    """A handler that has every method."""

    def __getattr__(self, name: str) -> Any:
        return lambda: name


def routes(*served: tuple[ServiceInfo, bool]) -> Routes:
    return Routes([Served(info, Anything(), is_fallback) for info, is_fallback in served])


A = service("A", "only_a", "both")
B = service("B", "only_b", "both")

TABLE = [
    # service, method, what is found: a service, or the error and its text
    ("", "only_a", "A"),
    ("", "only_b", "B"),
    ("", "both", "B"),  # the fallback
    ("", "neither", (UnknownService, "unknown service , method neither")),
    ("A", "both", "A"),
    ("A", "only_b", (UnknownMethod, "unknown method only_b (service A)")),  # others are not tried
    ("C", "only_a", "A"),  # an unknown name, but no doubt
    ("C", "both", (UnknownService, "unknown service C, method both")),
    ("C", "neither", (UnknownService, "unknown service C, method neither")),
]


@pytest.mark.parametrize(("name", "method", "expected"), TABLE)
def test_routing(name: str, method: str, expected: Any) -> None:
    table = routes((A, False), (B, True))
    if isinstance(expected, str):
        found = table.find(name, method)
        assert (found.service.name, found.method.name) == (expected, method)
        assert table.bound(found.service, method) is found
    else:
        error, text = expected
        with pytest.raises(error) as caught:
            table.find(name, method)
        assert caught.value.message == text


def test_inherited_methods_belong_to_the_derived_service() -> None:
    derived = service("D", "own", base=A)
    found = routes((derived, False)).find("", "only_a")
    assert found.service is derived


@pytest.mark.parametrize(
    ("served", "message"),
    [
        ([], "a server needs at least one service"),
        ([(A, False), (A, False)], "service A is registered twice"),
        ([(A, True), (B, True)], "only one service can be the fallback, not A and B"),
        (
            [(A, False), (B, False)],
            "method name [both] is conflicted between services but no fallback service is specified",
        ),
    ],
)
def test_what_cannot_be_served_together(served: list[tuple[ServiceInfo, bool]], message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole text is compared
        routes(*served)
    assert str(caught.value) == message


def test_a_server_may_insist_on_names() -> None:
    table = Routes([Served(A, Anything()), Served(B, Anything())], requires_name=True)
    assert table.find("B", "both").service is B
    for name in ("", "C"):
        with pytest.raises(UnknownService, match=f"unknown service {name}, method only_a"):
            table.find(name, "only_a")
    with pytest.raises(UnknownMethod):
        table.find("B", "only_a")


def test_binding_tells_async_from_plain() -> None:
    class Callable_:
        async def __call__(self, text: str) -> str:
            return text

    handler = NotesHandler()
    handler.plain = Callable_()  # type: ignore[assignment]
    bound = bind(NOTES, handler)
    assert bound["echo"].is_async
    assert bound["plain"].is_async
    assert not bound["add"].is_async
    assert bound["add"].parameters == ("a", "b")


def test_binding_names_what_is_missing() -> None:
    with pytest.raises(IncompleteHandler) as caught:
        bind(service("S", "a", "b"), object())
    assert str(caught.value) == "object cannot serve S: it has no methods a, b"
    with pytest.raises(IncompleteHandler, match=r"it has no method a$"):
        bind(service("S", "a"), object())
