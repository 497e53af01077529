"""What must work on every way between Kitex and us: the rows of docs/interop.md."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from kitexgen.runtime.errors import ApplicationError
from kitexgen.runtime.server import Served
from tests.builders.generated import generate_code
from tests.interop_kitex.caller import Caller, OpenCaller
from tests.interop_kitex.every_peer import (
    PERSISTENT,
    TRANSIENT,
    BusinessStatus,
    OnEveryWay,
    SeveralServices,
    WithHeader,
)
from tests.interop_kitex.handlers import EchoHandler, ProbeHandler
from tests.interop_kitex.loop_thread import LoopThread
from tests.interop_kitex.ours import Code, OurClient, Style, serving
from tests.interop_kitex.tap import Tap
from tests.interop_kitex.ways import KITEX, Way, each, shows
from tests.peers.building import Peers
from tests.peers.kitex_processes import KitexClient, KitexServer

pytestmark = pytest.mark.interop

EVERY_WAY = each(KITEX)
WITH_HEADER = each(KITEX, only=lambda way: way.has_header)
WITHOUT_HEADER = each(KITEX, only=lambda way: not way.has_header)
WE_CALL = each(KITEX, only=lambda way: way.we_call)
KITEX_CALLS = each(KITEX, only=lambda way: not way.we_call)


@pytest.fixture
def callee(way: Way, request: pytest.FixtureRequest) -> str:
    """The address of the server that the way leads to."""
    if not way.we_call:
        address: str = request.getfixturevalue("our_server")
        return address
    server: KitexServer = request.getfixturevalue("kitex_mux_server" if way.pool == "mux" else "kitex_server")
    return server.address


@pytest.fixture
def caller(way: Way, callee: str, open_caller: OpenCaller) -> Caller:
    return open_caller(way, callee)


@EVERY_WAY
class TestOnEveryWay(OnEveryWay):
    """Nothing is special to Kitex."""


@EVERY_WAY
class TestSeveralServices(SeveralServices):
    """Kitex finds a service by the method when no header names it."""


@WITH_HEADER
class TestWithHeader(WithHeader):
    server_name = "kitex-server"


@WITH_HEADER
class TestBusinessStatus(BusinessStatus):
    """Both ways."""


# --- failures ---------------------------------------------------------------------------------------------------------


@WITHOUT_HEADER
@shows("a business status, with extra")
def test_a_business_status_without_header(caller: Caller, record_property: Any) -> None:
    assert not caller.value("business", -5, "no money", {})  # a result without a value
    record_property("cell", "lost")


@EVERY_WAY
@shows("the handler fails")
def test_a_failing_handler(caller: Caller) -> None:
    for _ in range(2):  # the second on what the first left of the connection
        assert caller.call("fail", "no luck").exception == (6, "biz error: no luck")
    assert caller.value("give_i32", 7) == 7


@EVERY_WAY
@shows("the handler panics")
def test_a_panicking_handler(way: Way, caller: Caller) -> None:
    place = "panic: [happened in biz handler, method=Probe.crash, please check the panic at the server side]"
    number, text = caller.call("crash", "kaboom").exception
    # An exception that nobody foresaw is an exception like any other in Python.
    assert (number, text) == (6, f"{place} kaboom" if way.we_call else "biz error: kaboom")
    assert caller.value("give_i32", 7) == 7


@EVERY_WAY
@shows("the handler answers with an exception of its own number")
def test_an_exception_of_its_own(caller: Caller) -> None:
    assert caller.call("refuse", 1000, "closed today").exception == (1000, "closed today [biz error]")
    assert caller.call("refuse", -1, "below").exception == (-1, "below [biz error]")


STRANGE = """
namespace py strange
struct Req { 1: string msg }
struct Resp { 1: string msg, 2: optional i32 n }
service Echo {
  string nosuch(1: string name)
  Resp echo(1: Req req)
}
service Nobody {
  string nothing_here(1: string name)
}
"""


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An IDL that has gone its own way: another method, another service, fields left out."""
    folder = tmp_path_factory.mktemp("strange")
    idl = folder / "strange.thrift"
    idl.write_text(STRANGE)
    return generate_code([idl], folder)


def stray(loop_thread: LoopThread, way: Way, module: ModuleType, name: str, address: str) -> OurClient:
    """Our client of a service that the peer's server does not know so."""
    style: Style = "asyncio" if way.caller == "asyncio" else "blocking"
    client = getattr(module, name)
    return OurClient(loop_thread, client, style, hosts=[address], transport=way.transport, pool=way.pool)


def sent_back(client: OurClient, method: str, value: object) -> tuple[int, str]:
    """The exception with which the server answers."""
    with pytest.raises(ApplicationError) as failure:
        client(method, value)
    return failure.value.type, failure.value.message


@WE_CALL
@shows("unknown method")
def test_we_call_an_unknown_method(way: Way, callee: str, strange: Any, loop_thread: LoopThread) -> None:
    expected = (1, "unknown method nosuch (service Echo)")
    if not way.has_header:
        expected = (20, "unknown service , method nosuch")
    with stray(loop_thread, way, strange.module("strange.echo"), "EchoClient", callee) as client:
        for _ in range(2):  # Kitex closes the connection each time, save that of a mux
            assert sent_back(client, "nosuch", "x") == expected


@WE_CALL
@shows("unknown service")
def test_we_call_an_unknown_service(way: Way, callee: str, strange: Any, loop_thread: LoopThread) -> None:
    name = "Nobody" if way.has_header else ""
    with stray(loop_thread, way, strange.module("strange.nobody"), "NobodyClient", callee) as client:
        for _ in range(2):
            assert sent_back(client, "nothing_here", "x") == (20, f"unknown service {name}, method nothing_here")


@WE_CALL
@shows("a required field is missing")
def test_we_leave_out_what_is_required(way: Way, callee: str, strange: Any, loop_thread: LoopThread) -> None:
    with stray(loop_thread, way, strange.module("strange.echo"), "EchoClient", callee) as client:
        for _ in range(2):
            number, text = sent_back(client, "echo", strange.module("strange.strange").Req(msg="x"))
            assert number == 7
            assert text.startswith("*echo.EchoEchoArgs read field 1 'req' error: required field id is not set")


class OnlyNosuch:
    """A handler of the strange Echo."""

    def nosuch(self, name: str) -> str:
        return name

    def echo(self, req: Any) -> Any:
        return req


@KITEX_CALLS
@shows("unknown method")
def test_kitex_calls_an_unknown_method(
    way: Way, strange: Any, loop_thread: LoopThread, open_caller: OpenCaller
) -> None:
    expected = (1, "unknown method hello (service Echo)")
    if not way.has_header:
        expected = (20, "unknown service , method hello")
    service = strange.module("strange.echo").SERVICE
    with serving(loop_thread, Served(service, OnlyNosuch())) as address:
        caller = open_caller(way, address)
        for _ in range(2):
            assert caller.call("hello", "x", service="Echo").exception == expected


@KITEX_CALLS
@shows("unknown service")
def test_kitex_calls_an_unknown_service(way: Way, code: Code, loop_thread: LoopThread, open_caller: OpenCaller) -> None:
    name = "Probe" if way.has_header else ""
    with serving(loop_thread, Served(code.echo_service.SERVICE, EchoHandler(code.echo))) as address:
        caller = open_caller(way, address)
        for _ in range(2):
            assert caller.call("nothing").exception == (20, f"unknown service {name}, method nothing")


@KITEX_CALLS
@shows("a required field is missing")
def test_kitex_leaves_out_what_is_required(way: Way, our_server: str, kitex_client: KitexClient) -> None:
    for _ in range(2):
        answer = kitex_client.call(
            "Echo",
            "echo",
            address=our_server,
            transport="ttheaderframed" if way.transport == "ttheader_framed" else way.transport,
            args={"req": {"msg": "x"}},  # Go writes a nil `inner` as an empty struct
            short=way.pool == "short",
            mux=way.pool == "mux",
        )
        assert answer.failure is not None
        assert (answer.failure.kind, answer.failure.type) == ("exception", 7)
        assert "required field s is not set" in answer.failure.message


# --- what travels beside a call ---------------------------------------------------------------------------------------


@WITH_HEADER
@shows("values through a chain of three, in both languages")
def test_a_chain(way: Way, caller: Caller, kitex_server: KitexServer, our_server: str) -> None:
    """Python, Go, Python; or Go, Python, Go."""
    middle, last, address = "our-server", "kitex-server", kitex_server.address
    if way.we_call:
        middle, last, address = last, middle, our_server
    ended = caller.call("relay", address, persistent=PERSISTENT, transient=TRANSIENT)
    assert (ended.value.persistent, ended.value.transient) == (PERSISTENT, {})
    assert (ended.value.caller, ended.value.caller_method) == (middle, "relay")
    assert ended.backward["relayed-from"] == last
    assert "seen-by" not in ended.backward


# --- checksums --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def checking_servers(kitex: Peers, code: Code, loop_thread: LoopThread) -> Iterator[dict[str, str]]:
    """The addresses of servers that compare checksums and write them: ours, Kitex's, Kitex's multiplexing one."""
    served = Served(code.probe_service.SERVICE, ProbeHandler(code))
    with (
        serving(loop_thread, served, checksum=True) as ours,
        KitexServer(kitex.server, "-crc32c") as plain,
        KitexServer(kitex.server, "-crc32c", "-mux") as mux,
    ):
        yield {"ours": ours, "plain": plain.address, "mux": mux.address}


@pytest.fixture
def checking(way: Way, checking_servers: dict[str, str]) -> str:
    """The address of the one that the way leads to."""
    return checking_servers["ours" if not way.we_call else "mux" if way.pool == "mux" else "plain"]


@WITH_HEADER
@shows("a checksum guards the payload (CRC-32C)")
def test_checksums(way: Way, checking: str, open_caller: OpenCaller) -> None:
    for size in (3, 50_000):
        assert open_caller(way, checking, checksum=True).value("give_binary", b"x" * size) == b"x" * size


@WITH_HEADER
@shows("a checksum guards the payload (CRC-32C)")
def test_a_request_that_changed_on_its_way(way: Way, checking: str, open_caller: OpenCaller) -> None:
    with Tap(checking, change_request=lambda data: data.replace(b"whole", b"wrong")) as tap:
        failure = open_caller(way, tap.address, checksum=True).call("give_string", "whole", timeout=1.0).failure
    # The server closes without a word; a mux drops the message.
    assert failure is not None
    assert failure.kind in {"network", "timeout"}


@WITH_HEADER
@shows("a checksum guards the payload (CRC-32C)")
def test_a_reply_that_changed_on_its_way(way: Way, checking: str, open_caller: OpenCaller) -> None:
    with Tap(checking, change_reply=lambda data: data.replace(b"whole", b"wrong")) as tap:
        failure = open_caller(way, tap.address, checksum=True).call("give_string", "whole", timeout=5.0).failure
    assert failure is not None
    assert failure.kind in {"network", "exception"}
    assert "validation" in failure.text
