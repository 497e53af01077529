"""The programs of a laid down project: server and client meet, stop in order, and say what is wrong."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.scaffold.projects import ENVIRONMENT, ORDERS, in_project, new


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def started(**settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "server.py"],
        cwd="shop",
        env={**ENVIRONMENT, "ADDRESS": "127.0.0.1:0", **settings},
        stdout=subprocess.PIPE,
        text=True,
    )


def until_it_serves(server: subprocess.Popen[str]) -> list[dict[str, object]]:
    """What it logs, up to the line that has the address."""
    assert server.stdout is not None
    logged = []
    for line in server.stdout:
        logged.append(json.loads(line))
        if "address" in logged[-1]:
            break
    return logged


@contextmanager
def serving() -> Iterator[tuple[str, list[dict[str, object]]]]:
    """The address of the project's server, and a list that has what it logged, once it has stopped in order."""
    with started() as server:
        logged = until_it_serves(server)
        try:
            yield str(logged[-1]["address"]), logged
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.stdout is not None
        logged += map(json.loads, server.stdout)
    assert server.returncode == 0


def what_the_client_prints(address: str) -> str:
    client = in_project("client.py", environment={"ADDRESS": address, "TIMEOUT": "10"})
    assert client.returncode == 0, client.stderr
    return client.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "raised", "outcome"),
    [
        ((), "raised NoteNotFound(id=404)", "NoteNotFound"),
        (("--proto",), "raised BizStatusError(", "status 404"),
    ],
)
def test_server_and_client_of_the_sample_meet(language: tuple[str, ...], raised: str, outcome: str) -> None:
    new("shop", *language)
    with serving() as (address, logged):
        printed = what_the_client_prints(address)
    assert printed.startswith("added  Note(id=1, text='buy milk'")
    assert raised in printed
    calls = [line for line in logged if line["logger"] == "calls"]
    assert [(call["method"], call["outcome"]) for call in calls] == [
        ("AddNote", "ok"),
        ("FindNotes", "ok"),
        ("GetNote", outcome),
    ]
    assert all(isinstance(call["ms"], float) and call["level"] == "INFO" for call in calls)
    assert logged[-1]["message"] == "stopped"


@pytest.mark.slow
def test_server_and_client_of_own_idl_meet() -> None:
    new("shop", *ORDERS)
    with serving() as (address, logged):
        assert what_the_client_prints(address).startswith("the server says: biz error: Orders.PlaceOrder")
    assert any("NotImplementedError" in str(line.get("exception")) for line in logged)
    handler = Path("shop/handler.py")
    text = handler.read_text(encoding="utf-8")
    assert text.count('raise NotImplementedError("Orders.PlaceOrder")') == 1
    handler.write_text(text.replace('raise NotImplementedError("Orders.PlaceOrder")', 'return Order(id="order-1")'))
    with serving() as (address, _):
        assert what_the_client_prints(address).startswith("Order(id='order-1', lines=[]")


@pytest.mark.slow
def test_the_server_serves_on_while_it_drains() -> None:
    new("shop")
    with started(DRAIN="60") as server:
        address = str(until_it_serves(server)[-1]["address"])
        server.send_signal(signal.SIGTERM)
        assert server.stdout is not None
        assert json.loads(server.stdout.readline())["message"] == "stopping"
        assert what_the_client_prints(address).startswith("added ")
        server.send_signal(signal.SIGTERM)  # the second one waits for nothing
    assert server.returncode == -signal.SIGTERM


def test_an_address_in_use_is_told_by_the_server() -> None:
    new("shop")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = in_project("server.py", environment={"ADDRESS": address})
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.endswith(f"cannot listen on {address}: Address already in use\n")


def test_a_server_that_is_not_there_is_told_by_the_client() -> None:
    new("shop")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        done = in_project("client.py", environment={"ADDRESS": address})
    assert done.returncode == 1
    assert done.stderr == (
        f"cannot connect: Connection refused (shop.AddNote at {address})\nIs it running? `make run` starts it.\n"
    )


@pytest.mark.parametrize("program", ["server.py", "client.py", "health.py"])
def test_a_wrong_setting_is_told_in_one_line(program: str) -> None:
    new("shop")
    done = in_project(program, environment={"LOG_LEVEL": "loud"})
    assert done.returncode == 1
    assert done.stderr == "LOG_LEVEL is 'loud', and must be one of DEBUG, INFO, WARNING, ERROR\n"


def test_a_dead_server_is_told_by_its_health() -> None:
    new("shop")
    alive = Path("alive").absolute()
    done = in_project("health.py", environment={"HEALTH_FILE": str(alive)})
    assert done.returncode == 1
    assert done.stderr == f"{alive} was not touched for 10 s: the server is not alive\n"
    alive.touch()
    assert in_project("health.py", environment={"HEALTH_FILE": str(alive)}).returncode == 0
    assert in_project("health.py", environment={"HEALTH_FILE": ""}).returncode == 1
