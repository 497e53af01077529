"""The one door to PLY: builds LALR tables from rules written beside their actions, and runs a parser over tokens.

PLY 3.11 writes no files with `write_tables=False, debug=False`. Its `lexspan` ends at the *start* of the last token,
so spans are not taken from PLY: every terminal carries our own token, which knows both its ends.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any, Final, Protocol, TypeVar

from kitexgen.idl.tokens import Token

END: Final = "$end"
ERROR: Final = "error"


class Production(Protocol):
    """What an action gets: `p[1]` and on are the values of the right-hand side, `p[0]` takes the result.

    A terminal's value is its Token. `parser.actor` is the object the run was started with.
    """

    parser: Any

    def __len__(self) -> int: ...

    def __getitem__(self, n: int) -> Any: ...

    def __setitem__(self, n: int, value: Any) -> None: ...


def recovered(p: Production) -> None:
    """To be called by the action of every rule with `error`: from here on mistakes are told again.

    PLY otherwise keeps silent, and drops tokens by itself, until three were read without a mistake.
    """
    p.parser.errok()


Action = Callable[[Production], None]
AnyAction = TypeVar("AnyAction", bound=Action)


def rule(text: str) -> Callable[[AnyAction], AnyAction]:
    """Give an action its productions, in PLY's notation.

    PLY reads them from the docstring. Set here as a plain string they also outlive `python -OO`, which strips
    docstrings.
    """

    def mark(action: AnyAction) -> AnyAction:
        action.__doc__ = text
        return action

    return mark


class Terminal:
    """A token as PLY wants it: `type` names the terminal, `value` is our token, `index` its place in the file's tokens.

    A made-up one has the index of the token it stands before.
    """

    __slots__ = ("index", "lexer", "type", "value")

    def __init__(self, type: str, value: Token, index: int) -> None:
        self.type = type
        self.value = value
        self.index = index


class Stack:
    """The parser's stack at the moment of a mistake: what lies on it, and what could come next."""

    def __init__(self, parser: Any) -> None:
        self._parser = parser

    @property
    def symbols(self) -> list[tuple[str, Any]]:
        """Every symbol on the stack with its value, the bottom first."""
        return [(symbol.type, getattr(symbol, "value", None)) for symbol in self._parser.symstack[1:]]

    def accepts(self, kinds: Iterable[str]) -> bool:
        """Whether terminals of `kinds` could follow here, one after the other."""
        states = list(self._parser.statestack)
        return all(self._advance(states, kind) for kind in kinds)

    def expected(self) -> frozenset[str]:
        """Every terminal that could follow here.

        The row of the LALR table is a superset, since states are merged; each entry is tried out.
        """
        states = self._parser.statestack
        return frozenset(kind for kind in self._candidates() if kind != ERROR and self._advance(list(states), kind))

    def _candidates(self) -> Iterable[str]:
        if self._parser.statestack[-1] in self._parser.defaulted_states:
            return {kind for row in self._parser.action.values() for kind in row}
        return self._parser.action[self._parser.statestack[-1]].keys()  # type: ignore[no-any-return]

    def _advance(self, states: list[int], kind: str) -> bool:
        """Move `states` over `kind` as the parser would; false when it could not."""
        parser = self._parser
        while True:
            act = parser.defaulted_states.get(states[-1]) or parser.action[states[-1]].get(kind)
            if act is None:
                return False
            if act == 0:
                return True
            if act > 0:
                states.append(act)
                return True
            production = parser.productions[-act]
            if production.len:
                del states[-production.len :]
            states.append(parser.goto[states[-1]][production.name])


class Recovery(Protocol):
    """Decides what happens at a mistake.

    It gets the terminal that does not fit (None at the end of the file) and the stack, and returns the next terminal
    to try: one of type `ERROR` makes the parser drop its stack down to the nearest rule with `error` in it.
    """

    def on_error(self, found: Terminal | None, stack: Stack) -> Terminal: ...


class Parser:
    """LALR tables, ready to run any number of times."""

    def __init__(self, tables: Any) -> None:
        self._tables = tables

    def parse(self, next_terminal: Callable[[], Terminal | None], actor: Any, recovery: Recovery) -> Any:
        """Run over the terminals and return the value of the start symbol. Actions find `actor` as `p.parser.actor`."""
        parser = copy.copy(self._tables)
        parser.actor = actor

        def on_error(found: Terminal | None) -> Terminal | None:
            if found is not None and found.type == ERROR:
                return None  # no rule takes `error` in this state: let PLY drop it and look one deeper
            parser.errok()  # else PLY throws away what we return
            return recovery.on_error(found, Stack(parser))

        parser.errorfunc = on_error
        return parser.parse(lexer=_Source(next_terminal))


class _Source:
    """The face PLY asks for tokens."""

    def __init__(self, next_terminal: Callable[[], Terminal | None]) -> None:
        self.token = next_terminal


class GrammarError(Exception):
    """The rules given to `build` are no LALR grammar: a mistake in kitexgen, never in an IDL."""


class _Log:
    """PLY's log; what it complains of is a mistake of ours."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def warning(self, text: str, *values: object) -> None:
        self.complaints.append(text % values)

    error = critical = warning

    def info(self, text: str, *values: object) -> None:
        """PLY's narration of the tables, in which it also mentions conflicts."""
        if "conflict" in text:
            self.complaints.append(text % values)

    debug = info


def build(
    start: str, terminals: Sequence[str], actions: Sequence[Action], *, check: bool = False, eager: bool = False
) -> Parser:
    """Tables for a grammar whose actions were marked with `rule`. Takes some 10 ms, so keep the result.

    With `eager` a rule that is complete, and could not go on, is reduced before the next terminal is looked at: at a
    mistake the stack then holds whole items where PLY alone leaves their parts.
    Raises GrammarError when the grammar has loose ends; with `check`, for tests, also when it is ambiguous.
    """
    from ply import yacc  # noqa: PLC0415 - loaded when the first file is parsed, not when kitexgen is imported

    log = _Log()
    rules = SimpleNamespace(
        tokens=tuple(terminals),
        start=start,
        p_error=_unset,
        __file__=__file__,
        __package__=None,
        **{f"p_{action.__name__}": action for action in actions},
    )
    try:
        tables = yacc.yacc(
            module=rules,
            write_tables=False,
            debug=False,
            errorlog=log,
            debuglog=log if check else None,
            # PLY would import a module called `parsetab` from wherever the program runs; this one never exists.
            tabmodule="kitexgen.idl.no_stored_tables",
            outputdir=".",
        )
    except yacc.YaccError as error:
        raise GrammarError("; ".join(log.complaints) or str(error)) from error
    if log.complaints:
        raise GrammarError("; ".join(log.complaints))
    if eager:
        for state, row in tables.action.items():
            if len(acts := set(row.values())) == 1 and (act := acts.pop()) < 0 and _ends(tables, state, -act):
                tables.defaulted_states[state] = act
    return Parser(tables)


def _ends(tables: Any, state: int, number: int) -> bool:
    """Whether production `number` may be reduced in `state` whatever follows.

    Not an empty one, but for a list that recovers: PLY, as it drops its stack to a rule with `error`, would make it
    anew for ever.
    """
    production = tables.productions[number]
    return bool(production.len) or ERROR in tables.action[tables.goto[state][production.name]]


def _unset(found: Any) -> None:
    """Stands in for the error function, which each run sets for itself."""
