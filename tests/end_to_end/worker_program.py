"""A server of several processes, for tests to start: `worker_program.py ADDRESS WORKERS [quirk...]`.

What happens is printed, a line each: `listening PID ADDRESS`, `entered PID`, `stopping PID`, `failed PID`. With the
quirk `broken` start hooks fail, with `frail` in all workers but the first ones; with `deaf` calls never end.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from kitexgen.runtime.net import Address
from kitexgen.runtime.server import Served, run
from tests.builders.services import NOTES, NotesHandler

STOPPING = asyncio.Event()
STARTED: list[bool] = []
QUIRKS = sys.argv[3:]


class Handler(NotesHandler):
    """`plain` tells the process; `slow` ends when the server stops, and not before."""

    def plain(self, text: str) -> str:
        return str(os.getpid())

    async def slow(self, text: str) -> str:
        say("entered")
        await STOPPING.wait()
        if "deaf" in QUIRKS:
            await asyncio.get_running_loop().create_future()
        return text


def say(*words: object) -> None:
    # One write, so that lines of several processes do not mix.
    os.write(1, f"{' '.join(map(str, (words[0], os.getpid(), *words[1:])))}\n".encode())


async def on_start(address: Address) -> None:
    if "broken" in QUIRKS:
        raise RuntimeError("the start hook is broken")
    if "frail" in QUIRKS:
        with Path(os.environ["FRAIL"]).open("a+") as file:
            file.write("x")
            if file.tell() > int(sys.argv[2]):
                say("failed")
                raise RuntimeError("the start hook is frail")
    STARTED.append(True)
    say("listening", address)


def on_stop() -> None:
    STOPPING.set()
    if STARTED:
        say("stopping")


if __name__ == "__main__":
    run(
        Served(NOTES, Handler()),
        address=sys.argv[1],
        workers=int(sys.argv[2]),
        on_start=on_start,
        on_stop=on_stop,
        late_requests=0,
        exit_wait=60,
    )
