"""A reporter that writes down what it is told."""

from __future__ import annotations

from kitexgen.runtime.channel import ConnectionEvent


class Notebook:
    """Keeps events in their order; `names` alone says what happened."""

    def __init__(self) -> None:
        self.events: list[tuple[str, ConnectionEvent]] = []

    def conn_succeed(self, event: ConnectionEvent) -> None:
        self.events.append(("succeed", event))

    def conn_failed(self, event: ConnectionEvent) -> None:
        self.events.append(("failed", event))

    def reuse_succeed(self, event: ConnectionEvent) -> None:
        self.events.append(("reuse", event))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.events]
