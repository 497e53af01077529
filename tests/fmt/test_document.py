"""The algebra of documents: what fits stays on one line, what does not is broken from outside in."""

from __future__ import annotations

import pytest

from kitexgen.fmt.document import (
    HARD,
    SOFT,
    SPACE,
    Document,
    Fill,
    IfBroken,
    IfFlat,
    Suffix,
    concat,
    flat_text,
    group,
    indent,
    render,
)

LIST = group(concat(["[", indent(concat([SOFT, "aa,", SPACE, "bb", IfBroken(",")])), SOFT, "]"]))


@pytest.mark.parametrize(
    ("document", "width", "expected"),
    [
        (LIST, 9, "[aa, bb]"),
        (LIST, 7, "[\n  aa,\n  bb,\n]"),
        (concat([LIST, ";"]), 8, "[\n  aa,\n  bb,\n];"),
        (concat(["x", Suffix(" // c"), ",", HARD, "y"]), 20, "x, // c\ny"),
        (group(concat(["a", IfFlat(","), SPACE, "b"])), 9, "a, b"),
        (group(concat(["a", IfFlat(","), SPACE, "b", HARD, "c"])), 9, "a\nb\nc"),
        (indent(concat([HARD, HARD, "a"])), 9, "\n\n  a"),
        (concat(["a ", HARD, "b"]), 9, "a\nb"),
        (group(concat([SOFT, Fill(("11,", "22,", "33"))])), 7, "\n11, 22,\n33"),
    ],
)
def test_render(document: Document, width: int, expected: str) -> None:
    assert render(document, width=width, unit="  ") == expected


def test_flat_text_tells_what_stands_at_the_end() -> None:
    assert flat_text(concat(["a", Suffix(" // c"), "b"])) == ("ab", " // c")
    assert flat_text(HARD) is None
    assert flat_text(group(concat(["a"]), is_broken=True)) is None
