"""Values of annotations: a literal, `$Field`, or `@function(...)`; to Python, as far as their types allow.

Source: cloudwego/thrift-gen-validator, parser/function.peg and parser/util.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from kitexgen.diagnostics.suggest import nearest
from kitexgen.plugins.validator.faults import BadOperand
from kitexgen.plugins.validator.functions import FUNCTIONS, Use
from kitexgen.plugins.validator.kinds import Kind, kind_of
from kitexgen.plugins.validator.rules import Operand
from kitexgen.schema.declarations import Field, Record, RecordKind, Requirement
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Schema

_BOOLS: Final = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}
_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<name>[@$][A-Za-z_][\w.]*)|(?P<mark>[(),;])|"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>(?:\\.|[^'\\])*)'
    |(?P<number>[+-]?(?:0[xX][0-9a-fA-F]+|0o[0-7]+|(?:\d*\.\d+|\d+)(?:[eE][+-]?\d+)?)))""",
    re.VERBOSE,
)


def is_nullable(record: Record, field: Field, schema: Schema) -> bool:
    """Whether the attribute of `field` may be None."""
    if record.kind is RecordKind.UNION:
        return True
    if field.default is not None or field.requirement is Requirement.REQUIRED:
        return False
    return field.requirement is Requirement.OPTIONAL or kind_of(field.type, schema) is Kind.RECORD


def looks_like_call(text: str) -> bool:
    """Whether `text` means a function; an `@` that begins none stands for itself, as in Go."""
    return re.match(r"@[A-Za-z_][\w.]*\s*\(", text) is not None


def integer(text: str) -> int:
    """As Go's `strconv.ParseInt(text, 0, 64)`: 0x, 0o, 0b, and a leading 0 for octal. Raises BadOperand."""
    try:
        octal = re.fullmatch(r"([+-]?)0([0-7_]+)", text)
        value = int(f"{octal[1]}{octal[2]}", 8) if octal else int(text, 0)
    except ValueError:
        raise BadOperand("KX0457", "it is no integer", 'write a number: "10", "-1", "0x20"') from None
    if not -(2**63) <= value < 2**63:
        raise BadOperand("KX0457", "it does not fit into 64 bits", "take a smaller number")
    return value


def number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadOperand("KX0457", "it is no number", 'write a number: "0.25", "1e3"') from None


def truth(text: str) -> bool:
    """As Go's `strconv.ParseBool`. Raises BadOperand."""
    if text not in _BOOLS:
        raise BadOperand("KX0457", "it is neither true nor false", 'write "true" or "false"')
    return _BOOLS[text]


@dataclass(frozen=True, slots=True)
class Operands:
    """Reads operands of the rules of `record`. `attributes` are its names in Python, `use` imports from a module,
    `member` names the member of an enum.
    """

    schema: Schema
    record: Record
    attributes: Mapping[str, str]
    use: Use
    member: Callable[[DeclId, str], str]

    def reference(self, text: str) -> Operand:
        """`$Field`, another field of the record. Raises BadOperand."""
        name = text.removeprefix("$")
        field = next((field for field in self.record.fields if field.name == name), None)
        if field is None:
            near = nearest(name, [field.name for field in self.record.fields])
            hint = f"did you mean `${near}`?" if near else "name a field as the IDL does"
            raise BadOperand("KX0458", f"`{self.record.id.name}` has no field `{name}`", hint)
        code = f"record.{self.attributes[name]}"
        nullable = (code,) if is_nullable(self.record, field, self.schema) else ()
        return Operand(code, kind_of(field.type, self.schema), nullable)

    def function(self, text: str) -> Operand:
        """`@name(arguments)`. Raises BadOperand."""
        tokens = _Tokens(text)
        found = self._call(tokens)
        tokens.end()
        return found

    def _call(self, tokens: _Tokens) -> Operand:
        name = tokens.take("name").removeprefix("@")
        tokens.mark("(")
        arguments: list[Operand] = []
        while not tokens.is_mark(")"):
            arguments.append(self._argument(tokens))
            if tokens.is_mark(",") or tokens.is_mark(";"):
                tokens.skip()
        tokens.skip()
        call = FUNCTIONS.get(name)
        if call is None:
            near = nearest(name, FUNCTIONS)
            hint = f"did you mean `@{near}`?" if near else f"there are {', '.join(FUNCTIONS)}"
            raise BadOperand("KX0458", f"there is no function `{name}`", hint)
        made = call(arguments, self.use)
        return Operand(
            made.code,
            made.kind,
            tuple(dict.fromkeys(one for part in arguments for one in part.nullable)),
            tuple(dict.fromkeys((*(one for part in arguments for one in part.divisors), *made.divisors))),
            made.negated,
        )

    def _argument(self, tokens: _Tokens) -> Operand:
        group, text = tokens.peek()
        if group == "name" and text.startswith("@"):
            return self._call(tokens)
        tokens.skip()
        match group:
            case "name":
                return self.reference(text)
            case "double" | "single":
                return Operand(repr(re.sub(r"\\([\"'])", r"\1", text)), Kind.TEXT)
            case "number" if re.search(r"^[+-]?(?!0[xX]).*[.eE]", text):
                return Operand(repr(number(text)), Kind.DOUBLE)
            case "number":
                return Operand(repr(integer(text)), Kind.INTEGER)
        raise tokens.fault()


class _Tokens:
    """The parts of `@function(...)`, in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def peek(self) -> tuple[str, str]:
        found = _TOKEN.match(self._text, self._at)
        if found is None or found.lastgroup is None:
            raise self.fault()
        return found.lastgroup, found[found.lastgroup]

    def skip(self) -> None:
        found = _TOKEN.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def take(self, group: str) -> str:
        found, text = self.peek()
        if found != group:
            raise self.fault()
        self.skip()
        return text

    def is_mark(self, mark: str) -> bool:
        return self.peek() == ("mark", mark)

    def mark(self, mark: str) -> None:
        if not self.is_mark(mark):
            raise self.fault()
        self.skip()

    def end(self) -> None:
        if self._text[self._at :].strip():
            raise self.fault()

    def fault(self) -> BadOperand:
        rest = self._text[self._at :].strip()
        where = f"not understood from `{rest}` on" if rest else "it ends too early"
        return BadOperand("KX0458", where, 'a function looks like this: "@add($Limit, 10)"')
