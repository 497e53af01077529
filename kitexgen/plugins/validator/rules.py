"""Rules as read: what each compares with, as Python; and the tree of them that a field has."""

from __future__ import annotations

from dataclasses import dataclass, field

from kitexgen.plugins.validator.kinds import Kind
from kitexgen.schema.types import Type


@dataclass(frozen=True, slots=True)
class Operand:
    """A value that a rule compares with. `code` is a Python expression over `record`, of a value of `kind`.

    `nullable` are expressions in it that may be None: then the rule says nothing. `divisors` are those that must not be
    0: then the rule is broken. `negated` is the opposite of a truth, where it can be said more simply than with `not`.
    """

    code: str
    kind: Kind
    nullable: tuple[str, ...] = ()
    divisors: tuple[str, ...] = ()
    negated: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """`name` is "max_size"; `text` is the annotation, 'vt.elem.max_size = "8"'. Only `in` and `not_in` have several
    operands; a switch that is on has none, `pattern` is compiled and has its regular expression in `code`.
    """

    name: str
    text: str
    operands: tuple[Operand, ...] = ()


@dataclass(slots=True)
class Rules:
    """Those of one value: its own in source order, and those of what it holds. `is_skipped`: do not descend."""

    type: Type
    kind: Kind
    own: list[Rule] = field(default_factory=list)
    inner: dict[str, Rules] = field(default_factory=dict)
    is_skipped: bool = False


@dataclass(slots=True)
class RecordRules:
    """`fields` by IDL name, each field of the record; `asserts` are those of the record as a whole."""

    fields: dict[str, Rules] = field(default_factory=dict)
    asserts: list[Rule] = field(default_factory=list)
