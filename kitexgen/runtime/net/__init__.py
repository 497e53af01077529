"""The only room that opens sockets: connections that call back, blocking ones, dialling and listening."""

from kitexgen.runtime.net.address import Address, MemoryAddress, TcpAddress, UnixAddress, parse_address
from kitexgen.runtime.net.blocking import BlockingConnection
from kitexgen.runtime.net.connection import Connection, Receiver
from kitexgen.runtime.net.dial import dial, dial_blocking, dial_shared
from kitexgen.runtime.net.listen import Listener, listen
from kitexgen.runtime.net.shared import SharedConnection
from kitexgen.runtime.net.tls import ClientTls, check_server_context

__all__ = [
    "Address",
    "BlockingConnection",
    "ClientTls",
    "Connection",
    "Listener",
    "MemoryAddress",
    "Receiver",
    "SharedConnection",
    "TcpAddress",
    "UnixAddress",
    "check_server_context",
    "dial",
    "dial_blocking",
    "dial_shared",
    "listen",
    "parse_address",
]
