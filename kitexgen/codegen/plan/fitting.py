"""Expressions and parameter lists laid out as black lays them out: on one line where they fit, else one item a line.

A bracket whose items stand one a line, each with a comma after it, is what black leaves alone (the "magic trailing
comma"); so is whatever fits into its line. What is still too long after that, black has to look at itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 88
"""Black's line length, in columns."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """A tuple, list, set, dict or call. `items` are (what stands before the item, the item): ("", x), ("key: ", x)."""

    opening: str
    items: tuple[tuple[str, Expression], ...]
    closing: str

    @property
    def is_tuple(self) -> bool:
        return self.opening == "("

    @property
    def is_wrapper(self) -> bool:
        """`frozenset({...})`: a call of one positional argument, after which black wants no comma."""
        return self.opening not in "([{" and len(self.items) == 1 and not self.items[0][0]


Expression = str | Bracket
"""Text without a line break, or a bracket of expressions."""


def flat(expression: Expression) -> str:
    """The expression on one line."""
    if isinstance(expression, str):
        return expression
    inner = ", ".join(before + flat(item) for before, item in expression.items)
    if expression.is_tuple and len(expression.items) == 1:
        inner += ","
    return expression.opening + inner + expression.closing


def laid_out(expression: Expression, *, before: str = "", after: str = "", indent: int = 0) -> list[str]:
    """Lines of `before` + expression + `after`, at `indent` columns; `before` and `after` hold no line break."""
    margin = " " * indent
    one_line = margin + before + flat(expression) + after
    if columns(one_line) <= WIDTH or isinstance(expression, str) or not expression.items:
        return [one_line]
    comma = "" if expression.is_wrapper else ","
    lines = [margin + before + expression.opening]
    for prefix, item in expression.items:
        lines += laid_out(item, before=prefix, after=comma, indent=indent + 4)
    lines.append(margin + expression.closing + after)
    return lines


def assigned(before: str, atom: str, *, indent: int) -> list[str]:
    """Lines of `before` (which ends in "= ") + `atom`, a name or a literal, which can only go to a line of its own."""
    margin = " " * indent
    if columns(margin + before + atom) <= WIDTH or columns(f"{margin}    {atom}") > WIDTH:
        return [margin + before + atom]
    return [f"{margin}{before}(", f"{margin}    {atom}", f"{margin})"]


def tuple_of(items: Iterable[Expression]) -> Bracket:
    return Bracket("(", tuple(("", item) for item in items), ")")


def signature(head: str, parameters: Sequence[str], tail: str, *, indent: int) -> list[str]:
    """Lines of `def name(`, parameters, `) -> None:`."""
    margin = " " * indent
    one_line = margin + head + ", ".join(parameters) + tail
    if columns(one_line) <= WIDTH or not parameters:
        return [one_line]
    inner = [line for parameter in parameters for line in _parameter_lines(parameter, indent + 4)]
    return [margin + head, *inner, *_tail_lines(tail, indent)]


def _tail_lines(tail: str, indent: int) -> list[str]:
    """`) -> A | B:`; where the union fits no line, black gives each side one."""
    margin = " " * indent
    left, bar, right = tail.removeprefix(") -> ").removesuffix(":").partition(" | ")
    if not bar or columns(margin + tail) <= WIDTH or columns(f"{margin}    {left} | {right}") <= WIDTH:
        return [margin + tail]
    return [f"{margin}) -> (", f"{margin}    {left}", f"{margin}    | {right}", f"{margin}):"]


def _parameter_lines(parameter: str, indent: int) -> list[str]:
    """A parameter on its own line; where it is too long for that, black puts a union in parentheses."""
    margin = " " * indent
    line = f"{margin}{parameter},"
    name, colon, rest = parameter.partition(": ")
    hint, equals, default = rest.rpartition(" = ")
    if columns(line) <= WIDTH or not colon or not equals or not hint.endswith(" | None"):
        return [line]
    return [f"{margin}{name}: (", f"{margin}    {hint}", f"{margin}) = {default},"]


def broken(line: str) -> list[str] | None:
    """A line that is too long, as black breaks it; None where only black knows how.

    It is what nothing can break, an assignment, a `return`, a `raise` or an item of an exploded bracket that ends in a
    call, a subscript or a comprehension, an assignment of a plain name, a declaration, an `if` of one comparison, or a
    conditional expression that stands in brackets alone.
    """
    if _UNBREAKABLE.fullmatch(line):
        return [line]
    if _TRICKY_STRING.search(line):
        return None
    if line.endswith(":"):
        return _broken_comparison(line)
    if declaration := _DECLARATION.fullmatch(line):
        margin, name, hint = declaration.groups()
        return _if_fits([f"{margin}{name}: (", f"{margin}    {hint}", f"{margin})"])
    margin = " " * (len(line) - len(line.lstrip()))
    if line.endswith(",") and " if " in line and " = " not in line:
        return _in_parentheses(line, margin)
    if " if " in line and " = " not in line and (found := _broken_conditional(line, margin)):
        return found
    text = line.removesuffix(",")
    comma = line[len(text) :]
    opening = _last_opening(text)
    left, equals, right = text.partition(" = ")
    in_parentheses = [f"{left} = (", f"{margin}    {right}", f"{margin})"]
    if opening is None:
        return _if_fits(in_parentheses) if not comma and re.fullmatch(r"[\w.]+", right) else None
    inside = text[opening + 1 : -1]
    is_extension = _EXTENSION.fullmatch(text[:opening]) and text[opening] == "[" and " for " in inside
    if not is_extension and not _BEFORE_OPERAND.fullmatch(text[:opening]):
        return None
    head, tail = text[: opening + 1], f"{margin}{text[-1]}{comma}"
    if columns(head) > WIDTH or not inside:
        has_subscript = "[" in head[len(left) + len(equals) : -1]
        if not equals or comma or has_subscript:
            return None
        if fits(in_parentheses) or not inside:
            return _if_fits(in_parentheses)
        if _SUBSCRIPT.fullmatch(right):
            name = right.removesuffix(f"{inside}]")
            inner = [f"{margin}    {name}", f"{margin}        {inside}", f"{margin}    ]"]
            # Black keeps the parentheses where they make the name fit, at least.
            outer = [in_parentheses[0], *inner, in_parentheses[2]]
            return outer if fits(outer) else [head, f"{margin}    {inside}", tail]
        call = broken(in_parentheses[1]) if _PLAIN_ARGUMENTS.fullmatch(inside) else None
        return None if call is None else _if_fits([in_parentheses[0], *call, in_parentheses[2]])
    whole = [head, f"{margin}    {inside}", tail]
    if not fits(whole) and _PLAIN_ARGUMENTS.fullmatch(inside) and re.search(r"\w\($", head):
        # An argument that is too long for its line stays there: it cannot be broken.
        return [head, *(f"{margin}    {argument}," for argument in inside.split(", ")), tail]
    name, loop, source = inside.partition(" for ")
    if loop and not fits(whole):
        return _if_fits([head, f"{margin}    {name}", f"{margin}    for {source}", tail])
    if fits(whole) or loop:
        return _if_fits(whole)
    further = broken(whole[1]) if _CALL.fullmatch(inside) or " if " in inside else None
    return None if further is None else _if_fits([head, *further, tail])


# Names, sums of two names, and bytes: two of them or more.
_PLAIN = r"(?:[\w.]+(?: [-+] [\w.]+)?|b\"(?:\\x[0-9a-f]{2}|[^\"\\,])*\")"
_PLAIN_ARGUMENTS = re.compile(f"{_PLAIN}(?:, {_PLAIN})+")
# A call of a name, and nothing behind it.
_CALL = re.compile(r"[\w.]+\([^()]*\)")
# A quote in a string, or a bracket: then brackets cannot be counted.
_TRICKY_STRING = re.compile(r"""'|\\"|"[^"()\[\]{}]*[()\[\]{}][^"]*"(?=(?:[^"]*"[^"]*")*[^"]*$)""")
_DECLARATION = re.compile(r"(\s*)(\w+): ([\w.]+(?: \| None)?)")
# Black leaves these, however long: a parameter whose default is a name, a name or one text among the items of an
# exploded bracket, the line that opens a parameter list, and a comment. A text that escapes quotes it may change.
_TEXT = r"""b?"(?:[^"\\]|\\[^"'])*"|'[^'"\\]*"[^'\\]*'"""
_UNBREAKABLE = re.compile(rf"\s*(?:\w+: [\w.]+ = [\w.]+,|(?:\w+=)?(?:[\w.]+|{_TEXT}),|def \w+\(|# .*\S)")


def _in_parentheses(line: str, margin: str) -> list[str] | None:
    """A conditional expression among others in an exploded bracket."""
    inside = f"{margin}    {line.strip()[:-1]}"
    if not (broken_up := _broken_conditional(inside, f"{margin}    ")):
        return None
    return [f"{margin}(", *([inside] if fits([inside]) else broken_up), f"{margin}),"]


_STATEMENT = re.compile(r"\s*(?:return|yield|assert|raise|del) ")


def _broken_conditional(line: str, margin: str) -> list[str] | None:
    """`A if B else C`, alone in brackets that are broken already; it has no more ifs, and nothing behind it."""
    value, _, rest = line.partition(" if ")
    condition, _, other = rest.partition(" else ")
    if not other or " if " in rest or " else " in other or not all(map(_is_one, (value, condition, other))):
        return None
    return None if _STATEMENT.match(line) else _if_fits([value, f"{margin}if {condition}", f"{margin}else {other}"])


def _is_one(text: str) -> bool:
    """Whether every bracket in `text` is closed in it, and no comma stands outside of all."""
    depth = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        if depth < 0 or (sign == "," and depth == 0):
            return False
    return depth == 0


def _broken_comparison(line: str) -> list[str] | None:
    found = re.fullmatch(r"(\s*)if ([^ ]+(?:, [^ ]+)*) ([!=]=|is not) ([^ ]+):", line)
    if found is None:
        return None
    margin, left, sign, right = found.groups()
    return _if_fits([f"{margin}if (", f"{margin}    {left}", f"{margin}    {sign} {right}", f"{margin}):"])


# One name, a subscript of one or no bytes, perhaps assigned or returned, stands before the last bracket: no operator,
# no call.
_BEFORE_OPERAND = re.compile(r"\s*(?:return |raise |[^=()]+ = |\w+ \+= (?=\w))?(?:b\"\"\.|\w+\[[^()\[\]]*\]\.)?[\w.]*")

# What stands before a list that another grows by.
_EXTENSION = re.compile(r"\s*\w+ \+= ")
_SUBSCRIPT = re.compile(r"\w+\[\w+\]")


def _last_opening(text: str) -> int | None:
    """Where the bracket opens that `text` ends with; None where it ends with none."""
    depth = 0
    if text[-1] not in ")]}":
        return None
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] in ")]}") - (text[at] in "([{")
        if depth == 0:
            return at
    return None


def _if_fits(lines: list[str]) -> list[str] | None:
    return lines if fits(lines) else None


def fits(lines: Iterable[str]) -> bool:
    """Whether no line is longer than black allows."""
    for line in lines:  # noqa: SIM110 - a generator, and a call for each short ASCII line, took 6 % of a whole run
        if (len(line) > WIDTH or not line.isascii()) and columns(line) > WIDTH:
            return False
    return True


def columns(text: str) -> int:
    """Width as black counts it: wide characters of East Asia take two columns, combining ones none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # noqa: PLC0415 - most files are plain ASCII

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
