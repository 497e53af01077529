"""Messages that go to Kitex and back, and our handler of `tests/peers/kitex/messages.proto`.

Some methods of the handler are `async def` and some plain, so that both ways of serving meet a Kitex client.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from kitexgen.runtime.call import current, metainfo
from kitexgen.runtime.errors import ApplicationError, BizStatusError
from kitexgen.runtime.protobuf import encode
from tests.interop_kitex.handlers import SERVER_NAME
from tests.interop_kitex.ours import Code


def same(one: Any, other: Any) -> bool:
    """Equality under which NaN is itself, and 0.0 is not -0.0."""
    return type(one) is type(other) and encode(one, deterministic=True) == encode(other, deterministic=True)


def _extremes(t: ModuleType, sign: int) -> Any:
    """All scalars at their upper, or lower, limits."""
    wide, low = sign > 0, sign < 0
    return t.Scalars(
        real=sign * 1.7976931348623157e308,
        small_real=sign * 3.4028234663852886e38,
        int32=2**31 - 1 if wide else -(2**31),
        int64=2**63 - 1 if wide else -(2**63),
        uint32=2**32 - 1 if wide else 0,
        uint64=2**64 - 1 if wide else 0,
        sint32=2**31 - 1 if wide else -(2**31),
        sint64=2**63 - 1 if wide else -(2**63),
        fixed32=2**32 - 1 if wide else 1,
        fixed64=2**64 - 1 if wide else 1,
        sfixed32=2**31 - 1 if wide else -(2**31),
        sfixed64=2**63 - 1 if wide else -(2**63),
        yes=wide,
        text="zażółć 漢字 \N{GRINNING FACE} \x00 end",
        blob=bytes(range(256)),
        level=t.Level.LEVEL_LOW if low else t.Level(4242),
    )


def _deep(t: ModuleType, levels: int) -> Any:
    node = t.Node(value=levels)
    for level in range(levels - 1, 0, -1):
        node = t.Node(value=level, next=node)
    return node


def _options(t: ModuleType) -> list[Any]:
    return [
        t.Options(
            yes=True,
            number=7,
            real=0.5,
            text="x",
            blob=b"y",
            level=t.Level.LEVEL_HIGH,
            leaf=t.Leaf(name="z", weight=-1),
        ),
        # No empty `blob`: Kitex's code (prutal v0.1.3) takes optional bytes that are present and empty for absent ones.
        t.Options(yes=False, number=0, real=0.0, text="", level=t.Level.LEVEL_MEDIUM),
        t.Options(leaf=t.Leaf(), nothing=t.Nothing()),
        t.Options(),
        *(
            t.Choice(**{name: value}, beside="b")
            for name, value in {
                # No zeros: Kitex's code leaves out the field of a oneof that is set to one.
                "yes": True,
                "number": -1,
                "real": 0.5,
                "text": "x",
                "blob": b"x",
                "level": t.Level.LEVEL_HIGH,
                "leaf": t.Leaf(name="x"),
                "nothing": t.Nothing(),
            }.items()
        ),
        t.Choice(),
    ]


def _containers(t: ModuleType) -> list[Any]:
    return [
        t.Lists(
            flags=[True, False],
            numbers=[0, -1, 2**31 - 1],
            zigzags=[0, -1, 2**63 - 1],
            fixed=[0, 2**32 - 1],
            reals=[0.1, -0.0, float("inf")],
            levels=[t.Level.LEVEL_LOW, t.Level(99)],
            unpacked=[1, -1],
            texts=["", "é"],
            blobs=[b"", b"\xff"],
            leaves=[t.Leaf(), t.Leaf(name="x", weight=3)],
        ),
        t.Maps(
            counts={"": 0, "a": -1},
            by_flag={True: -1, False: 0},
            by_number={-1: "", 7: "é"},
            by_fixed={0: 0.5, 2**64 - 1: -0.0},
            levels={"x": t.Level.LEVEL_HIGH},
            blobs={-1: b"\x00", 2**63 - 1: b""},
            leaves={"": t.Leaf(), "x": t.Leaf(name="y")},
        ),
    ]


MESSAGES: Mapping[str, Callable[[ModuleType], list[Any]]] = {
    "every base type, at its limits": lambda t: [
        _extremes(t, 1),
        _extremes(t, -1),
        t.Scalars(real=float("nan"), small_real=float("-inf")),
        t.Scalars(real=5e-324, small_real=1.401298464324817e-45),
        t.Scalars(real=-0.0, small_real=-0.0),
        t.Blob(data=b"x" * 5000),
    ],
    "empty and zero values": lambda t: [t.Nothing(), t.Blob(), t.Scalars(), t.Lists(), t.Maps(), t.Node()],
    "containers in containers": _containers,
    "structs, unions, optional fields, defaults": _options,
    "structs in structs, 60 deep": lambda t: [
        _deep(t, 60),
        t.Node(children=[t.Node(value=1, mark=t.Node_Mark(kind=t.Node_Kind.SPECIAL)), t.Node()]),
    ],
}
"""The rows of docs/interop.md that messages show, and what goes there and back for each."""


class MessagesHandler:
    """Does what the comments of messages.proto say, as Kitex's does."""

    def __init__(self, code: Code) -> None:
        self.types = code.messages
        self._client = code.messages_service.MessagesClient

    async def _give(self, value: Any) -> Any:
        return value

    give_nothing = give_blob = give_scalars = give_options = give_choice = give_lists = give_maps = give_node = _give

    async def fail(self, request: Any) -> Any:
        raise RuntimeError(request.text)

    def refuse(self, request: Any) -> Any:
        raise ApplicationError(request.type, request.text)

    def crash(self, request: Any) -> Any:
        raise SystemError(request.text)

    async def end_with(self, request: Any) -> Any:
        raise BizStatusError(request.code, request.message, request.extra)

    async def rest(self, request: Any) -> Any:
        await asyncio.sleep(request.milliseconds / 1000)
        return request

    async def look(self, request: Any) -> Any:
        info = current()
        assert info is not None
        metainfo.send_backward("seen-by", SERVER_NAME)
        return self.types.Sight(
            caller=info.caller,
            caller_method=info.caller_method,
            service=info.service.name,
            method=info.method.name,
            persistent=metainfo.all_persistent(),
            transient=metainfo.all_transient(),
            timeout_milliseconds=round((info.timeout or 0) * 1000),
        )

    async def pass_on(self, request: Any) -> Any:
        async with self._client("relayed", hosts=[request.text], pool="short", caller=SERVER_NAME) as following:
            with metainfo.received_backward() as back:
                seen = await following.look(self.types.Nothing())
        metainfo.send_backward("relayed-from", back["seen-by"])
        return seen
