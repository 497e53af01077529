"""The Kitex peers themselves, client to server: what all other tests here rest on."""

from __future__ import annotations

import pytest

from tests.peers.kitex_processes import Failure, KitexClient, KitexServer, Transport

pytestmark = pytest.mark.interop

TRANSPORTS: tuple[Transport, ...] = ("framed", "buffered", "ttheader", "ttheaderframed")


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_call_is_answered(kitex_server: KitexServer, kitex_client: KitexClient, transport: Transport) -> None:
    answer = kitex_client.call("Echo", "hello", address=kitex_server.address, transport=transport, args={"name": "bob"})
    assert answer.failure is None
    assert answer.result == {"success": "hi bob"}
    assert answer.result_thrift == bytes.fromhex("0b0000 00000006 686920626f62 00")


def test_arguments_can_be_given_as_bytes(kitex_server: KitexServer, kitex_client: KitexClient) -> None:
    answer = kitex_client.call(
        "Probe",
        "give_string",
        address=kitex_server.address,
        transport="framed",
        args_thrift=bytes.fromhex("0b0001 00000002 fffe 00"),  # no JSON holds a string that is not UTF-8
    )
    assert answer.result_thrift == bytes.fromhex("0b0000 00000002 fffe 00")


def test_calls_run_at_the_same_time(kitex_server: KitexServer, kitex_client: KitexClient) -> None:
    waits = [
        kitex_client.submit(
            "Probe", "sleep", address=kitex_server.address, transport="framed", args={"milliseconds": milliseconds}
        )
        for milliseconds in (200, 1)
    ]
    assert waits[1].result(30).result == {"success": 1}
    assert not waits[0].done()
    assert waits[0].result(30).result == {"success": 200}


def test_a_oneway_call_has_no_result(kitex_server: KitexServer, kitex_client: KitexClient) -> None:
    address = kitex_server.address
    sent = kitex_client.call("Probe", "note", address=address, transport="framed", args={"text": "peers agree"})
    assert (sent.result, sent.result_thrift, sent.failure) == (None, None, None)
    asked = {"text": "peers agree", "milliseconds": 5000}
    noted = kitex_client.call("Probe", "noted", address=address, transport="framed", args=asked)
    assert noted.result == {"success": True}


@pytest.mark.parametrize(
    ("method", "args", "failure"),
    [
        (
            "fail",
            {"text": "no luck"},
            Failure(
                kind="exception",
                text="remote or network error[remote]: biz error: no luck",
                type=6,
                message="biz error: no luck",
            ),
        ),
        (
            "refuse",
            {"type": 1000, "text": "closed today"},
            Failure(
                kind="exception",
                text="remote or network error[remote]: closed today [biz error]",
                type=1000,
                message="closed today [biz error]",
            ),
        ),
        (
            "business",
            {"code": -5, "message": "no money", "extra": {"k": "<v>"}},
            Failure(
                kind="business",
                text="biz error: code=-5, msg=no money",
                type=-5,
                message="no money",
                extra={"k": "<v>"},
            ),
        ),
        (
            "crash",
            {"text": "kaboom"},
            Failure(
                kind="exception",
                text="remote or network error[remote]: panic: [happened in biz handler, method=Probe.crash, "
                "please check the panic at the server side] kaboom",
                type=6,
                message="panic: [happened in biz handler, method=Probe.crash, "
                "please check the panic at the server side] kaboom",
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_failures_are_told_apart(
    kitex_server: KitexServer, kitex_client: KitexClient, method: str, args: dict[str, object], failure: Failure
) -> None:
    answer = kitex_client.call("Probe", method, address=kitex_server.address, transport="ttheader", args=args)
    assert answer.failure == failure


def test_a_timeout_and_a_dead_address_are_told_apart(kitex_server: KitexServer, kitex_client: KitexClient) -> None:
    late = kitex_client.call(
        "Probe",
        "sleep",
        address=kitex_server.address,
        transport="framed",
        args={"milliseconds": 400},
        timeout_milliseconds=50,
    )
    assert late.failure is not None
    assert late.failure.kind == "timeout"
    nobody = kitex_client.call("Echo", "nop", address="127.0.0.1:1", transport="framed")
    assert nobody.failure is not None
    assert nobody.failure.kind == "network"


def test_what_travels_beside_a_call_is_told(kitex_server: KitexServer, kitex_client: KitexClient) -> None:
    answer = kitex_client.call(
        "Probe",
        "relay",
        address=kitex_server.address,
        transport="ttheader",
        args={"address": kitex_server.address},
        persistent={"far": "1"},
        transient={"near": "2"},
    )
    assert answer.failure is None
    assert answer.result is not None
    seen = answer.result["success"]
    assert (seen["caller"], seen["caller_method"]) == ("kitex-server", "relay")
    assert (seen["persistent"], seen["transient"]) == ({"far": "1"}, {})


def test_a_line_that_asks_for_nothing_known_is_a_mistake_of_the_test(kitex_client: KitexClient) -> None:
    answer = kitex_client.call("Echo", "nonsense", address="127.0.0.1:1", transport="framed")
    assert answer.failure == Failure(kind="driver", text='no method "nonsense" in Echo', type=0, message="")
