"""What must work on every way between Volo and us: the rows of docs/interop.md, as far as Volo has such a thing."""

from __future__ import annotations

from typing import Any

import pytest

from kitexgen.runtime.errors import ApplicationError
from kitexgen.runtime.server import Served
from tests.builders.generated import GeneratedCode, generate_text
from tests.interop_kitex.caller import Caller, OpenCaller
from tests.interop_kitex.every_peer import (
    PERSISTENT,
    TRANSIENT,
    BusinessStatus,
    OnEveryWay,
    SeveralServices,
    WithHeader,
)
from tests.interop_kitex.handlers import EchoHandler
from tests.interop_kitex.loop_thread import LoopThread
from tests.interop_kitex.ours import Code, OurClient, Style, serving
from tests.interop_kitex.values import ALL_CASES
from tests.interop_kitex.ways import VOLO, Way, each, shows

pytestmark = pytest.mark.interop

EVERY_WAY = each(VOLO)
WITH_HEADER = each(VOLO, only=lambda way: way.has_header)
WE_CALL = each(VOLO, only=lambda way: way.we_call)
VOLO_CALLS = each(VOLO, only=lambda way: not way.we_call)


@pytest.fixture
def callee(way: Way, request: pytest.FixtureRequest) -> str:
    """The address of the server that the way leads to."""
    address: str = request.getfixturevalue("volo_server" if way.we_call else "our_server")
    return address


@pytest.fixture
def caller(way: Way, callee: str, open_caller: OpenCaller) -> Caller:
    return open_caller(way, callee)


@EVERY_WAY
class TestOnEveryWay(OnEveryWay):
    cases = tuple((name, case) for name, case in ALL_CASES if name != "a string that is no UTF-8")
    """Volo takes every string for UTF-8 and does not look."""

    blob = bytes(range(250)) * 64_000
    """16 MiB, with what is round them, are more than Volo takes."""


@WITH_HEADER
class TestSeveralServices(SeveralServices):
    """Volo finds a service by the name that the header brings; without one it asks the first."""


@WITH_HEADER
class TestWithHeader(WithHeader):
    server_name = "volo-server"


@each(VOLO, only=lambda way: way.has_header and not way.we_call)
class TestBusinessStatus(BusinessStatus):
    """As a client alone, see below."""


# --- failures ---------------------------------------------------------------------------------------------------------


@each(VOLO, only=lambda way: way.has_header and way.we_call)
@shows("a business status, with extra")
def test_a_business_status_of_volo(caller: Caller, record_property: Any) -> None:
    """Volo's servers put it into an exception and into the header, and to Kitex's clients an exception says more."""
    number, text = caller.call("business", -5, "no money", {"k": "v"}).exception
    assert (number, text) == (6, "status_code: -5, status_message: no money, extra: k: v,")
    assert caller.value("give_i32", 7) == 7
    record_property("cell", "exception")


@EVERY_WAY
@shows("the handler fails")
def test_a_failing_handler(way: Way, caller: Caller) -> None:
    for _ in range(2):
        assert caller.call("fail", "no luck").exception == (6, "no luck" if way.we_call else "biz error: no luck")
    assert caller.value("give_i32", 7) == 7


@EVERY_WAY
@shows("the handler panics")
def test_a_panicking_handler(way: Way, caller: Caller) -> None:
    number, text = caller.call("crash", "kaboom").exception
    assert number == 6
    assert text.startswith("panicked in biz logic: kaboom" if way.we_call else "biz error: kaboom")
    assert caller.value("give_i32", 7) == 7


@EVERY_WAY
@shows("the handler answers with an exception of its own number")
def test_an_exception_of_its_own(way: Way, caller: Caller) -> None:
    behind = "" if way.we_call else " [biz error]"
    assert caller.call("refuse", 1000, "closed today").exception == (1000, f"closed today{behind}")
    assert caller.call("refuse", -1, "below").exception == (-1, f"below{behind}")


STRANGE = """
namespace py strange
struct Leaf { 2: i32 weight }
service Probe {
  string nosuch(1: string name)
  string join(1: string text, 2: i32 times, 3: Leaf leaf)
}
service Echo {
  string nosuch(1: string name)
}
"""


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> GeneratedCode:
    """An IDL that has gone its own way: other methods, fields left out."""
    return generate_text(STRANGE, tmp_path_factory.mktemp("strange"))


@pytest.fixture
def stray(way: Way, callee: str, strange: GeneratedCode, loop_thread: LoopThread) -> Any:
    """Our client of a Probe that the server does not know so."""
    style: Style = "asyncio" if way.caller == "asyncio" else "blocking"
    client = strange.module("strange.probe").ProbeClient
    with OurClient(loop_thread, client, style, hosts=[callee], transport=way.transport, pool=way.pool) as opened:
        yield opened


@WE_CALL
@shows("unknown method")
def test_we_call_an_unknown_method(stray: OurClient) -> None:
    for _ in range(2):
        with pytest.raises(ApplicationError) as failure:
            stray("nosuch", "x")
        assert (failure.value.type, failure.value.message) == (1, "unknown method nosuch")


@WE_CALL
@shows("a required field is missing")
def test_we_leave_out_what_is_required(stray: OurClient, strange: GeneratedCode) -> None:
    for _ in range(2):
        with pytest.raises(ApplicationError) as failure:
            stray("join", "x", 1, strange.module("strange.main").Leaf(weight=1))
        assert failure.value.type == 7
        assert "name" in failure.value.message


CALLS_ANSWERED = {True: 2, False: 1}
"""By whether there is a header. As Kitex's do, our servers close after such a call; when no header says so, Volo's
clients do not notice in time, and the next call over that connection is lost."""


class OnlyNosuch:
    """A handler of the strange Echo."""

    def nosuch(self, name: str) -> str:
        return name


@VOLO_CALLS
@shows("unknown method")
def test_volo_calls_an_unknown_method(
    way: Way, strange: GeneratedCode, loop_thread: LoopThread, open_caller: OpenCaller
) -> None:
    expected = (1, "unknown method hello (service Echo)")
    if not way.has_header:
        expected = (20, "unknown service , method hello")
    with serving(loop_thread, Served(strange.module("strange.echo").SERVICE, OnlyNosuch())) as address:
        caller = open_caller(way, address)
        for _ in range(CALLS_ANSWERED[way.has_header]):
            assert caller.call("hello", "x", service="Echo").exception == expected


@VOLO_CALLS
@shows("unknown service")
def test_volo_calls_an_unknown_service(way: Way, code: Code, loop_thread: LoopThread, open_caller: OpenCaller) -> None:
    name = "Probe" if way.has_header else ""
    with serving(loop_thread, Served(code.echo_service.SERVICE, EchoHandler(code.echo))) as address:
        caller = open_caller(way, address)
        for _ in range(CALLS_ANSWERED[way.has_header]):
            assert caller.call("nothing").exception == (20, f"unknown service {name}, method nothing")


# --- what travels beside a call ---------------------------------------------------------------------------------------


@WITH_HEADER
@shows("values through a chain of three, in both languages")
def test_a_chain(way: Way, caller: Caller, volo_server: str, our_server: str) -> None:
    """Python, Rust, Python; or Rust, Python, Rust."""
    middle, last, address = "our-server", "volo-server", volo_server
    if way.we_call:
        middle, last, address = last, middle, our_server
    ended = caller.call("relay", address, persistent=PERSISTENT, transient=TRANSIENT)
    assert (ended.value.persistent, ended.value.transient) == (PERSISTENT, {})
    assert ended.value.caller == middle
    assert ended.backward["relayed-from"] == last
    assert "seen-by" not in ended.backward
