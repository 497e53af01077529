"""Key-values that travel with calls: how they are set, how far they go, who sees them."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Iterator

import pytest

from kitexgen.runtime import metainfo
from kitexgen.runtime.call import Metainfo, RpcInfo
from kitexgen.runtime.call.current import enter
from tests.builders.services import ADD, NOTES


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    """Every test begins with nothing set, and leaves nothing behind."""
    metainfo.begin(Metainfo())
    yield
    metainfo.begin(Metainfo())


def test_what_is_set_can_be_read_and_is_sent() -> None:
    metainfo.set_persistent("p", "1")
    metainfo.set_transient("t", "2")
    assert (metainfo.get_persistent("p"), metainfo.get_transient("t")) == ("1", "2")
    assert (metainfo.get_persistent("t"), metainfo.get_transient("p")) == (None, None)
    assert metainfo.outgoing() == Metainfo({"p": "1"}, {"t": "2"})
    metainfo.del_persistent("p")
    metainfo.del_persistent("p")
    metainfo.del_transient("t")
    assert metainfo.outgoing() == Metainfo()


def test_empty_keys_and_values_are_ignored() -> None:
    metainfo.set_persistent("", "x")
    metainfo.set_persistent("x", "")
    metainfo.set_transient("", "x")
    assert metainfo.outgoing() == Metainfo()


def test_transient_goes_one_hop_and_persistent_all() -> None:
    first = Metainfo({"p": "1"}, {"t": "2"}, {"old": "3"})
    metainfo.begin(first)  # it arrived here
    assert metainfo.all_persistent() == {"p": "1"}
    assert metainfo.all_transient() == {"t": "2"}  # and what was stale before is gone
    second = metainfo.outgoing()
    assert second == Metainfo({"p": "1"})
    metainfo.set_transient("t", "mine")
    assert metainfo.get_transient("t") == "mine"
    assert metainfo.all_transient() == {"t": "mine"}
    assert metainfo.outgoing() == Metainfo({"p": "1"}, {"t": "mine"})


def test_a_received_transient_value_can_be_forgotten() -> None:
    metainfo.begin(Metainfo({}, {"t": "2"}))
    metainfo.del_transient("t")
    assert metainfo.get_transient("t") is None


def test_a_block_sends_more_and_restores() -> None:
    metainfo.set_persistent("p", "outer")
    with metainfo.sending(persistent={"p": "inner"}, transient={"t": "x", "": "ignored"}):
        assert metainfo.outgoing() == Metainfo({"p": "inner"}, {"t": "x"})
    assert metainfo.outgoing() == Metainfo({"p": "outer"})


async def test_tasks_started_later_see_it_and_others_do_not() -> None:
    async def read() -> str | None:
        return metainfo.get_persistent("p")

    before = contextvars.copy_context()
    metainfo.set_persistent("p", "1")
    assert await asyncio.create_task(read()) == "1"
    assert before.run(metainfo.get_persistent, "p") is None

    async def change() -> None:
        metainfo.set_persistent("p", "2")

    await asyncio.create_task(change())
    assert metainfo.get_persistent("p") == "1"


def test_backward_needs_a_call_that_is_served() -> None:
    def send() -> None:
        with pytest.raises(RuntimeError, match="no call is served here"):
            metainfo.send_backward("k", "v")

    contextvars.Context().run(send)


def test_backward_goes_with_the_answer() -> None:
    info = RpcInfo(side="server", destination="Notes", service=NOTES, method=ADD)

    def handle() -> None:
        enter(info)
        metainfo.send_backward("k", "v")
        metainfo.send_backward("", "v")
        metainfo.send_backward("k2", "")

    contextvars.Context().run(handle)
    assert info.backward == {"k": "v"}


def test_backward_keys_of_volo_are_known_by_both_names() -> None:
    with metainfo.received_backward() as back:
        metainfo.bring_back({"RPC_BACKWARD_k": "v", "RPC_BACKWARD_": "none"})
    assert dict(back) == {"RPC_BACKWARD_k": "v", "k": "v", "RPC_BACKWARD_": "none"}


def test_backward_is_gathered_by_those_who_ask() -> None:
    metainfo.bring_back({"k": "lost"})
    with metainfo.received_backward() as outer:
        metainfo.bring_back({"k": "1", "": "x", "e": ""})
        with metainfo.received_backward() as inner:
            contextvars.copy_context().run(metainfo.bring_back, {"k": "2"})
        metainfo.bring_back({"l": "3"})
    metainfo.bring_back({"k": "lost"})
    assert (dict(outer), dict(inner)) == ({"k": "1", "l": "3"}, {"k": "2"})
