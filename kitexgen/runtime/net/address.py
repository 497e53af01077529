"""Address: where a peer is, as people write it in `hosts=` and `address=`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A host name or IP address, and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class UnixAddress:
    """The path of a unix domain socket."""

    path: str

    def __str__(self) -> str:
        return f"unix:{self.path}"


@dataclass(frozen=True, slots=True)
class MemoryAddress:
    """A name on which a server of this very process listens, and nobody else can call."""

    name: str

    def __str__(self) -> str:
        return f"memory:{self.name}"


Address: TypeAlias = TcpAddress | UnixAddress | MemoryAddress


def parse_address(text: str) -> Address:
    """The address that `text` spells: `host:port`, `[v6 address]:port`, `:port` (every interface), `unix:path` or
    `memory:name`.

    A text that starts with `/` or `.` is the path of a unix socket too. Raises ValueError saying what is missing.
    """
    if text.startswith("unix:"):
        return _unix(text.removeprefix("unix:").removeprefix("//"), text)
    if text.startswith("memory:"):
        return _memory(text.removeprefix("memory:"), text)
    if text.startswith(("/", ".")):
        return _unix(text, text)
    host, colon, port = text.rpartition(":")
    if not colon:
        raise ValueError(f"`{text}` is no address: write `host:port`, `[v6]:port` or `unix:path`")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(f"`{text}` is no address: put an IPv6 host in brackets, as in `[::1]:8888`")
    if not (port.isascii() and port.isdigit() and int(port) <= 65535):
        raise ValueError(f"`{text}` is no address: `{port}` is no port between 0 and 65535")
    return TcpAddress(host, int(port))


def _unix(path: str, text: str) -> UnixAddress:
    if not path:
        raise ValueError(f"`{text}` is no address: the path of the unix socket is missing")
    return UnixAddress(path)


def _memory(name: str, text: str) -> MemoryAddress:
    if not name:
        raise ValueError(f"`{text}` is no address: the name in memory is missing")
    return MemoryAddress(name)
