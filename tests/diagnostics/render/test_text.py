"""The picture in the terminal, whole, case by case."""

from __future__ import annotations

import time
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.diagnostics.render.text import render_summary, render_text
from kitexgen.source.file import SourceFile
from kitexgen.source.span import Span


def label(text: str, marked: str, said: str = "", path: str = "a.thrift", after: str = "") -> Label:
    """The first `marked` in `text` behind `after`."""
    start = text.index(marked, text.index(after) + len(after))
    return Label(Span(path, start, start + len(marked)), said)


def drawn(
    text: str, at: Label | None, *also: Label, hint: str | None = None, others: dict[str, str] | None = None
) -> str:
    diagnostic = Diagnostic(
        code="KX0001", severity=Severity.ERROR, message="something is wrong", at=at, also=also, hint=hint
    )
    texts = {"a.thrift": text, **(others or {})}
    return render_text([diagnostic], {path: SourceFile(path, content) for path, content in texts.items()})


def picture(text: str) -> str:
    return dedent(text).lstrip("\n")


def test_two_lines() -> None:
    text = "struct EchoRequest {\n  1: required string message\n  1: optional i32 count\n}\n"
    again = label(text, "1", "`count` takes it again", after="message")
    assert drawn(text, again, label(text, "1", "`message` has it"), hint="2 is free") == picture("""
        a.thrift:3:3: error[KX0001]: something is wrong
          2 |   1: required string message
            |   - `message` has it
          3 |   1: optional i32 count
            |   ^ `count` takes it again
            = hint: 2 is free
        """)


def test_no_place() -> None:
    assert drawn("", None, hint="say it\nin two lines") == picture("""
        error[KX0001]: something is wrong
            = hint: say it
                    in two lines
        """)


def test_several_labels_on_one_line() -> None:
    text = "service S { void a(), void b(), void a() }\n"
    last = label(text, "a", "third", after="b()")
    assert drawn(text, last, label(text, "a", "first", after="void "), label(text, "b", "second")) == picture("""
        a.thrift:1:38: error[KX0001]: something is wrong
          1 | service S { void a(), void b(), void a() }
            |                  -         -         ^ third
            |                  |         second
            |                  first
        """)


def test_primary_lies_on_top_of_a_wider_span() -> None:
    text = "struct A { 1: i32 x }\n"
    assert drawn(text, label(text, "i32", "this"), label(text, "1: i32 x", "field")) == picture("""
        a.thrift:1:15: error[KX0001]: something is wrong
          1 | struct A { 1: i32 x }
            |            ---^^^--
            |            |  this
            |            field
        """)


def test_lines_between_are_shown_or_left_out() -> None:
    text = "".join(f"line{n}\n" for n in range(1, 13))
    labels = (label(text, "line4", "four"), label(text, "line6", "six"))
    assert drawn(text, label(text, "line12", "twelve"), *labels) == picture("""
        a.thrift:12:1: error[KX0001]: something is wrong
           4 | line4
             | ----- four
           5 | line5
           6 | line6
             | ----- six
          ...
          12 | line12
             | ^^^^^^ twelve
        """)


def test_a_span_of_several_lines() -> None:
    text = "struct A {\n  1: i32 a\n  2: i32 b\n}\n"
    assert drawn(text, label(text, text.strip(), "all of this")) == picture("""
        a.thrift:1:1: error[KX0001]: something is wrong
          1 | struct A {
            | ^^^^^^^^^^
          ...
          4 | }
            | ^ all of this
        """)


def test_a_span_that_ends_with_its_line_break() -> None:
    text = "// abc\nstruct A {}\n"
    assert drawn(text, label(text, "// abc\n", "here")) == picture("""
        a.thrift:1:1: error[KX0001]: something is wrong
          1 | // abc
            | ^^^^^^ here
        """)


def test_the_end_of_the_file() -> None:
    text = "struct A {\n"
    assert drawn(text, Label(Span("a.thrift", len(text), len(text)), "`}` is missing"), label(text, "{")) == picture("""
        a.thrift:2:1: error[KX0001]: something is wrong
          1 | struct A {
            |          -
          2 |
            | ^ `}` is missing
        """)


def test_other_files_and_files_that_could_not_be_read() -> None:
    text = "include 'b.thrift'\n"
    other = "struct B {}\n"
    labels = (label(other, "B", "here too", path="b.thrift"), Label(Span("c.thrift", 3, 4), "and here"))
    assert drawn(text, label(text, "'b.thrift'", "this"), *labels, others={"b.thrift": other}) == picture("""
        a.thrift:1:9: error[KX0001]: something is wrong
          1 | include 'b.thrift'
            |         ^^^^^^^^^^ this
            --> b.thrift:1:8
          1 | struct B {}
            |        - here too
            --> c.thrift: and here
        """)
    assert drawn(text, Label(Span("gone.thrift", 0, 0), "nothing to show")) == picture("""
        gone.thrift: error[KX0001]: something is wrong
            = nothing to show
        """)


def test_tabs_wide_and_combining_characters() -> None:
    text = "\tstruct 漢字 { 1: é\u0301 x }\n"
    assert drawn(text, label(text, "x", "x"), label(text, "漢字", "two")) == (
        "a.thrift:1:20: error[KX0001]: something is wrong\n"
        "  1 |     struct 漢字 { 1: é\u0301 x }\n"
        "    |            ----        ^ x\n"
        "    |            two\n"
    )


@pytest.mark.parametrize("nasty", ["\x1b[31m", "\x00", "\x07", "\u202e", "\u2066", "\x9b", "\udc80", "\x7f"])
def test_nothing_a_terminal_would_obey_gets_through(nasty: str) -> None:
    text = f"const string A = '{nasty}'\n"
    diagnostic = Diagnostic(
        code="KX0001",
        severity=Severity.ERROR,
        message=f"what is {nasty}",
        at=label(text, "A", f"label {nasty}"),
        hint=f"hint {nasty}",
    )
    result = render_text([diagnostic], {"a.thrift": SourceFile("a.thrift", text)})
    assert nasty[0] not in result
    result.encode()


def test_long_lines_are_cut_round_their_marks() -> None:
    text = "a" * 150 + " here " + "b" * 150 + "\n"
    assert drawn(text, label(text, "here", "this")) == (
        "a.thrift:1:152: error[KX0001]: something is wrong\n"
        f"  1 | …{'a' * 19} here {'b' * 75}…\n"
        f"    | {' ' * 21}^^^^ this\n"
    )
    assert drawn(text, label(text, "a", "first")).splitlines()[1] == f"  1 | {'a' * 100}…"


def test_marks_far_apart_on_a_long_line_each_get_a_window() -> None:
    text = "x" + " " * 200 + "y\n"
    assert drawn(text, label(text, "y", "second"), label(text, "x", "first")) == (
        "a.thrift:1:202: error[KX0001]: something is wrong\n"
        "  1 | x…\n"
        "    | - first\n"
        f"  1 | …{' ' * 20}y\n"
        f"    | {' ' * 21}^ second\n"
    )


def test_a_thousand_errors_on_one_huge_line_take_no_time() -> None:
    text = "x" * 1_000_000
    files = {"a.thrift": SourceFile("a.thrift", text)}
    errors = [
        Diagnostic(
            code="KX0001", severity=Severity.ERROR, message="m", at=Label(Span("a.thrift", n * 1000, n * 1000 + 1))
        )
        for n in range(1000)
    ]
    started = time.perf_counter()
    render_text(errors, files)
    assert time.perf_counter() - started < 5


def test_color_only_adds_escape_codes() -> None:
    text = "struct A {}\n"
    diagnostic = Diagnostic(
        code="KX0001",
        severity=Severity.WARNING,
        message="m",
        at=label(text, "A", "x"),
        also=(label(text, "struct"),),
        hint="h",
    )
    files = {"a.thrift": SourceFile("a.thrift", text)}
    colored = render_text([diagnostic], files, color=True)
    for code in ("\033[1;33m", "\033[1;34m", "\033[34m", "\033[1;32m", "\033[1m"):
        assert code in colored
        colored = colored.replace(code, "")
    assert colored.replace("\033[0m", "") == render_text([diagnostic], files)


def test_a_blank_line_between_and_a_line_that_counts() -> None:
    def one(code: str, severity: Severity) -> Diagnostic:
        return Diagnostic(code=code, severity=severity, message="m", at=None)

    found = [one("KX0003", Severity.WARNING), one("KX0001", Severity.ERROR), one("KX0002", Severity.ERROR)]
    assert render_text(found[:2], {}) == "warning[KX0003]: m\n\nerror[KX0001]: m\n"
    assert render_summary(found) == "2 errors, 1 warning (`kitexgen explain KX0001` says more)\n"
    assert render_summary(found[:1]) == "1 warning (`kitexgen explain KX0003` says more)\n"
    assert render_summary([]) == ""
    assert render_text([], {}) == ""


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), min_size=1, max_size=4))
def test_any_text_and_any_spans_can_be_drawn(text: str, ends: list[tuple[int, int]]) -> None:
    labels = [Label(Span("a.thrift", min(pair), max(pair)), f"label {n}") for n, pair in enumerate(ends)]
    result = drawn(text, labels[0], *labels[1:])
    assert all(f"label {n}" in result for n in range(len(ends)))
    assert "^" in result
