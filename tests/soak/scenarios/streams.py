"""Many streams at once, each word tagged, left in order or given up at any moment."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from kitexgen.runtime.server import Served, Server
from tests.builders.generated import generate_text
from tests.soak.processes import descriptors, rss, until_descriptors
from tests.soak.scenario import Result, Scale

_IDL = """
struct Word { 1: i32 tag, 2: i32 number, 3: string text }
service Talk {
  Word talk(1: Word word) (streaming.mode = "bidirectional")
  Word many(1: Word word) (streaming.mode = "server")
  Word gather(1: Word word) (streaming.mode = "client")
}
"""

_WORDS = 20
_SLACK = 24 * 1024
"""KiB that the process may hold more in the end than amid it all."""


class Talk:
    """Sends back what it is sent."""

    async def talk(self, stream: Any) -> None:
        async for word in stream:
            await stream.send(word)

    async def many(self, word: Any) -> AsyncIterator[Any]:
        for _ in range(_WORDS):
            yield word

    async def gather(self, words: Any) -> Any:
        return [word async for word in words][-1]


async def run(scale: Scale) -> Result:
    result = Result("Streams", "each gets its own words in their order; given up or not, nothing is left of any")
    open_before, tasks_before = descriptors(), len(asyncio.all_tasks())
    ended: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        generated = generate_text(_IDL, Path(folder))
        main, service = generated.module("main"), generated.module("main.talk")
        async with Server(Served(service.SERVICE, Talk()), address="127.0.0.1:0", late_requests=0.0) as server:
            async with service.TalkClient("talk", hosts=[str(server.address)]) as talk:
                clock = asyncio.get_running_loop().time
                began = clock()
                ends = began + scale.seconds / 2
                users = [
                    asyncio.create_task(_use(talk, main.Word, tag, ends, ended)) for tag in range(scale.callers // 4)
                ]
                await asyncio.sleep(scale.seconds / 4)
                amid = rss()
                await asyncio.gather(*users)
                lasted = clock() - began
                after = rss()
            assert not server.in_flight, f"{server.in_flight} handlers still run"
    left = await until_descriptors(open_before)
    assert not ended["wrong"], f"{ended['wrong']} words belonged to other streams, or came out of order"
    assert left <= open_before, f"{left - open_before} sockets are left"
    assert len(asyncio.all_tasks()) <= tasks_before, "tasks are left"
    assert after <= amid + _SLACK, f"memory grew from {amid} to {after} KiB"
    result.add("streams at once", scale.callers // 4)
    result.add("seconds, measured", f"{lasted:.0f}")
    result.add(
        "streams seen to their end, left early, cancelled",
        f"{ended['whole']:,}, {ended['left']:,}, {ended['cancelled']:,}",
    )
    result.add("words of other streams", 0)
    result.add("memory of client and server together, amid and after", f"{amid / 1024:.1f} MiB, {after / 1024:.1f} MiB")
    result.add("tasks, sockets left", "0, 0")
    return result


async def _use(talk: Any, word: Any, tag: int, ends: float, ended: Counter[str]) -> None:
    dice = random.Random(tag)
    uses = (_talk, _many, _gather)
    while asyncio.get_running_loop().time() < ends:
        use = asyncio.create_task(dice.choice(uses)(talk, word, tag, dice, ended))
        if dice.random() < 0.3:
            await asyncio.sleep(dice.uniform(0, 0.05))
            use.cancel()
            with suppress(asyncio.CancelledError):
                await use
            ended["cancelled"] += use.cancelled()
        else:
            await use


async def _talk(talk: Any, word: Any, tag: int, dice: random.Random, ended: Counter[str]) -> None:
    stop = dice.choice((_WORDS, _WORDS, 5))
    async with talk.talk() as stream:
        for number in range(stop):
            await stream.send(word(tag=tag, number=number, text="x" * dice.randrange(2000)))
            back = await stream.receive()
            ended["wrong"] += (back.tag, back.number) != (tag, number)
        if stop < _WORDS:
            ended["left"] += 1
            return
        await stream.close_send()
        ended["wrong"] += await stream.receive() is not None
    ended["whole"] += 1


async def _many(talk: Any, word: Any, tag: int, dice: random.Random, ended: Counter[str]) -> None:
    came = 0
    async with talk.many(word(tag=tag, text="x" * dice.randrange(2000))) as words:
        async for each in words:
            ended["wrong"] += each.tag != tag
            came += 1
            if dice.random() < 0.02:
                ended["left"] += 1
                return
    ended["wrong"] += came != _WORDS
    ended["whole"] += 1


async def _gather(talk: Any, word: Any, tag: int, dice: random.Random, ended: Counter[str]) -> None:
    async with talk.gather() as stream:
        for number in range(_WORDS):
            await stream.send(word(tag=tag, number=number))
        last = await stream.close_and_receive()
    ended["wrong"] += (last.tag, last.number) != (tag, _WORDS - 1)
    ended["whole"] += 1
