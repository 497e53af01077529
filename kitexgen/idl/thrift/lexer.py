"""Text to tokens of Thrift. Never fails: what cannot be a token has a diagnostic, and lexing goes on behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.thrift import lexical_errors as errors
from kitexgen.idl.thrift.keywords import KEYWORDS
from kitexgen.idl.tokens import Comment, Token
from kitexgen.source.span import Span

# Possessive (`*+`) wherever a shorter match would be another token: `A$` must not become `A` and a lone `$`.
_TOKEN: Final = re.compile(
    r"""
    [ \t\v\r\n]++
    | (?P<NAME>         [A-Za-z_][A-Za-z0-9_]*+ (?:\.[A-Za-z0-9_]++)*+ (?![.$\w]|-[A-Za-z_]) )
    | (?P<CONFLICT>     (?<![^\n]) (?: <{7} | ={7} | >{7} | \|{7} ) (?:[ ][^\r\n]*+)? (?![^\r\n]) )
    | (?P<PUNCTUATION>  [{}()\[\]<>,;:=&*] )
    | (?P<COMMENT>      //[^\r\n]*+ | \#[^\r\n]*+ | /\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/ )
    | (?P<DOUBLE>       [+-]?(?: [0-9]++(?:\.[0-9]++)?[eE][+-]?[0-9]++ | [0-9]*+\.[0-9]++(?:[eE][+-]?[0-9]++)? ) )
    | (?P<PREFIXED_INT> (?: [+-]?0x[0-9A-Fa-f]++ | 0o[0-7]++ )(?![0-9A-Za-z_]) )
    | (?P<BAD_NUMBER>   [+-]?(?: 0[xXo][0-9A-Za-z_]*+ | [0-9]++\. ) )
    | (?P<INT>          [+-]?[0-9]++ )
    | (?P<LITERAL>      "(?:[^"\\\r\n]|\\[^\r\n])*+" | '(?:[^'\\\r\n]|\\[^\r\n])*+' )
    | (?P<BAD_NAME>     [^\W\d][\w.$]*+(?:-[A-Za-z_][\w.$]*+)*+ )
    | (?P<OPEN_COMMENT> /\* )
    | (?P<OPEN_LITERAL> ["'] )
    | (?P<OTHER>        (?P<same>.)(?P=same)*+ )
    """,
    re.VERBOSE | re.DOTALL,
)

# What may stand behind a literal that was meant to run over lines; behind a forgotten quote stands something else.
_AFTER_LITERAL: Final = re.compile(r"[ \t\v]*+(?:[,;)\]}\r\n:]|//|\#|/\*|\Z)")
_REST_OF_LITERAL: Final = {
    '"': re.compile(r'(?:[^"\\]|\\.)*+"', re.DOTALL),
    "'": re.compile(r"(?:[^'\\]|\\.)*+'", re.DOTALL),
}
_LINE: Final = re.compile(r"[^\r\n]*+")
_EMPTY_COMMENT: Final = re.compile(r"/\*\*++/")

_BYTE_ORDER_MARK: Final = "\ufeff"
# Marks of Chinese keyboards that look like ours.
_FULL_WIDTH: Final = str.maketrans("：；，（）｛｝［］＜＞＝＆＊、", ":;,(){}[]<>=&*,")


@dataclass(frozen=True, slots=True)
class Lexed:
    """The tokens of a file with its comments.

    `leading` has the comments before a token by the token's start, `trailing` those behind a token on its line by
    the token's end (a `,` or `;` in between does not count). `comments` are all in order. `is_cut` tells that the
    rest of the text was swallowed by something that never closes, so that an early end is no news.
    """

    tokens: tuple[Token, ...]
    comments: tuple[Comment, ...]
    leading: dict[int, tuple[Comment, ...]]
    trailing: dict[int, tuple[Comment, ...]]
    diagnostics: tuple[Diagnostic, ...]
    is_cut: bool


def lex(text: str, path: str) -> Lexed:
    """Cut `text` into tokens. `path` is what spans call the file. Takes time linear in the text, whatever it holds."""
    return _Lexer(text, path).run()


class _Lexer:
    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path
        self._tokens: list[Token] = []
        self._comments: list[Comment] = []
        self._pending: list[Comment] = []
        self._leading: dict[int, tuple[Comment, ...]] = {}
        self._trailing: dict[int, tuple[Comment, ...]] = {}
        self._diagnostics: list[Diagnostic] = []
        self._is_cut = False
        # Where the next unescaped quote of a kind was found (or the text's end): asking again from before it would
        # read the same stretch again, and again.
        self._closers: dict[str, int] = {}

    def run(self) -> Lexed:
        at = 0
        if self._text.startswith(_BYTE_ORDER_MARK):
            self._diagnostics.append(errors.byte_order_mark(self._span(0, 1)))
            at = 1
        while at < len(self._text):
            at = self._run_from(at)
        if self._pending:
            self._note_trailing()
        return Lexed(
            tuple(self._tokens),
            tuple(self._comments),
            self._leading,
            self._trailing,
            tuple(self._diagnostics),
            self._is_cut,
        )

    def _run_from(self, at: int) -> int:
        """Lex from `at` until something has to be looked at more closely; returns where to go on."""
        keyword = KEYWORDS.get
        for match in _TOKEN.finditer(self._text, at):
            kind = match.lastgroup
            if kind is None:
                continue
            word, (start, end) = match.group(), match.span()
            if kind == "NAME":
                self._add(keyword(word, kind), word, start, end)
            elif kind == "PUNCTUATION":
                self._add(word, word, start, end)
            elif kind == "COMMENT":
                self._comment(word, start, end)
            elif kind in {"INT", "DOUBLE", "LITERAL"}:
                self._add(kind, word, start, end)
            elif kind == "PREFIXED_INT":
                self._add("INT", word, start, end)
            else:
                return self._special(kind, word, start, end)
        return len(self._text)

    def _add(self, kind: str, word: str, start: int, end: int) -> None:
        if self._pending:
            comments = tuple(self._pending)
            self._note_trailing()
            self._leading[start] = comments
            self._pending = []
            self._tokens.append(Token(kind, word, start, end, comments))
        else:
            self._tokens.append(Token(kind, word, start, end))

    def _comment(self, word: str, start: int, end: int) -> None:
        is_doc = word.startswith("/**") and not _EMPTY_COMMENT.fullmatch(word)
        comment = Comment(word, start, end, is_doc)
        self._comments.append(comment)
        self._pending.append(comment)

    def _note_trailing(self) -> None:
        """Give the waiting comments that begin on the last token's line to that token."""
        if not self._tokens:
            return
        last = self._tokens[-1]
        owner = self._tokens[-2] if last.kind in {",", ";"} and len(self._tokens) > 1 else last
        line_end = _LINE.match(self._text, last.end)
        assert line_end is not None
        if "\n" in self._text[owner.end : last.start]:
            return
        same_line = tuple(comment for comment in self._pending if comment.start < line_end.end())
        if same_line:
            self._trailing[owner.end] = same_line

    def _special(self, kind: str, word: str, start: int, end: int) -> int:
        """What the plain loop does not settle; returns where to go on."""
        span = self._span(start, end)
        if kind == "BAD_NAME":
            self._diagnostics.append(errors.bad_name(word, span))
            self._add("NAME", word, start, end)
        elif kind == "BAD_NUMBER":
            self._diagnostics.append(errors.bad_number(word, span))
            self._add("DOUBLE" if word.endswith(".") else "INT", "0", start, end)
        elif kind == "OPEN_COMMENT":
            self._diagnostics.append(errors.open_comment(span))
            self._is_cut = True
            return len(self._text)
        elif kind == "OPEN_LITERAL":
            return self._open_literal(word, start)
        elif kind == "CONFLICT":
            self._diagnostics.append(errors.conflict_marker(word, span))
        elif word.startswith("@"):
            # Left to the parser: in the place of a definition or field it is another dialect's annotation.
            self._add("@", word, start, end)
        else:
            self._other(word, span)
        return end

    def _other(self, word: str, span: Span) -> None:
        mark = word[0].translate(_FULL_WIDTH)
        if mark != word[0]:
            self._diagnostics.append(errors.full_width(word[0], mark, span))
            self._add(mark, mark, span.start, span.end)
        else:
            self._diagnostics.append(errors.bad_character(word[0], span))

    def _open_literal(self, quote: str, start: int) -> int:
        """A literal that does not close on its line: whole when it closes later in good order, else the line's rest."""
        close = self._closing(quote, start)
        line = _LINE.match(self._text, start)
        assert line is not None
        if close < len(self._text) and _AFTER_LITERAL.match(self._text, close + 1):
            if not self._is_annotation_value():
                self._diagnostics.append(errors.newline_in_literal(self._span(start, line.end())))
            self._add("LITERAL", self._text[start : close + 1], start, close + 1)
            return close + 1
        end = line.end()
        self._diagnostics.append(errors.open_literal(quote, self._span(start, start + 1)))
        self._add("LITERAL", self._text[start:end].rstrip("\\") + quote, start, end)
        return end

    def _closing(self, quote: str, start: int) -> int:
        """Where the quote that closes the one at `start` stands; the text's length when there is none."""
        known = self._closers.get(quote, -1)
        if known > start:
            return known
        rest = _REST_OF_LITERAL[quote].match(self._text, start + 1)
        found = rest.end() - 1 if rest else len(self._text)
        self._closers[quote] = found
        return found

    def _is_annotation_value(self) -> bool:
        """Whether a literal that comes now is a value in `(key = "…")`: real files break lines there."""
        if len(self._tokens) < 3:
            return False
        before, key, equals = self._tokens[-3:]
        return (
            equals.kind == "="
            and (key.kind == "NAME" or key.text in KEYWORDS)
            and before.kind in {"(", ",", ";", "LITERAL"}
        )

    def _span(self, start: int, end: int) -> Span:
        return Span(self._path, start, end)
