"""A client and its server joined in memory: all is as in production, but for the port."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, TypeVar

from kitexgen.runtime.client.blocking import BlockingClient
from kitexgen.runtime.client.client import Client
from kitexgen.runtime.server.routing import Served
from kitexgen.runtime.server.server import Server

if TYPE_CHECKING:
    from kitexgen.runtime.client.options import ClientSettings
    from kitexgen.runtime.server.options import ServerSettings

AnyClient = TypeVar("AnyClient", bound=Client)
AnyBlockingClient = TypeVar("AnyBlockingClient", bound=BlockingClient)

_NUMBERS = itertools.count(1)


@asynccontextmanager
async def connected(
    client: type[AnyClient],
    handler: object,
    *,
    client_settings: ClientSettings | None = None,
    server_settings: ServerSettings | None = None,
) -> AsyncIterator[AnyClient]:
    """A client of the generated class `client` whose calls `handler` answers; both are closed on leaving.

        async with connected(UserServiceClient, UserHandler()) as users:
            assert (await users.get_user(request)).name == "Ada"

    The settings are those of clients and servers; `hosts` is set here. Raises IncompleteHandler.
    """
    service = client.__service__
    address = _free_name(service.name)
    server = Server(Served(service, handler), address=address, **_of_server(server_settings))
    async with server, client(service.name, **_of_client(client_settings, address)) as joined:
        yield joined


@contextmanager
def connected_blocking(
    client: type[AnyBlockingClient],
    handler: object,
    *,
    client_settings: ClientSettings | None = None,
    server_settings: ServerSettings | None = None,
) -> Iterator[AnyBlockingClient]:
    """The same for a blocking client. The handler's calls run on the event loop of a thread that lives as long.

    with connected_blocking(UserServiceBlockingClient, UserHandler()) as users:
        assert users.get_user(request).name == "Ada"
    """
    service = client.__service__
    address = _free_name(service.name)
    server = Server(Served(service, handler), address=address, **_of_server(server_settings))
    with _running(server), client(service.name, **_of_client(client_settings, address)) as joined:
        yield joined


@contextmanager
def _running(server: Server) -> Iterator[None]:
    """`server` on the loop of a thread of its own. What goes wrong there is raised here."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="kitexgen-testing-server", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result()
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _of_client(wanted: ClientSettings | None, address: str) -> ClientSettings:
    settings: ClientSettings = {}
    settings.update(wanted or {})
    settings["hosts"] = [address]
    return settings


def _of_server(wanted: ServerSettings | None) -> ServerSettings:
    # No request can be on its way for long: what is sent here has come in the next turn of the loop.
    settings: ServerSettings = {"late_requests": 0.0}
    settings.update(wanted or {})
    return settings


def _free_name(service: str) -> str:
    return f"memory:{service}-{next(_NUMBERS)}"
