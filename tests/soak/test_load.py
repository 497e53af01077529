"""The callers of the soak see what they are there to see."""

from __future__ import annotations

from kitexgen.runtime.testing import connected
from tests.builders.services import Note, NotesClient, NotesHandler
from tests.soak.load import Tally, calling, echo


class Confused(NotesHandler):
    """Every third answer is that of the call before."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.last = Note(text="")

    async def echo(self, note: Note) -> Note:
        self.asked += 1
        before, self.last = self.last, note
        return before if self.asked % 3 == 0 else note


async def test_an_answer_of_another_call_is_counted() -> None:
    tally = Tally()
    async with connected(NotesClient, Confused()) as notes:
        for _ in range(9):
            await echo(tally, notes)
    assert (tally.answered, tally.wrong, tally.calls) == (6, 3, 9)


async def test_failures_are_counted_by_what_is_known_of_them() -> None:
    class Slow(NotesHandler):
        async def echo(self, note: Note) -> Note:
            await self.gate.wait()
            return note

    tally = Tally()
    async with connected(NotesClient, Slow(), server_settings={"exit_wait": 0.05}) as notes:
        await echo(tally, notes, timeout=0.01)
    async with NotesClient("nobody", hosts=["memory:nobody"]) as nobody:
        await echo(tally, nobody)
    assert tally.failed() == "1 ConnectError, 1 RpcTimeout"
    assert tally.lost == 1  # of the timeout nobody knows whether the server acted
    assert tally.slowest_failure >= 0.01


async def test_callers_call_until_the_block_ends() -> None:
    tally = Tally()
    async with connected(NotesClient, NotesHandler()) as notes, calling(tally, [notes], 4):
        await notes.ping()
    assert tally.answered >= 4
    assert tally.percentile(0.5) <= tally.percentile(0.99)
