"""Names: what is escaped, where; how methods are spelled."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.codegen.plan.names import (
    attribute_name,
    attribute_names,
    declared_name,
    enum_member_name,
    method_name,
    module_name,
    package_part,
    pascal_case,
    settled_names,
    snake_case,
    unused,
)

IDENTIFIERS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True) | st.sampled_from(keyword.kwlist)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GetUser", "get_user"),
        ("getUser", "get_user"),
        ("get_user", "get_user"),
        ("getHTTPUrl", "get_http_url"),
        ("HTTPServer", "http_server"),
        ("getV2Users", "get_v2_users"),
        ("i18n", "i18n"),
        ("A", "a"),
        ("ABC", "abc"),
        ("Get_User", "get_user"),
    ],
)
def test_snake_case(name: str, expected: str) -> None:
    assert snake_case(name) == expected


@pytest.mark.parametrize(("name", "expected"), [("getUser", "GetUser"), ("get_user", "GetUser"), ("ping", "Ping")])
def test_pascal_case(name: str, expected: str) -> None:
    assert pascal_case(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("from", "from_"),
        ("None", "None_"),
        ("self", "self_"),
        ("cls", "cls_"),
        ("list", "list_"),
        ("str", "str_"),
        ("match", "match"),
        ("type", "type"),
        ("User", "User_"),
        ("__private", "_private"),
        ("__init__", "_init__"),
        ("encode", "encode"),
        ("to_dict", "to_dict"),
        ("int", "int__"),
    ],
)
def test_fields(name: str, expected: str) -> None:
    assert attribute_name(name, {"User", "int_"}) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["timeout", "timeout_"], ["timeout__", "timeout_"]),
        (["timeout_", "timeout"], ["timeout_", "timeout__"]),
        (["__x", "_x", "___x"], ["_x_", "_x", "_x__"]),
        (["class", "id"], ["class_", "id"]),
    ],
)
def test_names_beside_each_other_stay_apart(names: list[str], expected: list[str]) -> None:
    assert attribute_names(names, {"timeout"}) == expected


@given(st.lists(IDENTIFIERS, unique=True), st.sets(IDENTIFIERS))
def test_settled_names_are_different_and_change_no_more_than_they_must(names: list[str], taken: set[str]) -> None:
    def spell(name: str) -> str:
        return attribute_name(name, taken)

    found = settled_names(names, spell, taken)
    assert len(set(found)) == len(names)
    assert not taken & set(found)
    for name, settled in zip(names, found, strict=True):
        assert settled == name if spell(name) == name else settled.rstrip("_") == spell(name).rstrip("_")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("RED", "RED"), ("name", "name_"), ("value", "value_"), ("real", "real_"), ("mro", "mro_"), ("_x_", "_x__")],
)
def test_enum_members(name: str, expected: str) -> None:
    assert enum_member_name(name) == expected


@pytest.mark.parametrize(
    ("name", "naming", "expected"),
    [
        ("GetUser", "python", "get_user"),
        ("GetUser", "idl", "GetUser"),
        ("Import", "python", "import_"),
        ("close", "python", "close_"),
        ("list", "idl", "list_"),
        ("_kx_call", "idl", "_kx_call_"),
        ("_KxCall", "python", "_kx_call_"),
    ],
)
def test_methods(name: str, naming: str, expected: str) -> None:
    assert method_name(name, naming=naming, taken={"close"}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("user", "user"),
        ("UserService", "userservice"),
        ("user-api.v1", "user_api_v1"),
        ("2fa", "_2fa"),
        ("class", "class_"),
        ("__init__", "_init__"),
        ("", "_"),
    ],
)
def test_modules(text: str, expected: str) -> None:
    assert module_name(text) == expected


def test_packages_keep_their_case() -> None:
    assert package_part("Demo") == "Demo"


def test_unused() -> None:
    assert unused("a", {"a", "a_"}) == "a__"


@given(IDENTIFIERS)
def test_every_name_is_a_name_that_python_takes(name: str) -> None:
    for found in (declared_name(name), attribute_name(name), enum_member_name(name), module_name(name)):
        assert found.isidentifier()
        assert not keyword.iskeyword(found)
        assert not found.startswith("__")
