"""Short cuts of a client: what they write is what the long way would; what they open is what it would find, or nothing.

Each is tried as it is and in pure Python: where nothing is compiled both are the same.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.errors import EncodeError, FrameTooLarge
from kitexgen.runtime.framing import (
    FRAMED_BINARY,
    TTHEADER_BINARY,
    TTHEADER_FRAMED_BINARY,
    Flag,
    Format,
    TTHeader,
)
from kitexgen.runtime.framing.ttheader import encode_header
from kitexgen.runtime.protocol import usual_call
from kitexgen.runtime.protocol.usual_call import (
    NOT_USUAL,
    Form,
    form_of,
    info_area,
    is_start_of_small,
    missing,
    opening_of,
)
from kitexgen.runtime.service.info import MethodInfo
from kitexgen.runtime.wire.native import fallbacks, is_compiled, pure_only
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ADD, ALL, ECHO, PING, PLAIN, TELL, Note, Refused, args, make_record, result
from tests.builders.whole import pack

FORMATS = (FRAMED_BINARY, TTHEADER_BINARY, TTHEADER_FRAMED_BINARY)
LIMIT = 1 << 20
KEEP = MethodInfo(
    name="keep",
    attribute="keep",
    arguments=make_record("keep_args", (1, "blob", "blob", "required", "binary"), module=__name__),
    result=make_record("keep_result", module=__name__),
)
PLAIN_HEADER = TTHeader(sequence_id=0, int_infos={22: "2"})
INFOS = info_area(encode_header(PLAIN_HEADER, 8), 0)


@pytest.fixture(params=["as it is", "pure"], autouse=True)
def way(request: pytest.FixtureRequest) -> Any:
    if request.param == "pure":
        with pure_only():
            yield
    else:
        yield


def request_form(format: Format, method: MethodInfo, limit: int = LIMIT) -> Form:
    header = encode_header(TTHeader(sequence_id=0, int_infos={22: "1"}), 0) if format.has_header else b""
    return form_of(header, format, method, limit)


def packed(format: Format, method: MethodInfo, sequence_id: int, arguments: Any) -> bytes:
    header = TTHeader(sequence_id=sequence_id, int_infos={22: "1"}) if format.has_header else None
    return pack(format, MessageKind.CALL, method.name, sequence_id, arguments, header=header)


def reply(
    method: MethodInfo,
    sequence_id: int,
    record: Any,
    *,
    format: Format = TTHEADER_FRAMED_BINARY,
    kind: MessageKind = MessageKind.REPLY,
    name: str | None = None,
    envelope: int | None = None,
    **header: Any,
) -> bytes:
    told = TTHeader(sequence_id=sequence_id, **{"int_infos": {22: "2"}, **header}) if format.has_header else None
    number = sequence_id if envelope is None else envelope
    message = pack(format, kind, name or method.name, number, record, header=told)
    return message[:8] + sequence_id.to_bytes(4, "big", signed=True) + message[12:] if told else message


def opened(data: bytes, method: MethodInfo, sequence_id: int = 7, limit: int = LIMIT) -> Any:
    opening = opening_of(method)
    assert opening is not None
    return usual_call.open_usual_answer(data, sequence_id, opening, INFOS, limit)


# ---- requests -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS, ids=str)
@pytest.mark.parametrize("sequence_id", [1, 2**31 - 1, -(2**31), -1])
@pytest.mark.parametrize("size", [0, 10, 2040, 4095, 4096, 100_000])
def test_a_request_is_what_pack_makes_of_it(format: Format, sequence_id: int, size: int) -> None:
    arguments = args(PLAIN, text="x" * size)
    before = fallbacks()
    pieces = usual_call.write_usual_call(request_form(format, PLAIN), sequence_id, arguments)
    assert b"".join(pieces) == packed(format, PLAIN, sequence_id, arguments)
    assert fallbacks() == before


def test_the_form_is_not_written_into() -> None:
    form = request_form(TTHEADER_FRAMED_BINARY, ADD)
    first = b"".join(usual_call.write_usual_call(form, 1, args(ADD, a=1, b=2)))
    assert usual_call.write_usual_call(form, 9, args(ADD, a=3, b=4)) != [first]
    assert b"".join(usual_call.write_usual_call(form, 1, args(ADD, a=1, b=2))) == first


@pytest.mark.parametrize("format", FORMATS, ids=str)
def test_a_large_blob_is_sent_from_where_it_lies(format: Format) -> None:
    blob = b"x" * 5000
    arguments = args(KEEP, blob=blob)
    pieces = usual_call.write_usual_call(request_form(format, KEEP), 1, arguments)
    assert any(piece is blob for piece in pieces)
    assert b"".join(pieces) == packed(format, KEEP, 1, arguments)


def test_a_request_that_is_too_large_is_refused() -> None:
    arguments = args(PLAIN, text="x" * 100)
    size = len(packed(FRAMED_BINARY, PLAIN, 1, arguments))
    usual_call.write_usual_call(request_form(FRAMED_BINARY, PLAIN, size), 1, arguments)
    with pytest.raises(FrameTooLarge):
        usual_call.write_usual_call(request_form(FRAMED_BINARY, PLAIN, size - 1), 1, arguments)


@pytest.mark.parametrize("value", [2**31, "three", None])
def test_what_cannot_be_written_is_said_by_the_codec(value: Any) -> None:
    with pytest.raises(EncodeError, match=r"add_args\.a"):
        usual_call.write_usual_call(request_form(FRAMED_BINARY, ADD), 1, args(ADD, a=value, b=1))


# ---- answers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS, ids=str)
@pytest.mark.parametrize(
    ("method", "values"),
    [
        (ADD, {"success": 5}),
        (ADD, {"success": 0}),
        (ECHO, {"success": Note(text="t", count=3)}),
        (ALL, {"success": [Note(text="t"), Note(text="u")]}),
        (ALL, {"success": []}),
        (PLAIN, {"success": ""}),
        (PING, {}),
    ],
    ids=lambda given: getattr(given, "name", None) or repr(given),
)
def test_a_value_alone_is_opened(format: Format, method: MethodInfo, values: dict[str, Any]) -> None:
    assert opened(reply(method, 7, result(method, **values), format=format), method) == values.get("success")


@pytest.mark.parametrize(
    "data",
    [
        reply(ADD, 7, result(ADD, success=5), name="sub"),
        reply(ADD, 8, result(ADD, success=5)),
        reply(ADD, 7, result(ADD, success=5), envelope=8),
        reply(ADD, 7, result(ADD, success=5), kind=MessageKind.STREAM),
        reply(ADD, 7, result(ADD)),
        reply(ADD, 7, result(ADD, success=5), string_infos={"crrst": "1"}),
        reply(ADD, 7, result(ADD, success=5), string_infos={"biz-status": "7"}),
        reply(ADD, 7, result(ADD, success=5), int_infos={22: "3"}),
        reply(ADD, 7, result(ADD, success=5), flags=Flag.STREAMING.value),
        reply(ADD, 7, result(ADD, success=5)) + b"\0",
        reply(ADD, 7, result(ADD, success=5)) * 2,
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"",
    ],
)
def test_all_else_is_not_usual(data: bytes) -> None:
    assert opened(data, ADD) is NOT_USUAL


def test_a_declared_exception_is_not_usual() -> None:
    assert opened(reply(ECHO, 7, result(ECHO, refused=Refused(code=1))), ECHO) is NOT_USUAL
    both = result(ECHO, refused=Refused(code=1), success=Note(text="t"))
    assert opened(reply(ECHO, 7, both), ECHO) is NOT_USUAL


@pytest.mark.parametrize("format", FORMATS, ids=str)
def test_no_part_of_an_answer_is_usual(format: Format) -> None:
    whole = reply(ECHO, 7, result(ECHO, success=Note(text="t" * 30, count=3)), format=format)
    assert [end for end in range(len(whole) + 1) if opened(whole[:end], ECHO) is not NOT_USUAL] == [len(whole)]


def test_a_large_answer_is_left_to_who_says_that_it_is_too_large() -> None:
    data = reply(ADD, 7, result(ADD, success=5), format=FRAMED_BINARY)
    assert opened(data, ADD, limit=len(data) - 4) == 5
    assert opened(data, ADD, limit=len(data) - 5) is NOT_USUAL


def test_inner_and_outer_length_must_agree() -> None:
    data = bytearray(reply(ADD, 7, result(ADD, success=5)))
    data[14 + len(INFOS) + 3] -= 1
    assert opened(bytes(data), ADD) is NOT_USUAL


@given(st.integers(0, 200), st.integers(0, 255))
def test_spoiled_answers_are_the_same_to_both(place: int, byte: int) -> None:
    data = bytearray(reply(ECHO, 7, result(ECHO, success=Note(text="text" * 20, count=3))))
    data[place % len(data)] = byte
    here = opened(bytes(data), ECHO)
    with pure_only():
        assert opened(bytes(data), ECHO) == here


# ---- many answers ---------------------------------------------------------------------------------------------------


class Waiters:
    """A table of calls of `add`, as `Multiplex` has it."""

    def __init__(self, *numbers: int) -> None:
        loop = asyncio.get_running_loop()
        self.futures = {number: loop.create_future() for number in numbers}
        opening = opening_of(ADD)
        self.table: dict[int, Any] = {number: (future, opening) for number, future in self.futures.items()}

    def take(self, data: bytes) -> int:
        return usual_call.take_usual_answers(data, self.table, INFOS, LIMIT)

    def values(self) -> dict[int, Any]:
        return {number: future.result() for number, future in self.futures.items() if future.done()}


def sums(*numbers: int) -> bytes:
    return b"".join(reply(ADD, number, result(ADD, success=number * 10)) for number in numbers)


async def test_each_gets_its_own() -> None:
    waiters = Waiters(1, 2, -3, 4)
    assert waiters.take(sums(2, -3, 1)) == len(sums(2, -3, 1))
    assert waiters.values() == {1: 10, 2: 20, -3: -30}
    assert set(waiters.table) == {4}


@pytest.mark.parametrize(
    "second",
    [
        sums(9) + sums(3),  # nobody waits for the first
        reply(ADD, 2, result(ADD, success=1), string_infos={"crrst": "1"}) + sums(3),
        reply(ADD, 2, result(ADD)) + sums(3),
        sums(2)[:-1],
        b"GET / HTTP",
    ],
)
async def test_it_stops_before_what_is_not_usual(second: bytes) -> None:
    waiters = Waiters(1, 2, 3)
    assert waiters.take(sums(1) + second) == len(sums(1))
    assert set(waiters.table) == {2, 3}
    assert waiters.values() == {1: 10}


async def test_who_waits_for_a_packet_is_left_alone() -> None:
    waiters = Waiters(1)
    packet = asyncio.get_running_loop().create_future()
    waiters.table[2] = packet
    assert waiters.take(sums(2, 1)) == 0
    assert not packet.done()
    assert set(waiters.table) == {1, 2}


async def test_an_answer_to_a_call_that_was_cancelled_is_dropped() -> None:
    waiters = Waiters(1, 2)
    waiters.futures[1].cancel()
    assert waiters.take(sums(1, 2)) == len(sums(1, 2))
    assert (waiters.table, waiters.futures[2].result()) == ({}, 20)


async def test_nothing_is_taken_while_no_info_area_is_known() -> None:
    waiters = Waiters(1)
    assert usual_call.take_usual_answers(sums(1), waiters.table, b"", LIMIT) == 0


# ---- small things ---------------------------------------------------------------------------------------------------


def test_the_info_area_is_found_when_all_of_it_is_there() -> None:
    data = sums(1)
    assert info_area(data, 0) == INFOS
    assert info_area(b"....." + data, 5) == INFOS
    assert info_area(data[: 14 + len(INFOS) - 1], 0) == b""
    assert info_area(reply(ADD, 1, result(ADD), format=FRAMED_BINARY), 0) == b""


def test_what_is_missing_of_a_message() -> None:
    whole = sums(1)
    assert [missing(whole[:end]) for end in (0, 5, 6, len(whole) - 1, len(whole))] == [0, 0, len(whole) - 6, 1, 0]
    assert missing(whole + whole) == 0
    assert missing(b"HTTP/1.1 ") == 0


def test_only_the_start_of_something_small_is_joined_with_what_comes() -> None:
    whole = sums(1)
    large = reply(PLAIN, 1, result(PLAIN, success="x" * 70_000))
    assert is_start_of_small(b"")
    assert is_start_of_small(whole[:5])
    assert is_start_of_small(whole[:-1])
    assert not is_start_of_small(whole)
    assert not is_start_of_small(large[:-1])
    assert not is_start_of_small(b"HTTP/1.1 ")


def test_a_oneway_method_has_no_answer_to_open() -> None:
    assert opening_of(TELL) is None


# ---- memory ---------------------------------------------------------------------------------------------------------


def _write() -> None:
    usual_call.write_usual_call(request_form(TTHEADER_FRAMED_BINARY, PLAIN), 1, args(PLAIN, text="x" * 5000))


def _open() -> None:
    opened(reply(ECHO, 7, result(ECHO, success=Note(text="t"))), ECHO)
    opened(reply(ECHO, 7, result(ECHO, refused=Refused(code=1))), ECHO)


@pytest.mark.skipif(not is_compiled(), reason="objects of Python need no counting")
@pytest.mark.parametrize("work", [_write, _open])
def test_no_object_stays(work: Callable[[], None]) -> None:
    for _ in range(10):
        work()
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(200):
        work()
    gc.collect()
    assert len(gc.get_objects()) - before < 50
