"""`py_packed`: which repeated numbers become arrays, and what is said of names that mean none."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitexgen.codegen import GenerateOptions, generate
from kitexgen.codegen.plan.naming import settle_names
from kitexgen.codegen.plan.wire_types import is_packed
from kitexgen.diagnostics.diagnostic import Severity
from kitexgen.idl import load
from kitexgen.schema import Schema
from kitexgen.schema.types import ListOf
from kitexgen.schema.walk import records

ORDERS = """
syntax = "proto3";
package shop.orders.v1;
import "money.proto";
message Order {
  repeated double prices = 1;
  repeated string tags = 2;
  message Line { repeated int64 counts = 1; }
  Line line = 3;
  shop.Money total = 4;
}
message OrderList { repeated uint32 ids = 1; }
"""
MONEY = """
syntax = "proto3";
package shop;
message Money { repeated sint32 cents = 1; repeated bool signs = 2; }
"""


@pytest.fixture
def schema(tmp_path: Path) -> Schema:
    (tmp_path / "orders.proto").write_text(ORDERS)
    (tmp_path / "money.proto").write_text(MONEY)
    loaded = load([tmp_path / "orders.proto"])
    assert loaded.schema is not None
    return loaded.schema


@pytest.mark.parametrize(
    ("names", "packed"),
    [
        ([], set()),
        (["shop.orders.v1.Order.prices"], {"prices"}),
        (["shop.orders.v1.Order"], {"prices", "counts"}),
        (["shop.orders.v1.Order.Line"], {"counts"}),
        (["shop.orders.v1"], {"prices", "counts", "ids"}),
        (["shop.orders"], {"prices", "counts", "ids"}),
        (["shop"], {"prices", "counts", "ids", "cents"}),
        (["shop.Money", "shop.orders.v1.OrderList.ids"], {"cents", "ids"}),
    ],
)
def test_a_name_stands_for_what_is_in_it(schema: Schema, names: list[str], packed: set[str]) -> None:
    settled = settle_names(schema, GenerateOptions(py_packed=names))
    assert settled.diagnostics == ()
    found = {
        field.name
        for record in records(settled.schema)
        for field in record.fields
        if isinstance(field.type, ListOf) and is_packed(field.type.annotations)
    }
    assert found == packed


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("shop.orders.v1.Order.price", "did you mean `shop.orders.v1.Order.prices`?"),
        ("shop.order", "did you mean `shop.orders`?"),
        ("Order.prices", "did you mean `shop.orders.v1.Order.prices`?"),
        ("invoices", "it takes the full names of fields, messages and packages"),
        ("", "it takes the full names of fields, messages and packages"),
    ],
)
def test_a_name_of_nothing(schema: Schema, name: str, hint: str) -> None:
    """In a run over part of the project it may be that of another file."""
    for is_whole in (True, False):
        options = GenerateOptions(py_packed=[name], is_whole=is_whole)
        (found,) = settle_names(schema, options).diagnostics
        assert (found.code, found.hint) == ("KX0405", hint)
        assert found.severity is (Severity.ERROR if is_whole else Severity.WARNING)
        assert bool(generate(schema, options).files) is not is_whole
