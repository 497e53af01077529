"""For generated service modules: what clients derive from, and what `serve` takes."""

from __future__ import annotations

from kitexgen.runtime.client.blocking import BlockingClient
from kitexgen.runtime.client.client import Client
from kitexgen.runtime.client.options import ClientSettings
from kitexgen.runtime.server.options import ServerSettings
from kitexgen.runtime.server.routing import Served
from kitexgen.runtime.server.serve import serve
from kitexgen.runtime.server.server import Server

__all__ = ["BlockingClient", "Client", "ClientSettings", "Served", "Server", "ServerSettings", "serve"]
