"""Imports: relative paths, clashes, order."""

from __future__ import annotations

import pytest

from kitexgen.codegen.plan.imports import ImportSet, relative


@pytest.mark.parametrize(
    ("importer", "target", "expected"),
    [
        ("demo.user", "demo.base", ".base"),
        ("demo.user", "demo.base.base", ".base.base"),
        ("demo.user", "other.base", "..other.base"),
        ("a.b.c.user", "a.x.y", "...x.y"),
        ("a.b.user", "a.user", "..user"),
        ("a.b.user", "a.b.user", ".user"),
        ("a.user", "a.user.user", ".user.user"),
        ("a.a.a", "a.a", "..a"),
    ],
)
def test_relative(importer: str, target: str, expected: str) -> None:
    assert relative(importer, target) == expected


def test_names_that_the_module_declares_are_aliased() -> None:
    imports = ImportSet("demo.user", {"Struct", "Base"}, {"base_Base"})
    assert imports.use("kitexgen.runtime.contract.model", "Struct") == "_Struct"
    assert imports.use_generated("demo.base", "Base") == "base_Base_"
    assert imports.use_generated("demo.user", "Base") == "Base"
    assert imports.targets == {"demo.base"}


def test_two_classes_of_one_name() -> None:
    imports = ImportSet("demo.user")
    assert imports.use_generated("a.base", "Base") == "Base"
    assert imports.use_generated("b.other", "Base") == "other_Base"
    assert imports.use_generated("a.base", "Base") == "Base"


def test_order() -> None:
    imports = ImportSet("demo.user", {"serve"})
    imports.use_generated("demo.base", "b10")
    imports.use_generated("demo.base", "b9")
    imports.use_generated("demo.base", "Base")
    imports.use_generated("demo.base", "LIMIT")
    imports.use_generated("other.x", "X")
    imports.use("kitexgen.runtime", "serve")
    imports.use("kitexgen.runtime", "Client")
    imports.use("typing", "Final")
    imports.use("__future__", "annotations")
    assert imports.lines() == [
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        "from kitexgen.runtime import Client",
        "from kitexgen.runtime import serve as _serve",
        "",
        "from ..other.x import X",
        "from .base import LIMIT, Base, b9, b10",
    ]


def test_outside_the_output_folder() -> None:
    absolute, package = ImportSet("", root="kitex_gen"), ImportSet("", root=".")
    absolute.use_generated("demo.user", "User")
    package.use_generated("demo.user", "User")
    assert absolute.lines() == ["from kitex_gen.demo.user import User"]
    assert package.lines() == ["from .demo.user import User"]


def test_indented_imports_have_less_room() -> None:
    imports = ImportSet("a.b")
    imports.use_generated("a.c", "N" * 70)
    (line,) = imports.lines()
    assert len(line) == 85  # 3 columns more are left
    assert imports.lines(indent=3) == [line]
    assert imports.lines(indent=4) == ["from .c import (", f"    {'N' * 70},", ")"]
