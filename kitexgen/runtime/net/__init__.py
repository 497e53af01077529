"""The only room that opens sockets: connections that call back, blocking ones, dialling and listening."""

from kitexgen.runtime.net.address import Address, TcpAddress, UnixAddress, parse_address
from kitexgen.runtime.net.blocking import BlockingConnection
from kitexgen.runtime.net.connection import Connection, Receiver
from kitexgen.runtime.net.dial import dial, dial_blocking
from kitexgen.runtime.net.listen import Listener, listen

__all__ = [
    "Address",
    "BlockingConnection",
    "Connection",
    "Listener",
    "Receiver",
    "TcpAddress",
    "UnixAddress",
    "dial",
    "dial_blocking",
    "listen",
    "parse_address",
]
