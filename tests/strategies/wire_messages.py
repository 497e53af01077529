"""Bytes that are messages, nearly: fields of a Google descriptor with edge values, unknown fields, and faults."""

from __future__ import annotations

from random import Random
from typing import Any

_EDGES = (0, 1, 2, 5, 127, 128, 300, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1, 2**64 - 5)
_TEXTS = (b"", b"a", b"hello", "é😀".encode(), b"\xff\xfe", b"\xed\xa0\x80", b"x" * 130, b"k1", b"k2")
_BOOLS = (b"\0", b"\1", b"\5", b"\2", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
_OTHER_NUMBERS = (1, 2, 3, 4, 9, 15, 16, 100, 101, 102, 103, 1000, 2000, 2**29 - 1)

# FieldDescriptorProto.Type
_FIXED64 = (1, 6, 16)
_FIXED32 = (2, 7, 15)
_BOOL_OR_ENUM = (8, 14)
_TEXT = (9, 12)
_GROUP, _MESSAGE = 10, 11


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


class WireMessages:
    """Messages made by one source of chance."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def message(self, descriptor: Any, depth: int) -> bytes:
        """Fields of `descriptor` in any order, any number of times, with others among them."""
        chance = self.chance
        fields = list(descriptor.fields)
        out = b""
        for _ in range(chance.choice((0, 1, 1, 2, 3, 5, 8))):
            kind = chance.random()
            if fields and kind < 0.82:
                out += self._field(chance.choice(fields), depth)
            elif fields and kind < 0.9:
                out += self._any(chance.choice(fields).number, depth)
            else:
                out += self._any(chance.choice(_OTHER_NUMBERS), depth)
        return out

    def mutated(self, data: bytes) -> bytes:
        """`data` cut, or with bytes changed, left out or put in."""
        chance = self.chance
        if not data:
            return data
        kind, at = chance.random(), chance.randrange(len(data))
        if kind < 0.3:
            return data[:at]
        if kind < 0.6:
            return data[:at] + bytes((chance.randrange(256),)) + data[at + 1 :]
        if kind < 0.8:
            return data[:at] + data[at + 1 :]
        return data[:at] + chance.randbytes(chance.randint(1, 3)) + data[at:]

    def _field(self, field: Any, depth: int) -> bytes:
        number, kind = field.number, field.type
        if kind == _GROUP:
            inner = self.message(field.message_type, depth - 1) if depth > 0 else b""
            return varint(number << 3 | 3) + inner + varint(number << 3 | 4)
        if kind == _MESSAGE:
            return _sized(number, self.message(field.message_type, depth - 1) if depth > 0 else b"")
        if kind in _TEXT:
            return _sized(number, self._text())
        if field.is_repeated and self.chance.random() < 0.6:
            return _sized(number, b"".join(self._number(kind) for _ in range(self.chance.randint(0, 4))))
        wire_type = 1 if kind in _FIXED64 else 5 if kind in _FIXED32 else 0
        return varint(number << 3 | wire_type) + self._number(kind)

    def _any(self, number: int, depth: int) -> bytes:
        """A field of any wire type, which its number need not have; sometimes of one that does not exist."""
        chance = self.chance
        wire_type = chance.choice((0, 1, 2, 3, 5)) if chance.random() < 0.97 else chance.choice((4, 6, 7))
        tag = varint(number << 3 | wire_type)
        if chance.random() < 0.03:
            tag = bytes((*tag[:-1], tag[-1] | 0x80, 0))
        match wire_type:
            case 0:
                return tag + self._varint()
            case 1:
                return tag + chance.randbytes(8)
            case 2:
                text = self._text()
                return tag + varint(len(text)) + text
            case 3:
                inner = [
                    self._any(chance.choice((1, 2, 19)), depth - 1) for _ in range(chance.randint(0, 2)) if depth > 0
                ]
                return tag + b"".join(inner) + varint(number << 3 | 4)
            case 5:
                return tag + chance.randbytes(4)
        return tag

    def _number(self, kind: int) -> bytes:
        chance = self.chance
        if kind in _FIXED64:
            return chance.randbytes(8) if chance.random() < 0.8 else b"\0" * 7 + chance.choice((b"\0", b"\x80"))
        if kind in _FIXED32:
            return chance.randbytes(4) if chance.random() < 0.8 else b"\0" * 3 + chance.choice((b"\0", b"\x80"))
        if kind in _BOOL_OR_ENUM and chance.random() < 0.8:
            return chance.choice(_BOOLS)
        return self._varint()

    def _varint(self) -> bytes:
        """Any 64 bits, sometimes in more bytes than needed, or in too many."""
        chance = self.chance
        number = chance.choice(_EDGES) if chance.random() < 0.6 else chance.getrandbits(chance.randint(1, 64))
        out = bytearray(varint(number))
        if chance.random() < 0.08:
            wanted = chance.randint(2, 11)
            while len(out) < wanted:
                out[-1] |= 0x80
                out.append(0)
        return bytes(out)

    def _text(self) -> bytes:
        chance = self.chance
        return chance.choice(_TEXTS) if chance.random() < 0.9 else chance.randbytes(chance.randint(0, 8))


def _sized(number: int, inner: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(inner)) + inner
