from __future__ import annotations

from typing import get_args

import pytest

from kitexgen.idl.thrift.numbering import FieldIds, wire_id
from kitexgen.schema import Record
from tests.builders.idl import codes, declared, load_texts


def ids(fields: str, mode: FieldIds) -> list[int] | None:
    loaded = load_texts(f"struct S {{ {fields} }}", field_ids=mode)
    if loaded.schema is None:
        assert "KX0204" in codes(loaded)
        return None
    record = declared(loaded, "S")
    assert isinstance(record, Record)
    return [field.id for field in record.fields]


@pytest.mark.parametrize(
    ("fields", "auto", "thriftgo", "apache"),
    [
        ("1: i32 a, 5: i32 b", [1, 5], [1, 5], [1, 5]),
        ("i32 a, i32 b", [1, 2], [1, 2], [-1, -2]),
        ("5: i32 a, i32 b", [5, 6], [5, 6], [5, -1]),
        ("i32 a, 1: i32 b", [-1, 1], None, [-1, 1]),
        ("i32 a, -5: i32 b, i32 c", [1, -5, -4], [1, -5, -4], [-1, -5, -6]),
        ("-1: i32 a, i32 b", [-1, 0], [-1, 0], [-1, -2]),
        ("65537: i32 a", [1], [1], [1]),
        ("1: i32 a, 65537: i32 b", None, None, None),
        ("0x10: i32 a", [16], [16], [16]),
        ("32767: i32 a, i32 b", [32767, -32768], [32767, -32768], [32767, -1]),
    ],
)
def test_ids(fields: str, auto: list[int] | None, thriftgo: list[int] | None, apache: list[int] | None) -> None:
    assert [ids(fields, mode) for mode in get_args(FieldIds)] == [auto, thriftgo, apache]


@pytest.mark.parametrize(("number", "wire"), [(0, 0), (32767, 32767), (32768, -32768), (-32769, 32767), (65536, 0)])
def test_sixteen_bits(number: int, wire: int) -> None:
    assert wire_id(number) == wire


def test_what_thriftgo_refuses_is_marked() -> None:
    loaded = load_texts("struct S { i32 a, 1: i32 b }\nstruct T { 0x1: i32 a, 0x2: i32 b }")
    refused = [found.code for found in loaded.report.diagnostics if found.refused_by == ("thriftgo",)]
    assert refused == ["KX0205", "KX0209"]
