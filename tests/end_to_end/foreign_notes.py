"""The service of `notes.thrift` in another implementation: what its client and ours call, and what its server runs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.builders.services import Note, NotesBlockingClient, NotesClient, Refused
from tests.end_to_end.endpoints import Speaks


def call_ours(client: Any, types: Any, failure: type[Exception]) -> None:
    """Call our server by their `client`; `failure` is their TApplicationException."""
    assert client.echo(types.Note(text="hé", count=-3)) == types.Note(text="hé", count=-3)
    assert client.add(2, 3) == 5
    assert client.all() == [types.Note(text="a", count=0), types.Note(text="b", count=-1)]
    client.ping()
    client.tell("oneway")
    with pytest.raises(types.Refused) as refused:
        client.fail("declared")
    assert (refused.value.code, refused.value.why) == (1, "declared")
    with pytest.raises(failure) as failed:
        client.fail("plain failure")
    assert (failed.value.type, failed.value.message) == (6, "biz error: plain failure")  # type: ignore[attr-defined]
    client.ping()  # the connection is still good


class TheirHandler:
    """What their server runs."""

    def __init__(self, types: Any) -> None:
        self.types = types
        self.told: list[str] = []

    def ping(self) -> None:
        """Nothing to do."""

    def echo(self, note: Any) -> Any:
        return note

    def add(self, a: int, b: int) -> int:
        return a + b

    def all(self) -> list[Any]:
        return [self.types.Note(text="a", count=0), self.types.Note(text="b", count=-1)]

    def fail(self, how: str) -> None:
        if how == "declared":
            raise self.types.Refused(code=1, why=how)
        raise ValueError(how)

    def tell(self, text: str) -> None:
        self.told.append(text)


async def call_theirs(notes: NotesClient, handler: TheirHandler) -> None:
    """Call their server, which runs `handler`."""
    assert await notes.echo(Note(text="hé", count=-3)) == Note(text="hé", count=-3)
    assert await notes.add(2, 3) == 5
    assert await notes.all() == [Note(text="a"), Note(text="b", count=-1)]
    await notes.ping()
    with pytest.raises(Refused) as refused:
        await notes.fail("declared")
    assert refused.value == Refused(code=1, why="declared")
    await notes.tell("oneway")
    while not handler.told:
        await asyncio.sleep(0)
    assert handler.told == ["oneway"]


def call_theirs_blocking(address: str, speaks: Speaks) -> None:
    with NotesBlockingClient("notes", hosts=[address], **speaks) as notes:
        assert notes.echo(Note(text="hé", count=-3)) == Note(text="hé", count=-3)
        assert notes.add(2, 3) == 5
        notes.ping()
        with pytest.raises(Refused):
            notes.fail("declared")
