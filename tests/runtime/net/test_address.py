"""Addresses as people write them."""

from __future__ import annotations

import pytest

from kitexgen.runtime.net import Address, MemoryAddress, TcpAddress, UnixAddress, parse_address
from kitexgen.runtime.net.connection import address_of


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("127.0.0.1:8888", TcpAddress("127.0.0.1", 8888), "127.0.0.1:8888"),
        ("localhost:0", TcpAddress("localhost", 0), "localhost:0"),
        (":8888", TcpAddress("", 8888), ":8888"),
        ("[::1]:65535", TcpAddress("::1", 65535), "[::1]:65535"),
        ("unix:/run/x.sock", UnixAddress("/run/x.sock"), "unix:/run/x.sock"),
        ("unix:///run/x.sock", UnixAddress("/run/x.sock"), "unix:/run/x.sock"),
        ("unix:x.sock", UnixAddress("x.sock"), "unix:x.sock"),
        ("/run/x.sock", UnixAddress("/run/x.sock"), "unix:/run/x.sock"),
        ("memory:users", MemoryAddress("users"), "memory:users"),
        ("./x.sock", UnixAddress("./x.sock"), "unix:./x.sock"),
    ],
)
def test_addresses(text: str, address: Address, shown: str) -> None:
    assert parse_address(text) == address
    assert str(address) == shown
    assert parse_address(shown) == address


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("localhost", "`localhost` is no address: write `host:port`, `[v6]:port` or `unix:path`"),
        ("::1:80", "`::1:80` is no address: put an IPv6 host in brackets, as in `[::1]:8888`"),
        ("host:http", "`host:http` is no address: `http` is no port between 0 and 65535"),
        ("host:65536", "`host:65536` is no address: `65536` is no port between 0 and 65535"),
        ("host:-1", "`host:-1` is no address: `-1` is no port between 0 and 65535"),
        ("host:٣", "`host:٣` is no address: `٣` is no port between 0 and 65535"),
        ("unix:", "`unix:` is no address: the path of the unix socket is missing"),
        ("memory:", "`memory:` is no address: the name in memory is missing"),
    ],
)
def test_what_is_no_address(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole text is compared
        parse_address(text)
    assert str(caught.value) == message


def test_names_of_sockets() -> None:
    assert address_of(("127.0.0.1", 80)) == TcpAddress("127.0.0.1", 80)
    assert address_of(("::1", 80, 0, 0)) == TcpAddress("::1", 80)
    assert address_of("/x") == UnixAddress("/x")
    assert address_of(MemoryAddress("users")) == MemoryAddress("users")
    assert address_of(b"\x00abstract") == UnixAddress("\0abstract")
