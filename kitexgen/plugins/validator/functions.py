"""The functions of rules, as Python: each checks its arguments and gives the expression that calls it.

Source: cloudwego/thrift-gen-validator README.md, "Validation Function".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from kitexgen.plugins.validator.faults import BadOperand
from kitexgen.plugins.validator.kinds import Kind
from kitexgen.plugins.validator.rules import Operand

RUNTIME: Final = "kitexgen.runtime.contract.validation"
_NUMBERS: Final = (Kind.INTEGER, Kind.DOUBLE)
_CONTAINERS: Final = (Kind.LIST, Kind.SET, Kind.MAP)
_VERBS: Final = re.compile(r"%[-+# 0]*\d*(?:\.\d+)?(.?)", re.DOTALL)

# Imports a name from a module; gives the name it is bound to.
Use = Callable[[str, str], str]


def _expect(arguments: Sequence[Operand], function: str, *kinds: tuple[Kind, ...]) -> None:
    if len(arguments) != len(kinds):
        few = "argument" if len(kinds) == 1 else "arguments"
        raise BadOperand("KX0458", f"`{function}` takes {len(kinds)} {few}, not {len(arguments)}")
    for argument, allowed in zip(arguments, kinds, strict=True):
        if argument.kind not in allowed:
            wanted = " or ".join(kind.value for kind in allowed)
            raise BadOperand("KX0458", f"`{function}` takes {wanted}, not {argument.kind.value}")


def _len(arguments: Sequence[Operand], use: Use) -> Operand:
    _expect(arguments, "len", (*_CONTAINERS, Kind.TEXT, Kind.BYTES))
    of = arguments[0]
    count = use(RUNTIME, "byte_size") if of.kind is Kind.TEXT else "len"
    return Operand(f"{count}({of.code})", Kind.INTEGER)


def _sprintf(arguments: Sequence[Operand], use: Use) -> Operand:
    if not arguments or not arguments[0].code.startswith(("'", '"')):
        raise BadOperand("KX0458", "`sprintf` takes its format first, as text", "\"@sprintf('%d-x', $Id)\"")
    verbs = [verb for verb in _VERBS.findall(arguments[0].code) if verb != "%"]
    if unknown := [verb for verb in verbs if verb not in tuple("dvsqtxXobefg")]:
        raise BadOperand("KX0458", f"`sprintf` does not know `%{unknown[0]}`", "verbs are d v s q t x X o b e f g")
    if len(verbs) != len(arguments) - 1:
        raise BadOperand("KX0458", f"the format takes {len(verbs)} values, not {len(arguments) - 1}")
    for verb, value in zip(verbs, arguments[1:], strict=True):
        allowed = _VERB_KINDS.get(verb, tuple(_PLAIN))
        if value.kind not in allowed:
            raise BadOperand("KX0458", f"`%{verb}` cannot print {value.kind.value}", "`%v` prints what has no parts")
    given = ", ".join(argument.code for argument in arguments)
    return Operand(f"{use(RUNTIME, 'sprintf')}({given})", Kind.TEXT)


_PLAIN: Final = (Kind.INTEGER, Kind.DOUBLE, Kind.BOOL, Kind.TEXT, Kind.BYTES)
_VERB_KINDS: Final = {
    **dict.fromkeys("doxXb", (Kind.INTEGER,)),
    **dict.fromkeys("efg", (Kind.DOUBLE,)),
    **dict.fromkeys("sq", (Kind.TEXT,)),
    "t": (Kind.BOOL,),
}


def _now_unix_nano(arguments: Sequence[Operand], use: Use) -> Operand:
    _expect(arguments, "now_unix_nano")
    return Operand(f"{use('time', 'time_ns')}()", Kind.INTEGER)


def _equal(arguments: Sequence[Operand], use: Use) -> Operand:
    comparable = (*_PLAIN, Kind.ENUM)
    _expect(arguments, "equal", comparable, comparable)
    left, right = arguments
    if left.kind is not right.kind and not {left.kind, right.kind} <= set(_NUMBERS):
        raise BadOperand("KX0458", f"{left.kind.value} never equals {right.kind.value}", "compare values of one type")
    return Operand(f"({left.code} == {right.code})", Kind.BOOL, negated=f"{left.code} != {right.code}")


def _mod(arguments: Sequence[Operand], use: Use) -> Operand:
    _expect(arguments, "mod", (Kind.INTEGER,), (Kind.INTEGER,))
    left, right = arguments
    if right.code == "0":
        raise BadOperand("KX0458", "`mod` by 0", "take another divisor")
    divisors = () if re.fullmatch(r"-?\d+", right.code) else (right.code,)
    return Operand(f"{use(RUNTIME, 'remainder')}({left.code}, {right.code})", Kind.INTEGER, divisors=divisors)


def _add(arguments: Sequence[Operand], use: Use) -> Operand:
    both = (*_NUMBERS, Kind.TEXT)
    _expect(arguments, "add", both, both)
    left, right = arguments
    if (left.kind is Kind.TEXT) is not (right.kind is Kind.TEXT):
        raise BadOperand("KX0458", "a string and a number cannot be added", "`@sprintf` makes text of numbers")
    kind = Kind.DOUBLE if Kind.DOUBLE in (left.kind, right.kind) else left.kind
    return Operand(f"({left.code} + {right.code})", kind)


FUNCTIONS: Final[dict[str, Callable[[Sequence[Operand], Use], Operand]]] = {
    "len": _len,
    "sprintf": _sprintf,
    "now_unix_nano": _now_unix_nano,
    "equal": _equal,
    "mod": _mod,
    "add": _add,
}
