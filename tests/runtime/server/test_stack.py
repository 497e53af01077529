"""The order of a server's layers: reference/runtime.md 5.4."""

from __future__ import annotations

from typing import Any

import pytest

from kitexgen.runtime.call import Endpoint, RpcInfo
from kitexgen.runtime.errors import BizStatusError
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.stack import server_stack
from kitexgen.runtime.server.workers import WorkerPool
from tests.builders.echo import ECHO, SERVICE, EchoHandler, Ex
from tests.builders.services import args


class Handler(EchoHandler):
    """Fails as it is told, on the loop."""

    def __init__(self, error: Exception, seen: list[str]) -> None:
        super().__init__()
        self._error = error
        self._seen = seen

    async def echo(self, msg: str) -> str:  # type: ignore[override]
        self._seen.append("handler")
        raise self._error


async def run(error: Exception, translated: Exception | None = None) -> tuple[list[str], RpcInfo]:
    """What is seen of a call whose handler raises `error`, from the outside in and back."""
    seen: list[str] = []

    def spy(name: str) -> Any:
        def middleware(call_next: Endpoint) -> Endpoint:
            async def endpoint(call: RpcInfo, request: Any) -> Any:
                seen.append(name)
                try:
                    value = await call_next(call, request)
                except Exception as raised:
                    seen.append(f"{name} {type(raised).__name__}")
                    raise
                seen.append(f"{name} {value}")
                return value

            return endpoint

        return middleware

    def translate(call: RpcInfo, error: Exception) -> Exception:
        seen.append(f"translate {type(error).__name__}")
        return translated or error

    options = ServerOptions(
        middlewares=(spy("first"), spy("second")), unary_middlewares=(spy("unary"),), error_handler=translate
    )
    routes = Routes([Served(SERVICE, Handler(error, seen))])
    info = RpcInfo(side="server", destination="Echo", service=SERVICE, method=ECHO)
    try:
        await server_stack(options, routes, WorkerPool(1, 1))(info, args(ECHO, msg="x"))
    except Exception as raised:
        seen.append(type(raised).__name__)
    return seen, info


IN = ["first", "second", "unary", "handler"]


@pytest.mark.parametrize(
    ("error", "translated", "out"),
    [
        (
            KeyError("x"),
            None,
            ["translate KeyError", "unary KeyError", "second KeyError", "first KeyError", "KeyError"],
        ),
        (
            KeyError("x"),
            LookupError("y"),
            ["translate KeyError", "unary LookupError", "second LookupError", "first LookupError", "LookupError"],
        ),
        (KeyError("x"), BizStatusError(5), ["translate KeyError", "unary None", "second None", "first None"]),
        (BizStatusError(5), None, ["unary None", "second None", "first None"]),
        (Ex(code=1), None, ["unary Ex", "second Ex", "first Ex", "Ex"]),
    ],
    ids=["as it is", "translated", "to a status", "a status", "declared"],
)
async def test_what_is_seen_of_a_failure(error: Exception, translated: Exception | None, out: list[str]) -> None:
    seen, info = await run(error, translated)
    assert seen == IN + out
    assert (info.biz_status is not None) == (out[-1] == "first None")
