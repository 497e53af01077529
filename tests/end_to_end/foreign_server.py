"""Runs the processor of another implementation on a real socket, in a thread, until told to stop.

Their own servers cannot be stopped; their transports, protocols and processors are what is to be tested.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def foreign_server(serve_one: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of a server that gives each connection to `serve_one`, which returns when its peer has closed."""
    listening = socket.create_server(("127.0.0.1", 0))
    host, port = listening.getsockname()[:2]
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                accepted, _ = listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=_serve, args=(serve_one, accepted))
            threads.append(thread)
            thread.start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield f"{host}:{port}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        accepting.join()
        listening.close()
        for thread in threads:
            thread.join()


def _serve(serve_one: Callable[[socket.socket], None], accepted: socket.socket) -> None:
    with accepted:
        serve_one(accepted)
