"""What must work whoever the peer is: rows of docs/interop.md, in classes that each peer's tests put on its ways."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import pytest

from tests.interop_kitex.caller import CALLER_NAME, Caller
from tests.interop_kitex.values import ALL_CASES, EMPTY, VALUES, Case, same
from tests.interop_kitex.ways import Way, shows

PERSISTENT = {"far": "1", "Case-Kept": "zażółć"}
TRANSIENT = {"near": "2"}


class OnEveryWay:
    """With a header and without."""

    cases: ClassVar[Sequence[tuple[str, Case]]] = ALL_CASES
    blob: ClassVar[bytes] = bytes(range(256)) * (1 << 16)

    @pytest.mark.parametrize(
        "methods", [pytest.param(methods, id=row, marks=shows(row)) for row, methods in VALUES.items()]
    )
    def test_values(self, caller: Caller, methods: tuple[str, ...]) -> None:
        for _, case in self.cases:
            if case.method in methods:
                value = case.make(caller.code.probe)
                assert same(caller.value(case.method, value), value)

    @shows("empty and zero values")
    def test_empty_values(self, caller: Caller) -> None:
        for name, case in self.cases:
            if name in EMPTY:
                value = case.make(caller.code.probe)
                assert same(caller.value(case.method, value), value)

    @shows("16 MB each way")
    @pytest.mark.slow
    def test_much(self, caller: Caller) -> None:
        assert caller.value("give_binary", self.blob) == self.blob

    @shows("several arguments")
    def test_several_arguments(self, caller: Caller) -> None:
        assert caller.value("join", "ab", 3, caller.code.probe.Leaf(name="!")) == "ababab!"

    @shows("void")
    def test_void(self, caller: Caller) -> None:
        assert caller.value("nothing") is None

    @shows("oneway")
    def test_oneway(self, caller: Caller, request: pytest.FixtureRequest) -> None:
        text = request.node.name
        assert caller.value("note", text) is None
        assert caller.value("noted", text, 5000) is True
        assert caller.value("noted", f"not {text}", 1) is False

    @shows("declared exceptions")
    def test_declared_exceptions(self, caller: Caller) -> None:
        types = caller.code.probe
        assert caller.value("enter", "alice") == "welcome alice"
        assert caller.call("enter", "mallory").declared == types.Denied(who="mallory", level=types.Level.HIGH)
        assert caller.call("enter", "nobody").declared == types.Missing(id=-1)
        assert caller.value("remove", 1) is None
        assert caller.call("remove", -(2**40)).declared == types.Missing(id=-(2**40))

    @shows("many calls at once")
    def test_many_at_once(self, caller: Caller) -> None:
        """Short sleeps begun after long ones; each answer is that of its own call."""
        durations = [*range(40, 0, -1)]
        with ThreadPoolExecutor(len(durations)) as threads:
            assert [*threads.map(lambda duration: caller.value("sleep", duration), durations)] == durations

    @shows("the caller's timeout")
    def test_a_timeout(self, caller: Caller) -> None:
        failure = caller.call("sleep", 150, timeout=0.05).failure
        assert failure is not None
        assert failure.kind == "timeout"
        # The answer to the first call would come while this one waits for its own.
        assert caller.value("sleep", 200) == 200


class WithHeader:
    """What travels beside a call."""

    server_name: ClassVar[str]
    """What the peer's server calls itself."""

    @shows("the callee is told caller and timeout")
    def test_the_callee_is_told(self, caller: Caller) -> None:
        seen = caller.value("seen", timeout=5.0)
        assert (seen.caller, seen.service, seen.method) == (CALLER_NAME, "Probe", "seen")
        assert seen.timeout_milliseconds == 5000
        assert caller.value("seen").timeout_milliseconds == 0

    @shows("persistent and transient values go, backward values come")
    def test_metainfo(self, way: Way, caller: Caller) -> None:
        ended = caller.call("seen", persistent=PERSISTENT, transient=TRANSIENT)
        assert (ended.value.persistent, ended.value.transient) == (PERSISTENT, TRANSIENT)
        assert ended.backward["seen-by"] == (self.server_name if way.we_call else "our-server")
        again = caller.call("seen").value
        assert (again.persistent, again.transient) == ({}, {})


class SeveralServices:
    """Where a server of several services finds the one that is called."""

    @shows("inherited methods, several services on one port")
    def test_several_services(self, caller: Caller) -> None:
        assert caller.value("shout", "abc", service="LoudEcho") == "ABC"
        assert caller.value("hello", "bob", service="LoudEcho") == "hi bob"
        small = caller.code.echo.Small
        assert caller.value("small", small(msg="x"), service="Echo") == small(msg="re:x")
        assert caller.value("give_bool", True) is True


class BusinessStatus:
    """Where a business status arrives as one."""

    @shows("a business status, with extra")
    def test_a_business_status(self, caller: Caller) -> None:
        for extra in ({"k": "<v>", "ключ": "值"}, {}):
            failure = caller.call("business", -5, "no money", extra).failure
            assert failure is not None
            assert (failure.kind, failure.type, failure.message) == ("business", -5, "no money")
            assert (failure.extra or {}) == extra
        assert caller.value("give_i32", 7) == 7
