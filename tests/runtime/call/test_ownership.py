"""KITEXGEN_SELF_CHECK=1: a record that someone else changes while a call owns it is told, with both places."""

from __future__ import annotations

import asyncio
import importlib
import math
import re
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from kitexgen.runtime import thrift
from kitexgen.runtime.call.endpoint import Endpoint, Middleware
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.call.ownership import VARIABLE, owning
from kitexgen.runtime.errors import ApplicationError, ConcurrentMutation
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.testing import connected, connected_blocking
from tests.builders.services import Note, NotesBlockingClient, NotesClient, NotesHandler


@pytest.fixture
def self_check(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Switched on; records are as before afterwards."""
    monkeypatch.setenv(VARIABLE, "1")
    yield
    if "__setattr__" in Struct.__dict__:
        del Struct.__setattr__


def between(act: Any) -> Middleware:
    """A middleware that awaits `act(arguments)` before it calls on."""

    def middleware(call_next: Endpoint) -> Endpoint:
        async def endpoint(info: RpcInfo, arguments: Any) -> Any:
            await act(arguments)
            return await call_next(info, arguments)

        return endpoint

    return middleware


async def in_another_task(change: Any) -> None:
    async def stranger() -> None:
        change()

    await asyncio.create_task(stranger())


@pytest.mark.usefixtures("self_check")
async def test_a_field_set_by_another_task_is_told_with_both_places() -> None:
    note = Note(text="mine")

    def change() -> None:
        note.text = "theirs"

    wrapped = between(lambda _: in_another_task(change))
    async with connected(NotesClient, NotesHandler(), client_settings={"middlewares": [wrapped]}) as notes:
        with pytest.raises(ConcurrentMutation) as caught:
            await notes.echo(note)
    assert (caught.value.record, caught.value.field) == ("Note", "text")
    assert re.fullmatch(r".*test_ownership\.py:\d+ in test_a_field_set_by_another_task\w*", caught.value.handed_over)
    assert re.fullmatch(r".*test_ownership\.py:\d+ in change", caught.value.changed)


@pytest.mark.usefixtures("self_check")
async def test_the_calls_own_middlewares_may_set_fields_and_replace_records() -> None:
    async def annotate(arguments: Any) -> None:
        arguments.note.text += "!"
        arguments.note = thrift.replace(arguments.note, count=7)
        arguments.note.count += 1

    async with connected(NotesClient, NotesHandler(), client_settings={"middlewares": [between(annotate)]}) as notes:
        assert await notes.echo(Note(text="mine")) == Note(text="mine!", count=8)


@pytest.mark.usefixtures("self_check")
async def test_a_record_is_free_again_after_the_call() -> None:
    note = Note(text="mine")
    async with connected(NotesClient, NotesHandler()) as notes:
        for text in ("first", "second"):
            note.text = text
            assert (await notes.echo(note)).text == text
        first, second = await asyncio.gather(
            notes.echo(note), notes.echo(note)
        )  # two calls may own what both only read
    assert first == second == Note(text="second")


@pytest.mark.usefixtures("self_check")
def test_another_thread_and_a_blocking_client() -> None:
    note = Note(text="mine")

    def change() -> None:
        note.count = 2

    async def from_a_thread(_: Any) -> None:
        thread = threading.Thread(target=change)
        thread.start()
        thread.join()

    wrapped = between(from_a_thread)
    with (
        connected_blocking(NotesBlockingClient, NotesHandler(), client_settings={"middlewares": [wrapped]}) as notes,
        pytest.raises(ConcurrentMutation, match=r"^Note\.count was changed while a call owned it: .* in change$"),
    ):
        notes.echo(note)


@pytest.mark.usefixtures("self_check")
async def test_an_answer_that_the_handler_goes_on_to_change() -> None:
    class Sharing(NotesHandler):
        """Returns what it keeps, and changes that while a middleware further out waits."""

        def __init__(self) -> None:
            super().__init__()
            self.kept = [Note(text="a"), Note(text="b")]

        async def all(self) -> list[Note]:
            return self.kept

    handler = Sharing()

    async def refresh() -> None:
        handler.kept[1].text = "refreshed"

    def waits(call_next: Endpoint) -> Endpoint:
        async def endpoint(info: RpcInfo, arguments: Any) -> Any:
            answer = await call_next(info, arguments)
            await asyncio.create_task(refresh())
            return answer

        return endpoint

    async with connected(NotesClient, handler, server_settings={"middlewares": [waits]}) as notes:
        with pytest.raises(ApplicationError) as caught:
            await notes.all()
    told = caught.value.message
    assert told.startswith("biz error: Note.text was changed while a call owned it: handed over at the return of the")
    assert re.search(r"handler of Notes\.all, changed at .*test_ownership\.py:\d+ in refresh$", told)


@pytest.mark.usefixtures("self_check")
async def test_a_container_that_is_changed_inside() -> None:
    class Growing(NotesHandler):
        def __init__(self) -> None:
            super().__init__()
            self.kept = [Note(text="a")]

        async def all(self) -> list[Note]:
            asyncio.get_running_loop().call_soon(self.kept.append, Note(text="late"))
            return self.kept

    def waits(call_next: Endpoint) -> Endpoint:
        async def endpoint(info: RpcInfo, arguments: Any) -> Any:
            answer = await call_next(info, arguments)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return answer

        return endpoint

    async with connected(NotesClient, Growing(), server_settings={"middlewares": [waits]}) as notes:
        with pytest.raises(ApplicationError) as caught:
            await notes.all()
    assert "all_result.success was changed while a call owned it" in caught.value.message
    assert caught.value.message.endswith("changed at an unknown place, inside of its container")


@pytest.mark.usefixtures("self_check")
async def test_every_kind_of_value_equals_its_own_picture(generate: Any) -> None:
    main = generate(
        """
        struct Inner { 1: required double d }
        struct All {
          1: list<map<string, list<Inner>>> nested, 2: set<i32> numbers, 3: list<i64> packed (py.packed = ""),
          4: binary data, 5: optional All again, 6: double d, 7: optional All none
        }
        service Echo { All echo(1: All all) }
        """
    )
    inner = main.Inner(d=math.nan)
    record = main.All(nested=[{"a": [inner, inner]}], numbers={1, 2}, data=b"x", d=math.nan, again=main.All(d=1.0))
    record.packed.extend([1, 2, 3])

    class Handler:
        async def echo(self, all: Any) -> Any:
            return all

    client = importlib.import_module(f"{main.__name__}.echo").EchoClient
    async with connected(client, Handler()) as echo:
        answer = await echo.echo(record)
    assert (answer.numbers, list(answer.packed), answer.again) == ({1, 2}, [1, 2, 3], main.All(d=1.0))


STREAMS = """
struct Word { 1: string text }
service Talk {
  Word talk(1: Word word) (streaming.mode = "bidirectional")
  Word many(1: Word word) (streaming.mode = "server")
}
"""


class Talk:
    """Sends one word back, or yields one. `kept` is the word, of which the handler does not let go."""

    def __init__(self, kept: Any) -> None:
        self.kept = kept

    async def talk(self, stream: Any) -> None:
        await stream.receive()
        await stream.send(self.kept)

    async def many(self, word: Any) -> AsyncIterator[Any]:
        yield self.kept


@pytest.mark.usefixtures("self_check")
async def test_messages_of_streams(generate: Any) -> None:
    main = generate(STREAMS)
    client = importlib.import_module(f"{main.__name__}.talk").TalkClient
    word = main.Word(text="mine")

    def change() -> None:
        word.text += "!"

    wrapped = between(lambda _: in_another_task(change))
    theirs = main.Word(text="theirs")
    told = r"^Word\.text .* at .*test_ownership\.py:\d+ in test_messages_"
    async with (
        connected(client, Talk(word), client_settings={"send_middlewares": [wrapped]}) as talk,
        talk.talk() as stream,
    ):
        with pytest.raises(ConcurrentMutation, match=told):
            await stream.send(word)
    async with connected(client, Talk(word), server_settings={"send_middlewares": [wrapped]}) as talk:
        async with talk.talk() as stream:
            await stream.send(theirs)
            with pytest.raises(ApplicationError, match=r"Word\.text was .* at .* in talk, changed at .* in change"):
                await stream.receive()
        async with talk.many(theirs) as stream:
            with pytest.raises(ApplicationError, match=r"handed over at the handler of Talk\.many,"):
                await stream.receive()
    async with connected(client, Talk(word)) as talk, talk.many(word) as stream:
        assert await stream.receive() == word
        assert await stream.receive() is None


def test_switched_off_nothing_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert owning(between(None)) == ()
    assert "__setattr__" not in Struct.__dict__


def test_the_variable_works_from_outside() -> None:
    script = (
        "from tests.builders.services import NotesClient\n"
        "from kitexgen.runtime.model.struct import Struct\n"
        "NotesClient('notes')\n"
        "assert '__setattr__' in Struct.__dict__\n"
    )
    subprocess.run([sys.executable, "-c", script], env={VARIABLE: "1", "PYTHONPATH": ":".join(sys.path)}, check=True)
