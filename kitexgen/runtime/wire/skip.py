"""Past one value without building it, in a whole buffer or in one that still grows.

The walk keeps its own stack and its place, so a message that trickles in byte by byte is still walked once, and no
depth of nesting can exhaust Python's stack. Depth is counted as Kitex counts it: a struct, list, set or map costs one,
the outermost included (cloudwego/gopkg protocol/thrift/skipdecoder.go).
"""

from __future__ import annotations

from typing import Final

from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.wire import thrift_types as t
from kitexgen.runtime.wire.varint import read_varint

Buffer = bytes | bytearray | memoryview

FIXED_SIZE: Final = {t.BOOL: 1, t.I8: 1, t.I16: 2, t.I32: 4, t.I64: 8, t.DOUBLE: 8, t.UUID: 16}

COMPACT_TRUE: Final = 1
COMPACT_FALSE: Final = 2
_COMPACT_FIXED_SIZE: Final = {1: 1, 2: 1, 3: 1, 7: 8, 13: 16}  # of an element; a bool field has no value bytes
_COMPACT_VARINTS: Final = frozenset({4, 5, 6})
_COMPACT_STRING: Final = 8
_COMPACT_LIST: Final = 9
_COMPACT_SET: Final = 10
_COMPACT_MAP: Final = 11
_COMPACT_STRUCT: Final = 12

_MAX_LENGTH: Final = 0x7FFFFFFF

# What is still to come, innermost last: _FIELDS for the fields of a struct up to its STOP, a number >= 0 for one value
# of that type code, a list [count, code, ...] for `count` rounds of values of these codes.
_Pending = int | list[int]
_FIELDS: Final = -1


class BinarySkipper:
    """Walks over one value of Thrift binary.

    `resume(data)` is called with the whole buffer, as often as bytes were added; it returns where the value ends, or
    None when more bytes are needed. `at` never goes back: the value is known to reach at least that far, which may be
    beyond the buffer. Raises `DecodeError` for what cannot be a value.
    """

    __slots__ = ("_depth", "_pending", "at")

    def __init__(self, code: int, at: int = 0, *, depth: int = t.SKIP_DEPTH) -> None:
        self.at = at
        self._depth = depth
        self._pending: list[_Pending] = [code]

    def resume(self, data: Buffer) -> int | None:
        pending = self._pending
        size = len(data)
        while pending:
            task = pending[-1]
            if isinstance(task, list):
                self._next_round(task)
            elif task == _FIELDS:
                if self.at >= size:
                    return None
                code = data[self.at]
                if code == t.STOP:
                    self.at += 1
                    pending.pop()
                else:
                    # The two bytes of the id may be missing yet; the value behind them waits for them.
                    self.at += 3
                    pending.append(code)
            elif not self._value(data, task, size):
                return None
        return self.at if self.at <= size else None

    def _next_round(self, task: list[int]) -> None:
        if task[0] == 0:
            self._pending.pop()
            return
        task[0] -= 1
        self._pending += reversed(task[1:])

    def _value(self, data: Buffer, code: int, size: int) -> bool:
        """Open the value on top of the stack. Returns False when its own header is not there yet."""
        at = self.at
        pending = self._pending
        if fixed := FIXED_SIZE.get(code):
            self.at = at + fixed
            pending.pop()
        elif code == t.STRUCT:
            pending[-1] = _FIELDS
            self._check_depth()
        elif code == t.STRING:
            if at + 4 > size:
                return False
            self.at = at + 4 + _length(data, at)
            pending.pop()
        elif code in (t.LIST, t.SET):
            if at + 5 > size:
                return False
            self._open([_length(data, at + 1), data[at]], at + 5)
        elif code == t.MAP:
            if at + 6 > size:
                return False
            self._open([_length(data, at + 2), data[at], data[at + 1]], at + 6)
        else:
            raise DecodeError(f"unknown data type {code}")
        return True

    def _open(self, rounds: list[int], at: int) -> None:
        self._pending[-1] = rounds
        self._check_depth()
        sizes = [FIXED_SIZE.get(code, 0) for code in rounds[1:]]
        if all(sizes):
            # Elements of fixed size are passed in one step.
            at += rounds[0] * sum(sizes)
            self._pending.pop()
        self.at = at

    def _check_depth(self) -> None:
        if len(self._pending) > self._depth:
            raise DecodeError("depth limit exceeded")


class CompactSkipper:
    """Walks over one value of Thrift compact, like `BinarySkipper`; type codes are those of compact."""

    __slots__ = ("_depth", "_pending", "at")

    def __init__(self, code: int, at: int = 0, *, depth: int = t.SKIP_DEPTH) -> None:
        self.at = at
        self._depth = depth
        self._pending: list[_Pending] = [code]

    def resume(self, data: Buffer) -> int | None:
        try:
            while self._pending:
                self._step(data)
        except IndexError:
            # A byte that is not there yet. Each step changes its place last, so it can be taken again.
            return None
        return self.at if self.at <= len(data) else None

    def _step(self, data: Buffer) -> None:
        pending = self._pending
        task = pending[-1]
        if isinstance(task, list):
            if task[0] == 0:
                pending.pop()
            else:
                task[0] -= 1
                pending += reversed(task[1:])
        elif task == _FIELDS:
            self._field(data)
        else:
            self._value(data, task)

    def _field(self, data: Buffer) -> None:
        byte = data[self.at]
        if byte == t.STOP:
            self.at += 1
            self._pending.pop()
            return
        at = self.at + 1
        if byte < 0x10:
            _, at = read_varint(data, at, 16)  # a field id in full
        self.at = at
        code = byte & 0x0F
        if code not in (COMPACT_TRUE, COMPACT_FALSE):
            self._pending.append(code)

    def _value(self, data: Buffer, code: int) -> None:
        pending = self._pending
        if fixed := _COMPACT_FIXED_SIZE.get(code):
            self.at += fixed
            pending.pop()
        elif code in _COMPACT_VARINTS:
            _, self.at = read_varint(data, self.at, 64)
            pending.pop()
        elif code == _COMPACT_STRUCT:
            pending[-1] = _FIELDS
            self._check_depth()
        elif code == _COMPACT_STRING:
            length, at = _compact_length(data, self.at)
            self.at = at + length
            pending.pop()
        elif code in (_COMPACT_LIST, _COMPACT_SET):
            self._list(data)
        elif code == _COMPACT_MAP:
            self._map(data)
        else:
            raise DecodeError(f"unknown data type {code}")

    def _list(self, data: Buffer) -> None:
        byte = data[self.at]
        at = self.at + 1
        count = byte >> 4
        if count == 0x0F:
            count, at = _compact_length(data, at)
        self._open([count, byte & 0x0F], at)

    def _map(self, data: Buffer) -> None:
        count, at = _compact_length(data, self.at)
        if count == 0:
            self._open([0], at)
            return
        byte = data[at]
        self._open([count, byte >> 4, byte & 0x0F], at + 1)

    def _open(self, rounds: list[int], at: int) -> None:
        self._pending[-1] = rounds
        self._check_depth()
        sizes = [_COMPACT_FIXED_SIZE.get(code, 0) for code in rounds[1:]]
        if all(sizes):
            at += rounds[0] * sum(sizes)
            self._pending.pop()
        self.at = at

    def _check_depth(self) -> None:
        if len(self._pending) > self._depth:
            raise DecodeError("depth limit exceeded")


def skip_binary(data: Buffer, at: int, code: int, depth: int = t.SKIP_DEPTH) -> int:
    """Return where the value of type `code` at `at` ends. Raises `DecodeError` when it does not end within `data`."""
    if (fixed := FIXED_SIZE.get(code)) and at + fixed <= len(data):
        return at + fixed
    return _whole(BinarySkipper(code, at, depth=depth), data)


def skip_compact(data: Buffer, at: int, code: int, depth: int = t.SKIP_DEPTH) -> int:
    """Return where the value of the compact type `code` at `at` ends. Raises `DecodeError` when it does not."""
    return _whole(CompactSkipper(code, at, depth=depth), data)


def _whole(skipper: BinarySkipper | CompactSkipper, data: Buffer) -> int:
    end = skipper.resume(data)
    if end is None:
        raise DecodeError("the data ends within a value")
    return end


def _length(data: Buffer, at: int) -> int:
    length = int.from_bytes(data[at : at + 4], "big")
    if length > _MAX_LENGTH:
        raise DecodeError(f"invalid data length {length - (1 << 32)}")
    return length


def _compact_length(data: Buffer, at: int) -> tuple[int, int]:
    length, at = read_varint(data, at, 32)
    if length > _MAX_LENGTH:
        raise DecodeError(f"invalid data length {length - (1 << 32)}")
    return length, at
