"""Every way a call can end, in both directions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kitexgen.runtime.errors import ApplicationError, RpcTimeout, UnknownService, UnsupportedStreaming
from kitexgen.runtime.server import Served
from kitexgen.runtime.thrift import encode
from tests.builders.generated import generate_code
from tests.interop_kitex.handlers import EchoHandler, ProbeHandler
from tests.interop_kitex.loop_thread import LoopThread
from tests.interop_kitex.ours import Code, OurClient, Style, serving
from tests.interop_kitex.ways import BareTransport
from tests.peers.kitex_build import Peers
from tests.peers.kitex_processes import Answer, KitexClient, KitexServer

pytestmark = pytest.mark.interop

OpenClient = Callable[[ModuleType, str], OurClient]
CallUs = Callable[..., Answer]


# --- we call Kitex ----------------------------------------------------------------------------------------------------


@pytest.fixture
def open_client(
    loop_thread: LoopThread, kitex_server: KitexServer, transport: BareTransport, style: Style
) -> Iterator[OpenClient]:
    """Opens our client of a service, given its module and the name of the class."""
    opened: list[OurClient] = []

    def connect(module: ModuleType, name: str) -> OurClient:
        client = OurClient(loop_thread, getattr(module, name), style, hosts=[kitex_server.address], transport=transport)
        opened.append(client)
        return client

    yield connect
    for client in opened:
        client.close()


def test_several_arguments(probe: OurClient, code: Code) -> None:
    assert probe("join", "ab", 3, code.probe.Leaf(name="!")) == "ababab!"


def test_nothing(probe: OurClient) -> None:
    assert probe("nothing") is None


def test_oneway(probe: OurClient, request: pytest.FixtureRequest) -> None:
    text = request.node.name
    assert probe("note", text) is None
    assert probe("noted", text, 5000) is True
    assert probe("noted", f"not {text}", 1) is False


def test_declared_exceptions_come_as_themselves(probe: OurClient, code: Code) -> None:
    assert probe("enter", "alice") == "welcome alice"
    with pytest.raises(code.probe.Denied) as denied:
        probe("enter", "mallory")
    assert denied.value == code.probe.Denied(who="mallory", level=code.probe.Level.HIGH)
    with pytest.raises(code.probe.Missing) as missing:
        probe("enter", "nobody")
    assert missing.value.id == -1


def test_a_declared_exception_of_a_void_method(probe: OurClient, code: Code) -> None:
    assert probe("remove", 1) is None
    with pytest.raises(code.probe.Missing) as missing:
        probe("remove", -(2**40))
    assert missing.value.id == -(2**40)


@pytest.mark.parametrize(
    ("method", "values", "number", "text"),
    [
        ("fail", ("no luck",), 6, "biz error: no luck"),
        ("fail", ("",), 6, "biz error: "),
        ("refuse", (1000, "closed today"), 1000, "closed today [biz error]"),
        ("refuse", (-1, "below"), -1, "below [biz error]"),
        (
            "crash",
            ("kaboom",),
            6,
            "panic: [happened in biz handler, method=Probe.crash, please check the panic at the server side] kaboom",
        ),
    ],
)
def test_failures(probe: OurClient, method: str, values: tuple[object, ...], number: int, text: str) -> None:
    for _ in range(2):  # the second on what the first left of the connection
        with pytest.raises(ApplicationError) as failure:
            probe(method, *values)
        assert (failure.value.type, failure.value.message) == (number, text)
    assert probe("give_i32", 7) == 7


def test_a_business_status_is_lost_without_ttheader(probe: OurClient) -> None:
    # As in Kitex: framed and buffered have nowhere to put it, so the caller sees success, and an empty result.
    assert probe("business", 1001, "no money", {"k": "v"}) == ""


def test_a_late_answer_is_nobodys(probe: OurClient) -> None:
    started = time.monotonic()
    with pytest.raises(RpcTimeout):
        probe("sleep", 400, timeout=0.1)
    assert time.monotonic() - started < 0.35
    assert [probe("sleep", milliseconds) for milliseconds in (1, 2, 3)] == [1, 2, 3]
    time.sleep(0.4)  # now the answer to the first call would be there
    assert probe("sleep", 4) == 4


def test_a_derived_service(open_client: OpenClient, code: Code) -> None:
    loud = open_client(code.loud_service, "LoudEchoClient")
    assert loud("shout", "abc") == "ABC"
    assert loud("hello", "bob") == "hi bob"


def test_several_services_on_one_port(open_client: OpenClient, code: Code) -> None:
    echo = open_client(code.echo_service, "EchoClient")
    assert echo("small", code.echo.Small(msg="x")) == code.echo.Small(msg="re:x")
    assert open_client(code.probe_service, "ProbeClient")("give_bool", True) is True


def test_a_blocking_client_has_no_streams(kitex_server: KitexServer, code: Code) -> None:
    connect = code.echo_service.EchoClient.blocking
    with connect("kitex-peer", hosts=[kitex_server.address]) as client, pytest.raises(UnsupportedStreaming):
        client.bidi()


def test_many_calls_at_once(
    loop_thread: LoopThread, kitex_server: KitexServer, code: Code, transport: BareTransport
) -> None:
    async def call_all() -> list[int]:
        async with code.probe_service.ProbeClient(
            "kitex-peer", hosts=[kitex_server.address], transport=transport
        ) as client:
            answers: list[int] = await asyncio.gather(*(client.give_i64(number) for number in range(200)))
        return answers

    assert loop_thread.run(call_all()) == list(range(200))


def test_a_unix_socket_of_kitex(
    kitex: Peers, loop_thread: LoopThread, code: Code, style: Style, tmp_path: Path
) -> None:
    with KitexServer(kitex.server, "-network", "unix", "-address", str(tmp_path / "kitex.sock")) as server:
        host = f"unix:{server.address}"
        with OurClient(loop_thread, code.echo_service.EchoClient, style, hosts=[host]) as client:
            assert client("hello", "bob") == "hi bob"


STRANGE = """
namespace py strange
struct Req { 1: string msg }
struct Resp { 1: string msg, 2: optional i32 n }
service Echo {
  string nosuch(1: string name)
  string hello(1: i32 name)
  Resp echo(1: Req req)
}
"""


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """An IDL of Echo that has gone its own way: another method, another type of an argument, fields left out."""
    folder = tmp_path_factory.mktemp("strange")
    idl = folder / "strange.thrift"
    idl.write_text(STRANGE)
    return generate_code([idl], folder).module("strange.echo")


def test_an_unknown_method(open_client: OpenClient, strange: ModuleType) -> None:
    client = open_client(strange, "EchoClient")
    for _ in range(2):  # Kitex closes the connection each time
        with pytest.raises(UnknownService) as failure:
            client("nosuch", "x")
        assert (failure.value.type, failure.value.message) == (20, "unknown service , method nosuch")
    assert client("hello", 5) == "hi "  # an argument of another type is passed over


def test_what_the_server_requires_and_did_not_get(open_client: OpenClient, strange: ModuleType) -> None:
    client = open_client(strange, "EchoClient")
    for _ in range(2):
        with pytest.raises(ApplicationError) as failure:
            client("echo", strange.Req(msg="x"))
        assert failure.value.type == 7
        # Over buffered, Kitex goes on: ` caught in FastCodec using SkipDecoder Buffer`.
        text = "*echo.EchoEchoArgs read field 1 'req' error: required field id is not set"
        assert failure.value.message.startswith(text)
    assert client("hello", 5) == "hi "


# --- Kitex calls us ---------------------------------------------------------------------------------------------------


@pytest.fixture
def call_us(kitex_client: KitexClient, our_server: str, transport: BareTransport) -> CallUs:
    """Calls a method of our server, of Probe unless told otherwise."""

    def call(method: str, service: str = "Probe", **settings: Any) -> Answer:
        return kitex_client.call(service, method, address=our_server, transport=transport, **settings)

    return call


@pytest.mark.parametrize(
    ("method", "args", "result"),
    [
        ("join", {"text": "ab", "times": 3, "leaf": {"name": "!", "weight": 0}}, {"success": "ababab!"}),
        ("nothing", {}, {}),
        ("enter", {"who": "alice"}, {"success": "welcome alice"}),
        ("enter", {"who": "mallory"}, {"denied": {"who": "mallory", "level": 7}}),
        ("enter", {"who": "nobody"}, {"missing": {"id": -1}}),
        ("remove", {"id": 1}, {}),
        ("remove", {"id": -5}, {"missing": {"id": -5}}),
    ],
)
def test_kitex_gets_its_answer(
    call_us: CallUs, method: str, args: dict[str, object], result: dict[str, object]
) -> None:
    answer = call_us(method, args=args)
    assert answer.failure is None
    assert answer.result == result


def test_kitex_finds_the_right_service(call_us: CallUs) -> None:
    assert call_us("hello", service="LoudEcho", args={"name": "bob"}).result == {"success": "hi bob"}
    assert call_us("shout", service="LoudEcho", args={"text": "abc"}).result == {"success": "ABC"}
    seen = call_us("seen").result
    assert seen is not None
    assert (seen["success"]["service"], seen["success"]["method"]) == ("Probe", "seen")


def test_kitex_sends_oneway(call_us: CallUs, request: pytest.FixtureRequest) -> None:
    # Kitex closes the connection half a millisecond after it has sent: what has come by then counts all the same.
    text = request.node.name
    assert call_us("note", args={"text": text}).failure is None
    assert call_us("noted", args={"text": text, "milliseconds": 5000}).result == {"success": True}


@pytest.mark.parametrize(
    ("method", "args", "number", "text"),
    [
        ("fail", {"text": "no luck"}, 6, "biz error: no luck"),
        ("crash", {"text": "kaboom"}, 6, "biz error: kaboom"),
        ("refuse", {"type": 1000, "text": "closed today"}, 1000, "closed today [biz error]"),
    ],
)
def test_kitex_is_told_of_failures(
    call_us: CallUs, method: str, args: dict[str, object], number: int, text: str
) -> None:
    for _ in range(2):
        failure = call_us(method, args=args).failure
        assert failure is not None
        assert (failure.kind, failure.type, failure.message) == ("exception", number, text)
        assert failure.text == f"remote or network error[remote]: {text}"


def test_kitex_is_told_what_is_missing(call_us: CallUs) -> None:
    failure = call_us("echo", service="Echo", args={"req": {"msg": "x"}}).failure  # Go writes a nil `inner` as empty
    assert failure is not None
    assert (failure.kind, failure.type) == ("exception", 7)
    assert "required field s is not set" in failure.message
    assert call_us("hello", service="Echo", args={"name": "bob"}).result == {"success": "hi bob"}


def test_kitex_times_out(call_us: CallUs) -> None:
    failure = call_us("sleep", args={"milliseconds": 400}, timeout_milliseconds=50).failure
    assert failure is not None
    assert failure.kind == "timeout"
    assert call_us("sleep", args={"milliseconds": 1}).result == {"success": 1}


def test_kitex_does_not_find_a_method(
    kitex_client: KitexClient, code: Code, loop_thread: LoopThread, transport: BareTransport
) -> None:
    with serving(loop_thread, Served(code.probe_service.SERVICE, ProbeHandler(code))) as address:
        answer = kitex_client.call("Echo", "hello", address=address, transport=transport, args={"name": "bob"})
    failure = answer.failure
    assert failure is not None
    assert (failure.kind, failure.type, failure.message) == ("exception", 20, "unknown service , method hello")


def test_kitex_calls_our_unix_socket(
    kitex_client: KitexClient, loop_thread: LoopThread, code: Code, tmp_path: Path
) -> None:
    path = str(tmp_path / "ours.sock")
    served = Served(code.echo_service.SERVICE, EchoHandler(code.echo))
    with serving(loop_thread, served, address=f"unix:{path}"):
        answer = kitex_client.call("Echo", "hello", address=path, transport="framed", args={"name": "bob"})
    assert answer.result == {"success": "hi bob"}


def test_kitex_calls_many_at_once(kitex_client: KitexClient, our_server: str, code: Code) -> None:
    waiting = [
        kitex_client.submit(
            "Probe",
            "give_i64",
            address=our_server,
            transport="framed",
            args_thrift=encode(code.arguments("give_i64", number)),
        )
        for number in range(200)
    ]
    assert [future.result(25).result for future in waiting] == [{"success": number} for number in range(200)]
