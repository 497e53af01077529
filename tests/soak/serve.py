"""The server that the soak puts under load, a process of its own: `python -m tests.soak.serve ADDRESS SETTINGS`.

SETTINGS are those of a server, in JSON. It prints its address once it listens, and ends as `serve` does.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import sys
from collections import Counter

from kitexgen.runtime.net import Address
from kitexgen.runtime.server import Served, serve
from tests.builders.services import NOTES, Note, NotesHandler


class SoakHandler(NotesHandler):
    """`echo` answers at once, `slow` after as many seconds as the text begins with; `plain` counts what there is."""

    async def echo(self, note: Note) -> Note:
        return note

    async def slow(self, text: str) -> str:
        await asyncio.sleep(float(text.partition(" ")[0]))
        return text

    async def fail(self, how: str) -> None:
        raise ValueError(how)

    async def all(self) -> list[Note]:
        """How many tasks there are but the one that answers, and how many objects of each class of the runtime."""
        gc.collect()
        counted = Counter(
            type(each).__name__ for each in gc.get_objects() if type(each).__module__.startswith("kitexgen.runtime.")
        )
        tasks = len(asyncio.all_tasks()) - 1
        return [Note(text="tasks", count=tasks), *(Note(text=name, count=many) for name, many in counted.items())]


def _started(address: Address) -> None:
    print(address, flush=True)


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # bad peers are told of by the thousand
    asyncio.run(serve(Served(NOTES, SoakHandler()), address=sys.argv[1], on_start=_started, **json.loads(sys.argv[2])))
