"""Layout: what black would make of it, without black."""

from __future__ import annotations

import black
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.codegen.plan.fitting import (
    Bracket,
    Expression,
    assigned,
    broken,
    columns,
    fits,
    flat,
    laid_out,
    signature,
    tuple_of,
)

ATOMS = st.integers(1, 60).map(lambda size: '"' + "a" * size + '"') | st.integers().map(str)
NAMES = st.integers(1, 60).map(lambda size: "n" * size)


def brackets(items: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    plain = st.lists(items.map(lambda item: ("", item)), max_size=6).map(tuple)
    entries = st.lists(st.tuples(ATOMS.map(lambda key: f"{key}: "), items), min_size=1, max_size=6).map(tuple)
    given_by_name = st.lists(st.tuples(NAMES.map(lambda name: f"{name}="), items), min_size=1, max_size=6).map(tuple)
    return st.one_of(
        plain.map(lambda inner: Bracket("(", inner, ")")),
        plain.map(lambda inner: Bracket("[", inner, "]")),
        entries.map(lambda inner: Bracket("{", inner, "}")),
        given_by_name.map(lambda inner: Bracket("Leaf(", inner, ")")),
        entries.map(lambda inner: Bracket("frozenset(", (("", Bracket("{", inner, "}")),), ")")),
    )


EXPRESSIONS = st.recursive(ATOMS, brackets, max_leaves=12)


@given(EXPRESSIONS.filter(lambda expression: not isinstance(expression, str)), st.sampled_from([0, 4]))
def test_brackets_are_blacks(expression: Expression, indent: int) -> None:
    lines = laid_out(expression, before="value = ", indent=indent)
    if fits(lines):
        source = "\n".join([*(["class A:"] if indent else []), *lines, ""])
        assert black.format_str(source, mode=black.Mode()) == source


@given(NAMES, st.integers(0, 2))
def test_assignments_are_blacks(name: str, depth: int) -> None:
    lines = assigned(f"self.{name} = ", name, indent=4)
    if fits(lines):
        source = "\n".join(["class A:", *lines, ""])
        assert black.format_str(source, mode=black.Mode()) == source


HINTS = st.one_of(NAMES, NAMES.map(lambda name: f"list[{name}]"))
PARAMETERS = st.lists(
    st.tuples(NAMES, HINTS).map(lambda pair: f"{pair[0]}: {pair[1]}")
    | st.tuples(NAMES, HINTS).map(lambda pair: f"{pair[0]}: {pair[1]} | None = None"),
    max_size=4,
)


@given(PARAMETERS, st.one_of(HINTS, HINTS.map(lambda hint: f"Awaitable[{hint}] | {hint}")))
def test_signatures_are_blacks(parameters: list[str], result: str) -> None:
    lines = signature(
        "def method(", ["self", "*", *parameters] if parameters else ["self"], f") -> {result}:", indent=4
    )
    if fits(lines):
        source = "\n".join(["class A:", *lines, "        pass", ""])
        assert black.format_str(source, mode=black.Mode()) == source


def test_a_tuple_of_one() -> None:
    assert flat(tuple_of(["1"])) == "(1,)"
    assert flat(tuple_of([])) == "()"


def test_columns() -> None:
    assert (columns("abc"), columns("類"), columns("e\u0301")) == (3, 2, 1)


_LONG = "a_name_that_takes_many_columns_because_the_idl_has_a_long_one"


@pytest.mark.parametrize(
    "line",
    [
        f'    values["{_LONG}"], at = read_{_LONG}(data, at + 3)',
        f"    return {_LONG}_{_LONG[:10]}(record, data, at)",
        f"    {_LONG} = TABLE_OF_MEMBERS[I32(data, at + 3)[0]]",
        f"    {_LONG} = {_LONG}.{_LONG[:9]}",
        f"    raw_{_LONG} = record.{_LONG[:30]}.encode()",
        f"{_LONG}: Final = Members({_LONG})",
        f"    {_LONG[:40]}: Hint_{_LONG} | None",
        f"    values: dict[str, Any] = {{name: getattr(record, name) for name in {_LONG[:30]}[:done]}}",
        f"    values: dict[str, Any] = {{name: getattr(record, name) for name in {_LONG}[:done]}}",
    ],
)
def test_long_lines_break_as_black_breaks_them(line: str) -> None:
    indent = 4 if line.startswith(" ") else 0
    statement = f"def f():\n{line}\n" if "return" in line else f"class _:\n{line}\n" if indent else f"{line}\n"
    expected = black.format_str(statement, mode=black.Mode()).splitlines()
    assert broken(line) == (expected[1:] if indent else expected)


@pytest.mark.parametrize(
    "template",
    [
        'NAME = data[at : at + size].decode("utf-8", "surrogateescape")',
        'raw = b"".join(write_NAME(NAME))',
        "NAME.append(read_NAME(data, at, at + size, depth - 1))",
        'NAME.append(data[at : at + size].decode("utf-8"))',
        "NAME, at = read_NAME(data, at)",
        "at = skip_unknown(data, at, end, depth, NAME)",
        "NAME = read_NAME(data, at, at + size, depth - 1)",
        "NAME = _NAMES_NAME[number]",
        "n = _NAMES_NAME[number]",
        "NAME += [_NAME[number] for number in _READ_INT32S(data[at : at + size])]",
        'raise NotImplementedError("NAME.NAME")',
        "values[NAME], at = read_NAME(data, at, at + size, depth - 1, NAME)",
        'pieces += put_messages(b"\\xe2\\x02", write_NAME, record.NAME)',
        "f(NAME, NAME)",
        "pieces.append(NAME if -128 <= NAME < 128 else put(NAME))",
        "entry = join((NAME[key] if 0 <= key < 128 else put(key), NAME[value]))",
        "entry = join(NAME[key] if 0 <= key < 128 else put(key), value)",
    ],
)
@pytest.mark.parametrize("depth", [1, 3])
def test_names_of_any_length_break_as_black_breaks_them(template: str, depth: int) -> None:
    around = [f"{'    ' * each}while 1:" for each in range(depth)]
    for size in range(5, 95):
        line = "    " * depth + template.replace("NAME", "n" * size)
        found = broken(line)
        if not fits([line]) and found is not None:
            text = "\n".join([*around, line, ""])
            assert [*around, *found] == black.format_str(text, mode=black.Mode()).splitlines()


def test_conditional_expressions_among_others_break_as_black_breaks_them() -> None:
    for size in range(20, 60):
        name = "n" * size
        line = f"        BYTES[{name}] if -128 <= {name} < 128 else put({name}, 0),"
        found = broken(line)
        if not fits([line]) and found is not None:
            text = "\n".join(["while 1:", "    x = [", line, "        a,", "    ]", ""])
            expected = ["while 1:", "    x = [", *found, "        a,", "    ]"]
            assert black.format_str(text, mode=black.Mode()).splitlines() == expected


def test_a_parameter_is_left_however_long() -> None:
    line = f"    {_LONG}: {_LONG} = {_LONG}.{_LONG},"
    assert broken(line) == [line]
    text = f"def f(\n{line}\n    b: int = 1,\n) -> None:\n    pass\n"
    assert black.format_str(text, mode=black.Mode()) == text


@pytest.mark.parametrize(
    "item",
    [
        _LONG,
        f'"{_LONG}"',
        f'"{_LONG} (it\'s all one, {{text}})"',
        f'b"\\x0a{_LONG}"',
        f"'{{ type: \"{_LONG}\" }}'",
        f'name="{_LONG}.[a-z]*\\\\n"',
        f"name={_LONG}",
        f"# 1: {_LONG}.Name (a",
    ],
)
def test_what_nothing_can_break_is_left_however_long(item: str) -> None:
    line = f"    {item},"
    assert broken(line) == [line]
    text = f"f(\n{line}\n    b=1,\n)\n"
    assert black.format_str(text, mode=black.Mode()) == text


@pytest.mark.parametrize("item", [f'"{_LONG}\\"{_LONG}"', f"'{_LONG}'", f'"{_LONG}" + x', f'"{_LONG}", "x"'])
def test_a_text_black_may_touch_is_left_to_it(item: str) -> None:
    assert broken(f"    {item},") is None


def test_the_line_that_opens_parameters_is_left_however_long() -> None:
    line = f"def {_LONG}("
    assert broken(line) == [line]
    text = f"{line}\n    a: int,\n    b: int,\n) -> int:\n    return a\n"
    assert black.format_str(text, mode=black.Mode()) == text


def test_conditional_expressions_in_brackets_break_as_black_breaks_them() -> None:
    for size in range(25, 60):
        name = "n" * size
        line = f"        BYTES[{name}] if -128 <= {name} < 128 else put({name}, 0)"
        found = broken(line)
        if not fits([line]) and found is not None:
            text = "\n".join(["while 1:", "    f(", line, "    )", ""])
            expected = ["while 1:", "    f(", *found, "    )"]
            assert black.format_str(text, mode=black.Mode()).splitlines() == expected


@pytest.mark.parametrize(
    "line", [f"    if {_LONG}(data, at) != EXPECTED_{_LONG}:", f"    if type({_LONG}) is not {_LONG[:40]}:"]
)
def test_a_long_comparison_breaks_as_black_breaks_it(line: str) -> None:
    expected = black.format_str(f"def f():\n{line}\n        return 1\n", mode=black.Mode()).splitlines()
    assert broken(line) == expected[1:-1]


@pytest.mark.parametrize(
    "line",
    [
        f'X: Final = f("a text with a (", {_LONG}, {_LONG})',
        f"X: Final = f('single', {_LONG}, {_LONG})",
        f"X = {_LONG} + {_LONG}",
        # Black gives each item of a tuple a line, however short.
        f"    pieces += ({_LONG}[len(src)], src, {_LONG[:20]}[len(dst)])",
        f"X: Final = {_LONG}.{_LONG}({_LONG}, {_LONG})",
        f"    {_LONG} = (",
        f"    return {_LONG} if {_LONG[:20]} else {_LONG}",
    ],
)
def test_what_cannot_be_proved_is_left_to_black(line: str) -> None:
    assert broken(line) is None
