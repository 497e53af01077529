from __future__ import annotations

import pytest

from kitexgen.scaffold.project_name import ProjectName


@pytest.mark.parametrize(
    ("name", "package", "label", "service"),
    [
        ("shop", "shop", "shop", "ShopService"),
        ("shop-api", "shop_api", "shop-api", "ShopApiService"),
        ("shop_api", "shop_api", "shop-api", "ShopApiService"),
        ("Shop.v2", "shop_v2", "shop-v2", "ShopV2Service"),
        ("userService", "userservice", "userservice", "UserService"),
        ("class", "class_", "class", "ClassService"),
        ("list", "list_", "list", "ListService"),
        ("a", "a", "a", "AService"),
        ("a" * 62 + "-b", "a" * 62 + "_b", "a" * 62, "A" + "a" * 61 + "BService"),
    ],
)
def test_what_follows_from_a_name(name: str, package: str, label: str, service: str) -> None:
    project = ProjectName(name)
    assert (project.package, project.label, project.service) == (package, label, service)


@pytest.mark.parametrize("name", ["", "1shop", "shop-", ".shop", "shöp", "a b", "a/b"])
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(ValueError, match="a name begins with a letter"):
        ProjectName(name)


def test_a_project_does_not_depend_on_itself() -> None:
    with pytest.raises(ValueError, match="the project needs the package of that name"):
        ProjectName("Kitexgen")
