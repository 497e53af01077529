"""What headers say of payloads: written by one side, checked by the other."""

from __future__ import annotations

import pytest

from kitexgen.runtime.errors import ChecksumMismatch, EncodeError, PayloadRejected
from kitexgen.runtime.framing.validation import MAX_VALUE, check_guards, guards, write_guards


class Length:
    """Says how long the payload is, if it is long enough to be worth it."""

    name = "length"

    def generate(self, payload: tuple[bytes, ...]) -> str | None:
        size = sum(map(len, payload))
        return str(size) if size > 3 else None

    def validate(self, said: str, payload: tuple[bytes, ...]) -> bool:
        return not said or int(said) == sum(map(len, payload))


class Talkative:
    name = "talk"

    def __init__(self, text: str) -> None:
        self.text = text

    def generate(self, payload: tuple[bytes, ...]) -> str:
        return self.text

    def validate(self, said: str, payload: tuple[bytes, ...]) -> bool:
        return said == self.text


def test_each_guard_says_its_part_over_all_the_pieces() -> None:
    infos: dict[str, str] = {}
    write_guards(guards(checksum=True, validators=[Length()]), infos, (b"1234", b"56789"))
    assert infos == {"crc32c": "e3069283", "PV_length": "9"}
    check_guards(guards(checksum=True, validators=[Length()]), infos, (b"123456789",))


def test_a_validator_may_say_nothing() -> None:
    infos: dict[str, str] = {}
    write_guards(guards(checksum=False, validators=[Length()]), infos, (b"123",))
    assert infos == {}
    check_guards(guards(checksum=False, validators=[Length()]), infos, (b"123",))


def test_a_validator_hears_of_silence() -> None:
    """As in Kitex, it is asked even when the sender said nothing; a checksum that is not there is none."""
    with pytest.raises(PayloadRejected, match="payload validation error: validation failed by talk") as caught:
        check_guards(guards(checksum=True, validators=[Talkative("x")]), {}, (b"123",))
    assert caught.value.validator == "talk"


def test_the_first_that_refuses_is_named() -> None:
    with pytest.raises(ChecksumMismatch, match="crc32c is e3069283, the header says 00000000"):
        check_guards(guards(checksum=True, validators=[Talkative("x")]), {"crc32c": "00000000"}, (b"123456789",))


@pytest.mark.parametrize("text", ["a" * MAX_VALUE, "é" * (MAX_VALUE // 2)])
def test_what_is_said_is_bounded(text: str) -> None:
    infos: dict[str, str] = {}
    write_guards(guards(checksum=False, validators=[Talkative(text)]), infos, (b"",))
    assert infos == {"PV_talk": text}
    with pytest.raises(EncodeError, match=f"PV_talk: a validator says {MAX_VALUE + 1} bytes, {MAX_VALUE} are allowed"):
        write_guards(guards(checksum=False, validators=[Talkative(text + "a")]), {}, (b"",))
