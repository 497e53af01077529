"""Which IDL file, and which service, becomes which module."""

from __future__ import annotations

import pytest

from kitexgen.codegen.plan.packages import ancestors, codec_module, places
from kitexgen.codegen.plan.shipped import ROOM
from kitexgen.schema.module import PACKAGE, Declaration, Module, Namespace
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


def proto(path: str, package: str = "demo", *declarations: Declaration) -> Module:
    plain = module(path=path, namespace=None)
    namespaces = (Namespace(PACKAGE, package, (), span(path)),) if package else ()
    return Module(
        id=plain.id,
        language="proto",
        doc=None,
        namespaces=namespaces,
        includes=(),
        declarations=declarations,
        import_path=path,
    )


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        (["a.proto"], ["demo.a"]),
        (["a/user.proto", "b/user.proto"], ["demo.user", "demo.user_"]),
        (["b/user.proto", "a/user.proto"], ["demo.user_", "demo.user"]),
        (["_user_codec.proto", "user.proto"], ["demo._user_codec", "demo.user_"]),
        (["x/user-api.proto", "x/user_api.proto"], ["demo.user_api", "demo.user_api_"]),
    ],
)
def test_files_of_protobuf_make_room(modules: list[str], expected: list[str]) -> None:
    found = places(schema(*(proto(path) for path in modules)))
    assert found.diagnostics == ()
    assert list(map(found.modules.__getitem__, (proto(path).id for path in modules))) == expected


def test_a_file_of_protobuf_makes_room_for_a_package_and_for_thrift() -> None:
    inner, outer = proto("names.proto", "demo.names"), proto("a/names.proto", "demo")
    user = proto("user.proto", "demo")
    found = places(schema(user, inner, outer, module(path="user.thrift")))
    assert found.diagnostics == ()
    assert found.modules[outer.id] == "demo.names_"
    assert found.modules[inner.id] == "demo.names.names"
    assert found.modules[user.id] == "demo.user_"


def test_services_of_protobuf_make_room() -> None:
    path = "echo.proto"
    services = service("Echo", path=path), service("ECHO", path=path), service("Other", path=path)
    found = places(schema(proto(path, "demo", *services)))
    assert [found.services[each.id] for each in services] == ["demo.echo_service", "demo.echo_service_", "demo.other"]


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({}, "a.b.c.user"),
        ({"a.b.c": "x"}, "x.user"),
        ({"a.b": "x.y"}, "x.y.c.user"),
        ({"a.b": "x", "a": "z"}, "x.c.user"),
        ({"a.b.c": "x", "idl/user.proto": "y"}, "y.user"),
        ({"a.bb": "x"}, "a.b.c.user"),
    ],
)
def test_places_that_the_settings_choose(setting: dict[str, str], expected: str) -> None:
    only = proto("idl/user.proto", "a.b.c")
    assert places(schema(only), setting).modules[only.id] == expected


def test_what_ships_is_not_generated_unless_the_settings_say_so() -> None:
    shipped = proto("google/protobuf/any.proto", "google.protobuf")
    found = places(schema(shipped))
    assert (found.modules[shipped.id], found.packages()) == (f"{ROOM}.any", [])
    found = places(schema(shipped), {"google.protobuf": "mine"})
    assert (found.modules[shipped.id], found.packages()) == ("mine.any", ["mine"])


def test_nobody_is_taken_for_what_ships() -> None:
    intruder = proto("any.proto", ROOM)
    assert places(schema(intruder)).modules[intruder.id] == f"{ROOM}_.any"
