"""Run the Kitex server and client: real processes, spoken to over pipes and sockets.

What the two print and read, line by line, is said in `tests/peers/kitex/server/main.go` and `client/call.go`.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO, Any, Literal, NotRequired, Self, TypedDict, Unpack

Transport = Literal["framed", "buffered", "ttheader", "ttheaderframed", "streaming"]

START_SECONDS = 20.0
"""How long a server may take to its first word; a loaded machine needs a second."""

STOP_SECONDS = 10.0
"""How long a process may take to end once its input is closed; the server waits 1 s for running calls."""


class _Process:
    """A child that ends when its standard input does, and whose log is kept for when something goes wrong."""

    def __init__(self, binary: Path, arguments: Sequence[str] = ()) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._child = subprocess.Popen(
            [binary, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True
        )

    @property
    def _input(self) -> IO[str]:
        assert self._child.stdin is not None
        return self._child.stdin

    @property
    def _output(self) -> IO[str]:
        assert self._child.stdout is not None
        return self._child.stdout

    def log(self) -> str:
        """What the process has written to its standard error so far."""
        descriptor = self._log.fileno()
        # Not `seek` and `read`: the child writes at the very offset that they would move.
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")

    def close(self) -> None:
        """End the process and free its pipes. Raises `TimeoutExpired` when it would not end, after killing it."""
        self._input.close()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
            raise
        finally:
            self._output.close()
            self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class KitexServer(_Process):
    """A Kitex server of the services Echo, LoudEcho, Probe, Streams and Messages.

    `address` is `host:port`, or the path of a socket.
    """

    def __init__(self, binary: Path, *arguments: str) -> None:
        super().__init__(binary, arguments)
        ready, _, _ = select.select([self._output], [], [], START_SECONDS)
        first = self._output.readline() if ready else ""
        if not first:
            log = self.log()
            self.close()
            raise RuntimeError(f"the Kitex server did not start:\n{log}")
        self.address: str = json.loads(first)["address"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How a call failed, in Kitex's words; `kind` is explained in `client/answer.go`."""

    kind: Literal["business", "timeout", "exception", "stream", "network", "driver"]
    text: str
    type: int
    message: str
    extra: Mapping[str, str] = field(default_factory=dict)


Word = tuple[str, int]
"""Text and number of a word of `streams.thrift`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a step on a stream came to: the words received, whether the stream ended in order, or how it failed."""

    words: tuple[Word, ...] = ()
    end: bool = False
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """What became of a stream, step by step. A trailer with nothing in it is none, to Kitex."""

    steps: tuple[Outcome, ...]
    header: Mapping[str, str]
    trailer: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a call ended. Of a call that did not fail, `result` is the result struct in Go's JSON (None where JSON has
    no words for it) and `result_thrift` its Thrift Binary bytes; a oneway call has neither. A Protobuf method has the
    bytes of its `response` instead."""

    result: dict[str, Any] | None = None
    result_thrift: bytes | None = None
    response: bytes | None = None
    backward: Mapping[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    streamed: Streamed | None = None


class Step(TypedDict):
    """What to do with a stream next; `client/stream.go` says it. `text` and `number` are of a word that is sent."""

    do: Literal["send", "receive", "drain", "close", "cancel"]
    text: NotRequired[str]
    number: NotRequired[int]


class CallSettings(TypedDict):
    """How to make a call. Without `args` and `args_thrift` the arguments are as Go makes them: zero.

    `args_protobuf` are the bytes of a message, which Go reads and writes again; `body` those that it sends as they are.
    """

    address: str
    transport: Transport
    args: NotRequired[Mapping[str, object]]
    args_thrift: NotRequired[bytes]
    args_protobuf: NotRequired[bytes]
    body: NotRequired[bytes]
    mux: NotRequired[bool]
    short: NotRequired[bool]
    plain: NotRequired[bool]
    crc32c: NotRequired[bool]
    timeout_milliseconds: NotRequired[int]
    receive_milliseconds: NotRequired[int]
    stream: NotRequired[Sequence[Step]]
    persistent: NotRequired[Mapping[str, str]]
    transient: NotRequired[Mapping[str, str]]


class KitexClient(_Process):
    """A Kitex client that makes the calls it is told; any number at a time, from any thread."""

    def __init__(self, binary: Path) -> None:
        super().__init__(binary)
        self._ids = count(1)
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Answer]] = {}
        self._reader = threading.Thread(target=self._read, name="kitex-client")
        self._reader.start()

    def submit(self, service: str, method: str, **settings: Unpack[CallSettings]) -> Future[Answer]:
        """Start a call; the future always gets an `Answer`, never an exception of the call."""
        call_id = next(self._ids)
        line: dict[str, object] = {"id": call_id, "service": service, "method": method, **settings}
        line.update((name, value.hex()) for name, value in settings.items() if isinstance(value, bytes))
        future: Future[Answer] = Future()
        with self._lock:
            self._waiting[call_id] = future
            self._input.write(json.dumps(line) + "\n")
            self._input.flush()
        return future

    def call(self, service: str, method: str, **settings: Unpack[CallSettings]) -> Answer:
        """Make a call and wait for its end, half a minute at most."""
        return self.submit(service, method, **settings).result(30)

    def close(self) -> None:
        # The client answers what it was asked before it ends, so its output is read to the end first.
        self._input.close()
        self._reader.join(STOP_SECONDS)
        super().close()

    def _read(self) -> None:
        for line in self._output:
            told = json.loads(line)
            self._waiting.pop(told["id"]).set_result(_answer(told))
        for left in self._waiting.values():
            left.set_exception(RuntimeError(f"the Kitex client is gone:\n{self.log()}"))


def _answer(told: Mapping[str, Any]) -> Answer:
    return Answer(
        result=told.get("result"),
        result_thrift=_bytes(told.get("result_thrift")),
        response=_bytes(told.get("response")),
        backward=told.get("backward") or {},
        failure=_failure(told),
        streamed=_streamed(told["streamed"]) if told.get("streamed") else None,
    )


def _bytes(told: str | None) -> bytes | None:
    return None if told is None else bytes.fromhex(told)


def _failure(told: Mapping[str, Any]) -> Failure | None:
    return Failure(**told["error"]) if told.get("error") else None


def _streamed(told: Mapping[str, Any]) -> Streamed:
    steps = (
        Outcome(
            words=tuple((word["text"], word["number"]) for word in step.get("words", ())),
            end=step.get("end", False),
            failure=_failure(step),
        )
        for step in told["steps"]
    )
    return Streamed(steps=tuple(steps), header=told.get("header", {}), trailer=told.get("trailer", {}))
