"""Calling: the asyncio client, the blocking one, and the onion both are made of."""

from kitexgen.runtime.client.blocking import BlockingClient
from kitexgen.runtime.client.client import Client
from kitexgen.runtime.client.options import ClientOptions, ClientSettings

__all__ = ["BlockingClient", "Client", "ClientOptions", "ClientSettings"]
