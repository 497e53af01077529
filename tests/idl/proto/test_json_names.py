from __future__ import annotations

import pytest

from kitexgen.idl.proto.json_names import automatic_json_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("name", "name"),
        ("foo_bar", "fooBar"),
        ("fooBar", "fooBar"),
        ("_foo", "Foo"),
        ("foo__bar_", "fooBar"),
        ("foo_1a", "foo1a"),
        ("FOO_BAR", "FOOBAR"),
        ("_", ""),
    ],
)
def test_automatic_json_name(name: str, expected: str) -> None:
    assert automatic_json_name(name) == expected
