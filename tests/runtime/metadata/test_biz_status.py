"""A business status in a header: what Kitex writes, and everything a peer may have written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.errors import BizStatusError
from kitexgen.runtime.metadata import read_biz_status, write_biz_status


def written(status: BizStatusError) -> dict[str, str]:
    infos: dict[str, str] = {}
    write_biz_status(status, infos)
    return infos


def test_as_recorded() -> None:
    """V13: the order is Kitex's, the escapes are those of Go's JSON."""
    assert list(written(BizStatusError(1001, "no money", {"k": "v<1>"})).items()) == [
        ("biz-status", "1001"),
        ("biz-message", "no money"),
        ("biz-extra", '{"k":"v\\u003c1\\u003e"}'),
    ]


def test_an_empty_extra_is_left_out_and_an_empty_message_is_not() -> None:
    assert written(BizStatusError(-1)) == {"biz-status": "-1", "biz-message": ""}


def test_what_is_escaped() -> None:
    text = '<>&\u2028\u2029é"\\\n\x01'
    escaped = '"\\u003c\\u003e\\u0026\\u2028\\u2029é\\"\\\\\\n\\u0001"'
    assert written(BizStatusError(1, extra={"k": text}))["biz-extra"] == '{"k":' + escaped + "}"


@given(
    code=st.integers(-(2**31), 2**31 - 1).filter(bool),
    message=st.text(),
    extra=st.dictionaries(st.text(), st.text(), max_size=3),
)
def test_what_is_written_is_read(code: int, message: str, extra: dict[str, str]) -> None:
    status = read_biz_status(written(BizStatusError(code, message, extra)))
    assert status is not None
    assert (status.code, status.message, status.extra) == (code, message, extra)
    assert str(status) == f"biz error: code={code}, msg={message}"


@pytest.mark.parametrize(
    "text", ["", "0", "-0", "x", "1.0", " 1", "1_0", "0x1", "2147483648", "-2147483649", "9" * 5000, "\u0661"]
)
def test_what_is_no_code_is_no_status(text: str) -> None:
    assert read_biz_status({"biz-status": text, "biz-message": "m"}) is None


def test_no_status_at_all() -> None:
    assert read_biz_status({}) is None


@pytest.mark.parametrize(("text", "code"), [("+7", 7), ("007", 7), ("-2147483648", -(2**31))])
def test_codes_as_go_reads_them(text: str, code: int) -> None:
    status = read_biz_status({"biz-status": text})
    assert status is not None
    assert (status.code, status.message, status.extra) == (code, "", {})


@pytest.mark.parametrize("text", ["{", "[]", '{"k":1}', '"x"', "1", "[" * 100_000])
def test_an_extra_that_is_none_is_told(text: str) -> None:
    """Kitex drops the whole status, and the caller takes the call for a success: that helps nobody."""
    status = read_biz_status({"biz-status": "3", "biz-message": "m", "biz-extra": text})
    assert status is not None
    assert (status.code, status.message, status.extra) == (3, "m", {})
    assert status.__notes__[0].startswith("the extra that came with it is unreadable: ")


@pytest.mark.parametrize("text", ["", "null", "{}"])
def test_an_extra_may_be_nothing(text: str) -> None:
    status = read_biz_status({"biz-status": "3", "biz-extra": text})
    assert status is not None
    assert status.extra == {}
    assert not hasattr(status, "__notes__")
