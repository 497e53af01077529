"""Which IDL file, and which service, becomes which module."""

from __future__ import annotations

import pytest

from kitexgen.codegen.plan.packages import ancestors, codec_module, places
from kitexgen.schema.module import Module, Namespace
from tests.builders.schemas import module, schema, service, span


def namespaced(path: str, **scopes: str) -> Module:
    """A module with a namespace for each of `scopes`; `star` is `*`, `py_kitex` is `py.kitex`."""
    plain = module(path=path, namespace=None)
    spelled = {"star": "*", "py_kitex": "py.kitex"}
    found = tuple(Namespace(spelled.get(scope, scope), name, (), span(path)) for scope, name in scopes.items())
    return Module(id=plain.id, language="thrift", doc=None, namespaces=found, includes=(), declarations=())


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ({"go": "a.b"}, "a.b.user"),
        ({"go": "a", "star": "s"}, "s.user"),
        ({"star": "s", "py": "p"}, "p.user"),
        ({"py": "p", "py_kitex": "k"}, "k.user"),
        ({"java": "j"}, "user.user"),
        ({}, "user.user"),
        ({"py": "demo.class.import"}, "demo.class_.import_.user"),
        ({"go": "github.com/demo"}, "github.com.demo.user"),
    ],
)
def test_namespace(scopes: dict[str, str], expected: str) -> None:
    only = namespaced("idl/user.thrift", **scopes)
    assert places(schema(only)).modules[only.id] == expected


def test_a_service_called_like_its_file_makes_room() -> None:
    echo, users = service("Echo", path="echo.thrift"), service("UserService", path="echo.thrift")
    found = places(schema(module(echo, users, path="echo.thrift")))
    assert found.diagnostics == ()
    assert found.services == {echo.id: "demo.echo_service", users.id: "demo.userservice"}


@pytest.mark.parametrize(
    ("modules", "path"),
    [
        ([module(path="a/user.thrift"), module(path="b/user.thrift")], "demo.user"),
        ([module(path="user-api.thrift"), module(path="user_api.thrift")], "demo.user_api"),
        ([module(path="user.thrift"), module(path="b.thrift", namespace="demo.user")], "demo.user"),
        ([module(path="user.thrift"), module(path="_user_codec.thrift")], "demo._user_codec"),
        ([module(service("A"), service("a"))], "demo.a"),
    ],
)
def test_clashes_are_told_and_name_both(modules: list[Module], path: str) -> None:
    (found,) = places(schema(*modules)).diagnostics
    assert found.code == "KX0401"
    assert f"`{path}`" in found.message
    assert len(found.also) == 1


def test_packages_that_differ_in_case() -> None:
    (found,) = places(schema(module(path="a.thrift", namespace="Demo"), module(path="b.thrift"))).diagnostics
    assert found.code == "KX0404"


def test_packages_and_codecs() -> None:
    assert places(schema(module(namespace="a.b.c"))).packages() == ["a", "a.b", "a.b.c"]
    assert ancestors("a.b") == ["a", "a.b"]
    assert codec_module("demo.user") == "demo._user_codec"
