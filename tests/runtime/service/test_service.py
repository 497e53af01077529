"""ServiceInfo finds methods, own and inherited, and is described."""

from __future__ import annotations

from kitexgen.runtime import describe
from kitexgen.runtime.contract.model import FrozenMap, Struct
from kitexgen.runtime.contract.service import MethodInfo, ServiceInfo, Streaming
from kitexgen.runtime.model.describe import RecordType, ScalarType
from kitexgen.runtime.service import ServiceDescription
from tests.builders.records import NotFound, User


class GetArgs(Struct):
    __slots__ = ("id",)
    __match_args__ = ("id",)
    __schema__ = ("struct", "Get_args", "s.thrift:2", ((1, "id", "id", "default", "i64"),), ())

    id: int

    def __init__(self, *, id: int = 0) -> None:
        self.id = id


class GetResult(Struct):
    __slots__ = ("missing", "success")
    __match_args__ = ("success", "missing")
    __schema__ = (
        "struct",
        "Get_result",
        "s.thrift:2",
        (
            (0, "success", "success", "optional", ("struct", "User")),
            (1, "missing", "missing", "optional", ("struct", "NotFound")),
        ),
        (),
    )

    success: User | None
    missing: NotFound | None

    def __init__(self, *, success: User | None = None, missing: NotFound | None = None) -> None:
        self.success = success
        self.missing = missing


PING = MethodInfo(name="Ping", attribute="ping", arguments=GetArgs, result=None, is_oneway=True)
GET = MethodInfo(
    name="Get", attribute="get", arguments=GetArgs, result=GetResult, annotations=(("api.get", ("/u",)),), source="s:2"
)
GET_AGAIN = MethodInfo(name="Get", attribute="get", arguments=GetArgs, result=GetResult, streaming=Streaming.SERVER)
BASE = ServiceInfo(name="Base", package="demo", methods=(PING, GET))
SERVICE = ServiceInfo(name="Users", package="demo", methods=(GET_AGAIN,), base=BASE, annotations=(("k", ("v",)),))


class Users:
    """Stands for a generated handler protocol or client: `describe` finds SERVICE beside it."""


def test_methods_are_found_by_their_name_on_the_wire() -> None:
    assert BASE.method("Get") is GET
    assert BASE.method("get") is None
    assert SERVICE.method("Ping") is PING
    assert SERVICE.method("Get") is GET_AGAIN
    assert [method.name for method in SERVICE.all_methods()] == ["Ping", "Get"]


def test_streams() -> None:
    assert [mode.value for mode in Streaming if mode.is_stream] == ["client", "server", "bidirectional"]


def test_a_service_is_described() -> None:
    description = describe(SERVICE)
    assert isinstance(description, ServiceDescription)
    assert describe(Users) == description
    assert description.annotations == {"k": ("v",)}
    assert description.base == describe(BASE)
    assert description.base is not None
    get = description.base.methods[1]
    assert (get.name, get.attribute, get.source, get.is_oneway) == ("Get", "get", "s:2", False)
    assert [(field.name, field.type) for field in get.arguments] == [("id", ScalarType("i64"))]
    assert get.returns == RecordType(User)
    assert [(field.name, field.type) for field in get.throws] == [("missing", RecordType(NotFound))]
    assert get.annotations == FrozenMap({"api.get": ("/u",)})
    ping = description.base.methods[0]
    assert (ping.returns, ping.throws, ping.is_oneway) == (None, (), True)
    assert description.methods[0].streaming is Streaming.SERVER
