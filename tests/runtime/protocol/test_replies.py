"""What an answer means to the caller."""

from __future__ import annotations

import pytest

from kitexgen.runtime.errors import (
    ApplicationError,
    DecodeError,
    InvalidMessageType,
    OutOfOrderSequence,
    UnknownService,
    WrongMethodName,
)
from kitexgen.runtime.framing import BUFFERED_BINARY, BUFFERED_COMPACT, FRAMED_BINARY, Format, Packet
from kitexgen.runtime.protocol import open_answer, value_of
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import (
    ADD,
    PLAIN,
    TELL,
    result,
)
from tests.builders.whole import pack, pack_exception


def reply(kind: MessageKind = MessageKind.REPLY, method: str = "add", sequence_id: int = 7, value: int = 3) -> Packet:
    return Packet(FRAMED_BINARY, pack(BUFFERED_BINARY, kind, method, sequence_id, result(ADD, success=value)))


def exception(error: ApplicationError, method: str = "add", sequence_id: int = 7) -> Packet:
    return Packet(FRAMED_BINARY, pack_exception(BUFFERED_BINARY, method, sequence_id, error))


def test_a_reply_gives_its_value() -> None:
    assert value_of(open_answer(reply(), ADD, 7), ADD) == 3


@pytest.mark.parametrize("format", [BUFFERED_BINARY, BUFFERED_COMPACT])
def test_a_reply_may_come_in_another_format(format: Format) -> None:
    packet = Packet(format, pack(format, MessageKind.REPLY, "plain", 1, result(PLAIN, success="x")))
    assert value_of(open_answer(packet, PLAIN, 1), PLAIN) == "x"


def test_a_reply_to_another_call_is_refused() -> None:
    with pytest.raises(OutOfOrderSequence) as caught:
        open_answer(reply(sequence_id=-1), ADD, 7)
    assert (caught.value.expected, caught.value.received) == (7, -1)


def test_a_reply_of_another_method_is_refused() -> None:
    with pytest.raises(WrongMethodName) as caught:
        open_answer(reply(method="sub"), ADD, 7)
    assert (caught.value.expected, caught.value.received) == ("add", "sub")


def test_kitexs_own_kind_of_message_is_a_reply() -> None:
    assert value_of(open_answer(reply(kind=MessageKind.STREAM), ADD, 7), ADD) == 3


@pytest.mark.parametrize("kind", [MessageKind.CALL, MessageKind.ONEWAY])
def test_a_call_is_no_answer(kind: MessageKind) -> None:
    with pytest.raises(InvalidMessageType):
        open_answer(reply(kind=kind), ADD, 7)


def test_an_exception_is_raised_whatever_its_name_and_number() -> None:
    with pytest.raises(ApplicationError) as caught:
        open_answer(exception(ApplicationError(6, "biz error: x"), method="", sequence_id=0), ADD, 7)
    assert (caught.value.type, caught.value.message) == (6, "biz error: x")


def test_known_exceptions_have_classes() -> None:
    with pytest.raises(UnknownService):
        open_answer(exception(ApplicationError(20, "unknown service , method add")), ADD, 7)


def test_a_body_that_is_no_result_is_refused() -> None:
    broken = Packet(FRAMED_BINARY, reply().payload[:-3])
    with pytest.raises(DecodeError):
        value_of(open_answer(broken, ADD, 7), ADD)


def test_a_reply_to_oneway_has_no_value() -> None:
    assert value_of(open_answer(reply(method="tell"), TELL, 7), TELL) is None
