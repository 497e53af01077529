"""What a TTHeader says of its payload, so that whoever receives it can tell whether it came as it was sent.

A guard writes a string info and compares it on arrival: the checksum is one, validators of an application are others,
under keys that begin with `PV_`. Source: cloudwego/kitex pkg/remote/codec/validate.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.errors import ChecksumMismatch, EncodeError, PayloadRejected
from kitexgen.runtime.framing.checksum import payload_checksum
from kitexgen.runtime.framing.ttheader_keys import VALIDATOR_PREFIX, StringKey

MAX_VALUE: Final = 4096
"""Bytes of what a validator says of a payload, as in Kitex."""


class PayloadValidator(Protocol):
    """A check of payloads by an application: a signature, a schema hash. Both sides must have one of the same `name`.

    `payload` is everything behind the TTHeader, the length of TTHeaderFramed included.
    """

    @property
    def name(self) -> str:
        """Travels in the key of the info, behind `PV_`."""

    def generate(self, payload: Pieces) -> str | None:
        """What to say of an outgoing payload, at most MAX_VALUE bytes of UTF-8; None to say nothing."""

    def validate(self, said: str, payload: Pieces) -> bool:
        """Whether an incoming payload may be used. `said` is empty when its sender said nothing."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One string info: how its value is found, and how it is checked against a payload (or PayloadRejected)."""

    key: str
    value: Callable[[Pieces], str | None]
    check: Callable[[str, Pieces], None]


def guards(*, checksum: bool, validators: Iterable[PayloadValidator] = ()) -> tuple[Guard, ...]:
    """The checksum if asked for, then `validators` in order."""
    return (*((_CHECKSUM,) if checksum else ()), *map(_guard, validators))


def write_guards(guards: tuple[Guard, ...], infos: dict[str, str], payload: Pieces) -> None:
    """Let every guard say its part into the string `infos`. Raises EncodeError for a value that is too long."""
    for guard in guards:
        value = guard.value(payload)
        if value is None:
            continue
        if len(value.encode()) > MAX_VALUE:
            raise EncodeError(f"{guard.key}: a validator says {len(value.encode())} bytes, {MAX_VALUE} are allowed")
        infos[guard.key] = value


def check_guards(guards: tuple[Guard, ...], infos: Mapping[str, str], payload: Pieces) -> None:
    """Raises ChecksumMismatch or PayloadRejected for the first guard that does not let `payload` pass."""
    for guard in guards:
        guard.check(infos.get(guard.key, ""), payload)


def _guard(validator: PayloadValidator) -> Guard:
    def check(said: str, payload: Pieces) -> None:
        if not validator.validate(said, payload):
            raise PayloadRejected(validator.name)

    return Guard(f"{VALIDATOR_PREFIX}{validator.name}", validator.generate, check)


def _check_checksum(announced: str, payload: Pieces) -> None:
    if announced and announced != (computed := payload_checksum(*payload)):
        raise ChecksumMismatch(computed, announced)


_CHECKSUM: Final = Guard(StringKey.CRC32C.value, lambda payload: payload_checksum(*payload), _check_checksum)
