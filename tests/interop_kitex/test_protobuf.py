"""Services of Protobuf between Kitex and us, both ways round, over every transport and pool."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kitexgen.runtime.errors import ApplicationError, UnsupportedStreaming
from kitexgen.runtime.server import Served
from tests.builders.generated import generate_code
from tests.interop_kitex.caller import CALLER_NAME, Caller, OpenCaller
from tests.interop_kitex.handlers import EchoHandler
from tests.interop_kitex.loop_thread import LoopThread
from tests.interop_kitex.messages import MESSAGES, MessagesHandler, same
from tests.interop_kitex.ours import Code, OurClient, Style, serving
from tests.interop_kitex.ways import KITEX_PROTOBUF, Way, each, shows
from tests.peers.building import Peers
from tests.peers.kitex_processes import KitexClient, KitexServer

pytestmark = pytest.mark.interop

EVERY_WAY = each(KITEX_PROTOBUF)
WITH_HEADER = each(KITEX_PROTOBUF, only=lambda way: way.has_header)
WITHOUT_HEADER = each(KITEX_PROTOBUF, only=lambda way: not way.has_header)
WE_CALL = each(KITEX_PROTOBUF, only=lambda way: way.we_call)
KITEX_CALLS = each(KITEX_PROTOBUF, only=lambda way: not way.we_call)

GIVE = {
    "Nothing": "give_nothing",
    "Blob": "give_blob",
    "Scalars": "give_scalars",
    "Options": "give_options",
    "Choice": "give_choice",
    "Lists": "give_lists",
    "Maps": "give_maps",
    "Node": "give_node",
}
"""The method that gives a message back, by its class."""


class Asking:
    """A caller of Messages."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self.types = caller.code.messages

    def value(self, method: str, request: Any, **settings: Any) -> Any:
        return self._caller.value(method, request, service="Messages", **settings)

    def call(self, method: str, request: Any, **settings: Any) -> Any:
        return self._caller.call(method, request, service="Messages", **settings)

    def rest(self, milliseconds: int = 7, **settings: Any) -> int:
        """A call that says whether the connection is still of use."""
        answer: int = self.value("rest", self.types.Nap(milliseconds=milliseconds), **settings).milliseconds
        return answer

    def fails(self, method: str, **request: Any) -> tuple[int, str]:
        """The exception that a request to fail comes back as."""
        cls = self.types.Refusal if method == "refuse" else self.types.Text
        exception: tuple[int, str] = self.call(method, cls(**request)).exception
        return exception


@pytest.fixture
def callee(way: Way, request: pytest.FixtureRequest) -> str:
    """The address of the server that the way leads to."""
    if not way.we_call:
        address: str = request.getfixturevalue("our_server")
        return address
    server: KitexServer = request.getfixturevalue("kitex_mux_server" if way.pool == "mux" else "kitex_server")
    return server.address


@pytest.fixture
def asking(way: Way, callee: str, open_caller: OpenCaller) -> Asking:
    return Asking(open_caller(way, callee))


# --- messages ---------------------------------------------------------------------------------------------------------


@EVERY_WAY
@pytest.mark.parametrize("row", [pytest.param(row, id=row, marks=shows(row)) for row in MESSAGES])
def test_messages(asking: Asking, row: str) -> None:
    for message in MESSAGES[row](asking.types):
        assert same(asking.value(GIVE[type(message).__name__], message), message)


@EVERY_WAY
@shows("16 MB each way")
@pytest.mark.slow
def test_much(asking: Asking) -> None:
    blob = asking.types.Blob(data=bytes(range(256)) * (1 << 16))
    assert asking.value("give_blob", blob) == blob


@EVERY_WAY
@shows("inherited methods, several services on one port")
def test_both_idls_on_one_port(way: Way, callee: str, open_caller: OpenCaller) -> None:
    protobuf, thrift = Asking(open_caller(way, callee)), open_caller(way, callee)
    for _ in range(2):
        assert protobuf.rest() == 7
        assert thrift.value("give_string", "x") == "x"


@EVERY_WAY
@shows("many calls at once")
def test_many_at_once(asking: Asking) -> None:
    """Short rests begun after long ones; each answer is that of its own call."""
    durations = [*range(40, 0, -1)]
    with ThreadPoolExecutor(len(durations)) as threads:
        assert [*threads.map(asking.rest, durations)] == durations


# --- failures ---------------------------------------------------------------------------------------------------------


@WITH_HEADER
@shows("a business status, with extra")
def test_a_business_status(asking: Asking) -> None:
    for extra in ({"k": "<v>", "ключ": "值"}, {}):
        failure = asking.call("end_with", asking.types.Status(code=-5, message="no money", extra=extra)).failure
        assert failure is not None
        assert (failure.kind, failure.type, failure.message) == ("business", -5, "no money")
        assert (failure.extra or {}) == extra
    assert asking.rest() == 7


@WITHOUT_HEADER
@shows("a business status, with extra")
def test_a_business_status_without_header(asking: Asking, record_property: Any) -> None:
    assert asking.value("end_with", asking.types.Status(code=-5)) == asking.types.Text()
    record_property("cell", "lost")


@EVERY_WAY
@shows("the handler fails")
def test_a_failing_handler(asking: Asking) -> None:
    for _ in range(2):  # the second on what the first left of the connection
        assert asking.fails("fail", text="no luck é") == (6, "biz error: no luck é")
    assert asking.rest() == 7


@EVERY_WAY
@shows("the handler panics")
def test_a_panicking_handler(way: Way, asking: Asking) -> None:
    place = "panic: [happened in biz handler, method=Messages.Crash, please check the panic at the server side]"
    # An exception that nobody foresaw is an exception like any other in Python.
    expected = f"{place} kaboom" if way.we_call else "biz error: kaboom"
    assert asking.fails("crash", text="kaboom") == (6, expected)
    assert asking.rest() == 7


@EVERY_WAY
@shows("the handler answers with an exception of its own number")
def test_an_exception_of_its_own(asking: Asking) -> None:
    assert asking.fails("refuse", type=1000, text="closed today") == (1000, "closed today [biz error]")
    assert asking.fails("refuse", type=-1, text="below") == (-1, "below [biz error]")


STRANGE = """
syntax = "proto3";
package strange;
message Text { string text = 1; }
message Garbage { bytes next = 2; }
service Messages {
  rpc NoSuch(Text) returns (Text);
  rpc GiveNode(Garbage) returns (Text);
}
service Nobody { rpc NothingHere(Text) returns (Text); }
service Probe { rpc fail(Text) returns (Text); }
service Talks { rpc Talk(stream Text) returns (stream Text); }
"""


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An IDL that has gone its own way."""
    folder = tmp_path_factory.mktemp("strange")
    idl = folder / "strange.proto"
    idl.write_text(STRANGE)
    return generate_code([idl], folder)


@pytest.fixture
def stray(way: Way, callee: str, strange: Any, loop_thread: LoopThread) -> Any:
    """Calls a method of a strange service at the peer's server; gives the exception that comes back."""

    def call(service: str, method: str, message: Any) -> tuple[int, str]:
        style: Style = "asyncio" if way.caller == "asyncio" else "blocking"
        client = getattr(strange.module(f"strange.{service.lower()}"), f"{service}Client")
        settings: Any = {"hosts": [callee], "transport": way.transport, "pool": way.pool}
        with OurClient(loop_thread, client, style, **settings) as ours:
            told = []
            for _ in range(2):  # Kitex closes the connection each time, save that of a mux
                with pytest.raises(ApplicationError) as failure:
                    ours(method, message)
                told.append((failure.value.type, failure.value.message))
        assert told[0] == told[1]
        return told[0]

    return call


@WE_CALL
@shows("unknown method")
def test_we_call_an_unknown_method(way: Way, strange: Any, stray: Any) -> None:
    expected = (1, "unknown method NoSuch (service Messages)")
    if not way.has_header:
        expected = (20, "unknown service , method NoSuch")
    assert stray("Messages", "no_such", strange.module("strange.strange").Text()) == expected


@WE_CALL
@shows("unknown service")
def test_we_call_an_unknown_service(way: Way, strange: Any, stray: Any) -> None:
    name = "Nobody" if way.has_header else ""
    told = stray("Nobody", "nothing_here", strange.module("strange.strange").Text())
    assert told == (20, f"unknown service {name}, method NothingHere")


@WE_CALL
@shows("a request that cannot be read")
def test_we_send_what_cannot_be_read(strange: Any, stray: Any) -> None:
    garbage = strange.module("strange.strange").Garbage(next=b"\x08")  # a field without its value
    number, text = stray("Messages", "give_node", garbage)
    assert number == 7
    assert text


@WE_CALL
@shows("a service of the other IDL")
def test_we_call_a_service_of_thrift(strange: Any, stray: Any) -> None:
    told = stray("Probe", "fail", strange.module("strange.strange").Text())
    assert told == (9, "decode failed, codec msg type not match with protobufCodec")


class OnlyNoSuch:
    """A handler of the strange Messages."""

    def no_such(self, request: Any) -> Any:
        return request

    def give_node(self, request: Any) -> Any:
        return request


@KITEX_CALLS
@shows("unknown method")
def test_kitex_calls_an_unknown_method(
    way: Way, strange: Any, loop_thread: LoopThread, open_caller: OpenCaller
) -> None:
    expected = (1, "unknown method Rest (service Messages)")
    if not way.has_header:
        expected = (20, "unknown service , method Rest")
    service = strange.module("strange.messages").SERVICE
    with serving(loop_thread, Served(service, OnlyNoSuch())) as address:
        asking = Asking(open_caller(way, address))
        for _ in range(2):
            assert asking.call("rest", asking.types.Nap()).exception == expected


@KITEX_CALLS
@shows("unknown service")
def test_kitex_calls_an_unknown_service(way: Way, code: Code, loop_thread: LoopThread, open_caller: OpenCaller) -> None:
    name = "Messages" if way.has_header else ""
    with serving(loop_thread, Served(code.echo_service.SERVICE, EchoHandler(code.echo))) as address:
        asking = Asking(open_caller(way, address))
        for _ in range(2):
            told = asking.call("rest", asking.types.Nap()).exception
            assert told == (20, f"unknown service {name}, method Rest")


@KITEX_CALLS
@shows("a request that cannot be read")
def test_kitex_sends_what_cannot_be_read(way: Way, our_server: str, kitex_client: KitexClient) -> None:
    for _ in range(2):
        answer = kitex_client.call(
            "Messages",
            "GiveScalars",
            address=our_server,
            transport="framed" if way.transport == "framed" else "ttheaderframed",
            body=b"\x72\x09x",
            short=way.pool == "short",
            mux=way.pool == "mux",
        )
        assert answer.failure is not None
        assert (answer.failure.kind, answer.failure.type) == ("exception", 7)
        assert "Scalars.text: " in answer.failure.message


THRIFTY = """
namespace py thrifty
service Messages { void Rest() }
"""


@KITEX_CALLS
@shows("a service of the other IDL")
def test_kitex_calls_a_service_of_thrift(
    way: Way, tmp_path: Any, loop_thread: LoopThread, open_caller: OpenCaller
) -> None:
    idl = tmp_path / "thrifty.thrift"
    idl.write_text(THRIFTY)
    service = generate_code([idl], tmp_path).module("thrifty.messages").SERVICE

    class Handler:
        def rest(self) -> None:
            raise AssertionError("nobody can reach this")

    with serving(loop_thread, Served(service, Handler())) as address:
        asking = Asking(open_caller(way, address))
        for _ in range(2):
            told = asking.call("rest", asking.types.Nap()).exception
            assert told == (9, "decode failed, codec msg type not match with protobufCodec")


def test_streams_of_protobuf_are_not_opened(strange: Any, loop_thread: LoopThread) -> None:
    client = strange.module("strange.talks").TalksClient
    with (
        OurClient(loop_thread, client, "blocking", hosts=["127.0.0.1:1"]) as ours,
        pytest.raises(UnsupportedStreaming, match="over gRPC alone"),
    ):
        ours("talk")


# --- time, and what travels beside a call -----------------------------------------------------------------------------


@EVERY_WAY
@shows("the caller's timeout")
def test_a_timeout(asking: Asking) -> None:
    failure = asking.call("rest", asking.types.Nap(milliseconds=150), timeout=0.05).failure
    assert failure is not None
    assert failure.kind == "timeout"
    # The answer to the first call would come while this one waits for its own.
    assert asking.rest(200) == 200


@WITH_HEADER
@shows("the callee is told caller and timeout")
def test_the_callee_is_told(asking: Asking) -> None:
    seen = asking.value("look", asking.types.Nothing(), timeout=5.0)
    assert (seen.caller, seen.service, seen.method) == (CALLER_NAME, "Messages", "Look")
    assert seen.timeout_milliseconds == 5000
    assert asking.value("look", asking.types.Nothing()).timeout_milliseconds == 0


PERSISTENT = {"far": "1", "Case-Kept": "zażółć"}
TRANSIENT = {"near": "2"}


@WITH_HEADER
@shows("persistent and transient values go, backward values come")
def test_metainfo(way: Way, asking: Asking) -> None:
    ended = asking.call("look", asking.types.Nothing(), persistent=PERSISTENT, transient=TRANSIENT)
    assert (ended.value.persistent, ended.value.transient) == (PERSISTENT, TRANSIENT)
    assert ended.backward["seen-by"] == ("kitex-server" if way.we_call else "our-server")
    again = asking.value("look", asking.types.Nothing())
    assert (again.persistent, again.transient) == ({}, {})


@WITH_HEADER
@shows("values through a chain of three, in both languages")
def test_a_chain(way: Way, asking: Asking, kitex_server: KitexServer, our_server: str) -> None:
    """Python, Go, Python; or Go, Python, Go."""
    middle, last, address = "our-server", "kitex-server", kitex_server.address
    if way.we_call:
        middle, last, address = last, middle, our_server
    ended = asking.call("pass_on", asking.types.Text(text=address), persistent=PERSISTENT, transient=TRANSIENT)
    assert (ended.value.persistent, ended.value.transient) == (PERSISTENT, {})
    assert (ended.value.caller, ended.value.caller_method) == (middle, "PassOn")
    assert ended.backward["relayed-from"] == last
    assert "seen-by" not in ended.backward


@pytest.fixture(scope="module")
def checking_servers(kitex: Peers, code: Code, loop_thread: LoopThread) -> Iterator[dict[str, str]]:
    """The addresses of servers that compare checksums and write them: ours, Kitex's, Kitex's multiplexing one."""
    served = Served(code.messages_service.SERVICE, MessagesHandler(code))
    with (
        serving(loop_thread, served, checksum=True) as ours,
        KitexServer(kitex.server, "-crc32c") as plain,
        KitexServer(kitex.server, "-crc32c", "-mux") as mux,
    ):
        yield {"ours": ours, "plain": plain.address, "mux": mux.address}


@WITH_HEADER
@shows("a checksum guards the payload (CRC-32C)")
def test_checksums(way: Way, checking_servers: dict[str, str], open_caller: OpenCaller) -> None:
    address = checking_servers["ours" if not way.we_call else "mux" if way.pool == "mux" else "plain"]
    asking = Asking(open_caller(way, address, checksum=True))
    for size in (0, 3, 50_000):
        blob = asking.types.Blob(data=b"x" * size)
        assert asking.value("give_blob", blob) == blob
