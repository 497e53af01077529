"""For generated service modules: what clients are made of, and how handlers are served."""

from __future__ import annotations

from kitexgen.runtime.client.blocking import BlockingClient
from kitexgen.runtime.client.client import Client
from kitexgen.runtime.client.options import ClientSettings
from kitexgen.runtime.server.options import ServerSettings
from kitexgen.runtime.server.routing import Served
from kitexgen.runtime.server.serve import serve

__all__ = ["BlockingClient", "Client", "ClientSettings", "Served", "ServerSettings", "serve"]
