"""When a handwritten method still fits the IDL."""

from __future__ import annotations

import ast

import pytest

from kitexgen.driver.signature import disagreement

WANTED = "async def get(self, id: int, name: str) -> User: ..."
CASES = [
    ("async def get(self, id: int, name: str) -> User: ...", None),
    ("def get(self, id: int, name: str) -> User: ...", None),
    ("async def get(self, id, name): ...", None),
    ("async def get(self, user_id: int, n: 'str') -> user.User: ...", None),
    ("def get(self, id: int, name: str) -> Awaitable[User]: ...", None),
    ("def get(self, id: int, name: str) -> Coroutine[Any, Any, User]: ...", None),
    ("async def get(self, id: int, name: str, extra: int = 1) -> User: ...", None),
    ("async def get(self, id: int, name: str, *, key: int = 1) -> User: ...", None),
    ("async def get(self, *args: object) -> User: ...", None),
    ("async def get(self, id: int, name: str, /) -> User: ...", None),
    ("async def get(self, id: int) -> User: ...", "the IDL has a parameter `name`"),
    ("async def get(self, id: int, name: str, extra: int) -> User: ...", "the IDL has no parameter `extra`"),
    ("async def get(self, id: int, name: str, *, key: int) -> User: ...", "the IDL has no parameter `key`"),
    ("async def get(self, id: str, name: str) -> User: ...", "the IDL gives `id` the type `int`"),
    ("async def get(self, id: int, name: str | None) -> User: ...", "the IDL gives `name` the type `str`"),
    ("async def get(self, id: int, name: str) -> None: ...", "the IDL gives the result the type `User`"),
]


def function(text: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return node


@pytest.mark.parametrize(("written", "problem"), CASES)
def test_disagreement(written: str, problem: str | None) -> None:
    assert disagreement(function(written), function(WANTED)) == problem


def test_optional_is_none_or() -> None:
    wanted = function("def f(self, a: User | None) -> dict[str, User]: ...")
    assert disagreement(function("def f(self, a: Optional[m.User]) -> dict[str, 'User']: ..."), wanted) is None
