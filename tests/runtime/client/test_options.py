"""What a client takes, and what it says to what it does not take."""

from __future__ import annotations

from typing import Any

import pytest

from kitexgen.runtime.channel import IdleLimits
from kitexgen.runtime.client import BlockingClient, Client
from kitexgen.runtime.client.options import ClientOptions, ClientSettings, client_options
from kitexgen.runtime.framing import BUFFERED_COMPACT, FRAMED_BINARY
from kitexgen.runtime.net import TcpAddress, UnixAddress


def test_defaults() -> None:
    options = client_options()
    assert options == ClientOptions()
    assert (options.format, options.timeout, options.connect_timeout) == (FRAMED_BINARY, None, 1.0)
    assert options.idle == IdleLimits(per_address=10, total=100, timeout=60.0)


def test_settings() -> None:
    options = client_options(hosts=["h:1", "unix:/x"], transport="buffered", protocol="compact", timeout=0.5)
    assert options.hosts == (TcpAddress("h", 1), UnixAddress("/x"))
    assert (options.format, options.timeout) == (BUFFERED_COMPACT, 0.5)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"hosts": "127.0.0.1:1"}, TypeError, '`hosts` is a list of addresses: write hosts=["127.0.0.1:1"]'),
        ({"hosts": ["nowhere"]}, ValueError, "`nowhere` is no address: write `host:port`, `[v6]:port` or `unix:path`"),
        (
            {"transport": "http"},
            ValueError,
            "transport `http` is unknown: use framed or buffered or ttheader or ttheader_framed",
        ),
        ({"timeout": "1s"}, TypeError, "timeout is a number of seconds, not '1s'"),
        (
            {"receive_timeout": -1.0},
            ValueError,
            "receive_timeout is -1.0 seconds; for no limit say None",
        ),
        ({"protocol": "json"}, ValueError, "protocol `json` is unknown: use binary or compact or protobuf"),
    ],
)
def test_what_cannot_be_set(settings: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        client_options(**settings)
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ["middlewares", "stream_middlewares", "instance_middlewares"])
def test_one_may_stand_without_a_list_and_several_in_whatever_can_be_iterated(name: str) -> None:
    def one() -> None:
        raise AssertionError("never called")

    given: list[Any] = [one, [one, one], (each for each in (one, one))]
    assert [getattr(client_options(**{name: value}), name) for value in given] == [(one,), (one, one), (one, one)]


class NotesClient(Client):
    """As one is generated."""


class NotesBlockingClient(BlockingClient):
    """As one is generated."""


@pytest.mark.parametrize("client", [NotesClient, NotesBlockingClient])
def test_an_unknown_setting_is_refused(client: Any) -> None:
    with pytest.raises(TypeError) as caught:
        client("notes", timeuot=3)
    assert str(caught.value) == f"{client.__name__} has no setting `timeuot`: did you mean `timeout`?"
    with pytest.raises(TypeError, match=f"^{client.__name__} has no setting `zzz`: there are caller, checksum, "):
        client("notes", zzz=3)


def test_every_setting_is_typed() -> None:
    assert set(ClientSettings.__annotations__) == set(client_options.__kwdefaults__ or ())
