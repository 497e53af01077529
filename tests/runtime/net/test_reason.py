"""What errors of the system say, and why a connection ended."""

from __future__ import annotations

import errno
import socket

import pytest

from kitexgen.runtime.errors import ConnectionClosed, KitexError, ProtocolError
from kitexgen.runtime.net.reason import connection_ended, reason


def test_reasons() -> None:
    assert reason(OSError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)")) == "Connection refused"
    assert reason(socket.gaierror(socket.EAI_NONAME, "Name or service not known")) == "Name or service not known"
    assert reason(OSError("Multiple exceptions: ...")) == "Multiple exceptions: ..."
    assert reason(ConnectionError()) == "ConnectionError"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConnectionClosed("the client is closed"), "the client is closed"),
        (ProtocolError("no answer"), "connection closed after an error: no answer"),
    ],
)
def test_each_who_shares_a_connection_gets_an_error_of_its_own(error: KitexError, text: str) -> None:
    first, second = connection_ended(error), connection_ended(error)
    assert first is not second
    assert str(first) == str(second) == text
    assert first.__cause__ is second.__cause__ is error
