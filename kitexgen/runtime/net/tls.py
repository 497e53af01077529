"""TLS: what a client and a server need beside an `ssl.SSLContext`, and mistakes in it found at once.

Certificates, their trust and mutual TLS are matters of the context (`load_cert_chain`, `load_verify_locations`,
`verify_mode`); nothing here loosens it.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from kitexgen.runtime.errors import ConnectError
from kitexgen.runtime.net.address import Address, TcpAddress

HANDSHAKE_TIMEOUT = 5.0
"""Seconds a server gives a client for its handshake: as long as for the rest of a request that has begun."""

SHUTDOWN_TIMEOUT = 1.0
"""Seconds a closing side waits for the other's goodbye. Messages say their own length, so nothing can be cut off unseen
when the goodbye stays away; asyncio's 30 s would keep a closing client busy."""


@dataclass(frozen=True, slots=True)
class ClientTls:
    """TLS of a client: the `context`, and the name the server's certificate must bear.

    `server_hostname` is also sent (SNI); None means the host of the address. It is needed with unix sockets, and where
    the certificate does not name the host that `hosts` do.
    """

    context: ssl.SSLContext
    server_hostname: str | None = None

    def __post_init__(self) -> None:
        if self.context.protocol is ssl.PROTOCOL_TLS_SERVER:
            raise ValueError("`tls` is a server's context: a client takes one of ssl.create_default_context()")

    def name_at(self, address: Address) -> str | None:
        """The name that the certificate at `address` must bear; None when the context does not ask for one.

        Raises ConnectError when it does and there is none.
        """
        if self.server_hostname is not None:
            return self.server_hostname
        if isinstance(address, TcpAddress):
            return address.host or "localhost"
        if self.context.check_hostname:
            words = "a unix socket has no host name to check the certificate for: set `server_hostname`"
            raise ConnectError(words, remote=str(address))
        return None


def check_server_context(context: ssl.SSLContext) -> None:
    """Raise ValueError when `context` is not one for servers."""
    if context.protocol is ssl.PROTOCOL_TLS_CLIENT:
        raise ValueError("`tls` is a client's context: a server takes ssl.create_default_context(Purpose.CLIENT_AUTH)")


def say_goodbye(secured: ssl.SSLSocket) -> None:
    """Tell the peer that nothing more comes; do not wait for its answer. Some count a missing goodbye as an error."""
    try:
        secured.settimeout(0)
        secured.unwrap()
    except (OSError, ValueError):
        return  # it went away first, or its own goodbye is still on the way: which does not matter any more
