"""Answering: servers, what they serve, and the onion every call goes through."""

from kitexgen.runtime.server.options import ServerOptions, ServerSettings
from kitexgen.runtime.server.routing import Served
from kitexgen.runtime.server.run import run
from kitexgen.runtime.server.serve import serve
from kitexgen.runtime.server.server import Server

__all__ = ["Served", "Server", "ServerOptions", "ServerSettings", "run", "serve"]
