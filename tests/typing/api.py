"""What type checkers make of generated code and of the runtime's functions; read by mypy and pyright, never run.

A line with `type: ignore` is a mistake that must be found: both checkers are told to refuse an ignore without an error.
"""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator, Sequence
from typing import Any, assert_type
from uuid import UUID

from gen.ml import Vector
from gen.shop import PRIMES, Choice, Color, Key, NotFound, User
from gen.shop.feeds import FeedsClient
from gen.shop.feeds import serve as serve_feeds
from gen.shop.users import SERVICE, UsersBlockingClient, UsersClient, serve

from kitexgen.runtime import DecodeError, Outcome, Served, Server, describe, thrift, which
from kitexgen.runtime.contract.model import FrozenMap
from kitexgen.runtime.contract.streams import (
    BidirectionalCall,
    BidirectionalStream,
    ClientStreamingCall,
    ServerStreamingCall,
)
from kitexgen.runtime.model.describe import EnumDescription, RecordDescription


def arrays(vector: Vector) -> Vector:
    assert_type(vector.embedding, array[float])
    assert_type(vector.hashes, array[int])
    assert_type(vector.array_, array[int])
    assert_type(vector.mask, list[bool])
    vector.embedding = [0.5]  # type: ignore[assignment]
    return Vector(embedding=array("f", [0.5]), hashes=array("q"))


def records(user: User) -> None:
    assert_type(user.id, int)
    assert_type(user.name, str)
    assert_type(user.tags, list[str])
    assert_type(user.manager, User | None)
    assert_type(user.limit, int)
    assert_type(user.color, Color)
    assert_type(user.by_key, dict[Key, set[Color]])
    assert_type(user.packed, array[int])
    assert_type(user.blob, bytes)
    assert_type(user.uid, UUID)
    assert_type(user.ratio, float | None)
    user.name = "new"
    user.name = 1  # type: ignore[assignment]
    user.nmae = "new"  # type: ignore[attr-defined]
    User()  # type: ignore[call-arg]
    User(id="1")  # type: ignore[arg-type]
    assert_type({Key(x=1): 1}, dict[Key, int])
    assert_type(user == User(id=1), bool)


def matching(user: User, choice: Choice) -> str:
    match choice:
        case Choice(number=int() as number):
            assert_type(number, int)
        case Choice(user=User(id, name)):
            assert_type(id, int)
            return name
        case _:
            pass
    match user.color:
        case Color.RED:
            return "red"
        case other:
            return other.name


def functions(user: User, color: Color, choice: Choice) -> None:
    assert_type(thrift.encode(user), bytes)
    assert_type(thrift.encode(user, protocol="compact"), bytes)
    assert_type(thrift.encoded_size(user), int)
    assert_type(thrift.decode(User, b""), User)
    assert_type(thrift.decode(Choice, bytearray(), protocol="compact"), Choice)
    assert_type(thrift.to_dict(user), dict[str, Any])
    assert_type(thrift.from_dict(User, {"id": 1}), User)
    assert_type(thrift.replace(user, name="x"), User)
    assert_type(thrift.dump_json(user), str)
    assert_type(thrift.load_json(NotFound, "{}"), NotFound)
    assert_type(which(choice), str | None)
    assert_type(describe(User), RecordDescription)
    assert_type(describe(Color), EnumDescription)
    assert_type(Color(42), Color)
    assert_type(PRIMES[0], int)
    thrift.encode(color)  # type: ignore[arg-type]
    thrift.encode(user, protocol="json")  # type: ignore[arg-type]
    thrift.decode(Color, b"")  # type: ignore[type-var]
    which(user)  # type: ignore[arg-type]


def errors(error: Exception) -> None:
    try:
        raise error
    except NotFound as declared:
        assert_type(declared.code, int)
    except DecodeError as refused:
        assert_type(refused.path, str)
        assert_type(refused.outcome, Outcome)


def frozen(map: FrozenMap[str, int]) -> None:
    assert_type(map["a"], int)
    map["a"] = 1  # type: ignore[index]


class Handler:
    """Each method async or plain."""

    async def get(self, id: int) -> User:
        raise NotFound(code=id)

    def put(self, user: User) -> None:
        user.id += 1

    async def forget(self, id: int) -> None: ...

    def all(self) -> list[User]:
        return []


class Incomplete:
    async def get(self, id: int) -> User:
        return User(id=id)


async def calls(hosts: Sequence[str]) -> None:
    async with UsersClient("users", hosts=hosts) as users:
        assert_type(users, UsersClient)
        assert_type(await users.get(1), User)
        assert_type(await users.all(timeout=0.2), list[User])
        await users.put(User(id=1), timeout=1)
        await users.forget(1)
        await users.get("1")  # type: ignore[arg-type]
    with UsersClient.blocking("users", hosts=hosts) as plain:
        assert_type(plain, UsersBlockingClient)
        assert_type(plain.get(1), User)
    await serve(Handler(), address="127.0.0.1:0")
    await serve(Incomplete())  # type: ignore[arg-type]
    async with Server(Served(SERVICE, Handler())) as server:
        assert_type(server, Server)


class Streams:
    async def follow(self, key: Key) -> AsyncIterator[User]:
        yield User(id=key.x)

    async def record(self, requests: AsyncIterator[User]) -> Key:
        async for user in requests:
            assert_type(user, User)
        return Key()

    async def talk(self, stream: BidirectionalStream[Key, User]) -> None:
        async for key in stream:
            await stream.send(User(id=key.x))
        assert_type(await stream.receive(), Key | None)
        await stream.send(Key())  # type: ignore[arg-type]


class NoStreams(Streams):
    async def follow(self, key: Key) -> User:  # type: ignore[override]
        return User(id=key.x)


async def streams(hosts: Sequence[str]) -> None:
    async with FeedsClient("feeds", hosts=hosts) as feeds:
        async with feeds.follow(Key(), timeout=1, receive_timeout=0.1) as users:
            assert_type(users, ServerStreamingCall[User])
            async for user in users:
                assert_type(user, User)
            assert_type(await users.receive(), User | None)
            await users.send(Key())  # type: ignore[attr-defined]
        async with feeds.record() as recording:
            assert_type(recording, ClientStreamingCall[User, Key])
            await recording.send(User(id=1))
            await recording.send(Key())  # type: ignore[arg-type]
            assert_type(await recording.close_and_receive(), Key)
        async with feeds.talk() as talk:
            assert_type(talk, BidirectionalCall[Key, User])
            await talk.send(Key())
            await talk.close_send()
            assert_type([user async for user in talk], list[User])
    await serve_feeds(Streams())
    await serve_feeds(NoStreams())  # type: ignore[arg-type]
