"""Text to tokens of Protobuf. Never fails: what cannot be a token has a diagnostic, and lexing goes on behind it.

After protoc's `io/tokenizer.cc`, with two differences that spare the parser work: a dotted name comes as one token of
kind PATH, and a word is a keyword only where its place makes it one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.proto import lexical_errors as errors
from kitexgen.idl.proto.hashes import Hashes
from kitexgen.idl.proto.keywords import INNER_WORDS, STATEMENT_WORDS, VISIBILITIES
from kitexgen.idl.tokens import Token
from kitexgen.source.span import Span

_ESCAPE: Final = r"""\\(?:[abfnrtv\\?'"0-7]|[xX][0-9A-Fa-f]|u[0-9A-Fa-f]{4}|U00[01][0-9A-Fa-f]{5})"""
_COMMENT: Final = r"(?://[^\n\0]*+|/\*[^*/\0]*+(?:(?:\*(?!/)|/(?!\*))[^*/\0]*+)*+\*/)"
# Blanks and comments may stand anywhere in the address of a type, and do not count.
_URL_PART: Final = r"(?:[A-Za-z0-9_.\-~%!$&+ \t\n\r\v\f]|" + _COMMENT + ")*+"

# Possessive (`*+`) wherever a shorter match would be another token: `1f` must not become `1` and `f`.
_TOKEN: Final = re.compile(
    rf"""
    [ \t\n\r\v\f]*+ (?:
      (?P<NAME>        [A-Za-z_][A-Za-z0-9_]*+ (?![.$]?[^\W\d]) )
    | (?P<URL>         \[ {_URL_PART} / (?![/*]) (?:{_URL_PART} /?)*+ \] )
    | (?P<PUNCTUATION> (?: [;={{}}()\[\],<>:\-] | \.(?!\w) | /(?![/*]) ) (?![<=>]{{6}}) )
    | (?P<INT>         (?: [1-9][0-9]*+ | 0[xX][0-9A-Fa-f]++ | 0[0-7]*+ ) (?![\w.]) )
    | (?P<PATH>        \.?[A-Za-z_][A-Za-z0-9_]*+ (?:\.[A-Za-z_][A-Za-z0-9_]*+)*+ (?![$]?[^\W\d]) )
    | (?P<COMMENTS>    {_COMMENT} (?: [ \t\n\r\v\f]*+ {_COMMENT} )*+ )
    | (?P<STRING>      "(?:[^"\\\n\0]|{_ESCAPE})*+" | '(?:[^'\\\n\0]|{_ESCAPE})*+' )
    | (?P<FLOAT>       (?: (?:0|[1-9][0-9]*+)\.[0-9]*+ | \.[0-9]++ | (?:0|[1-9][0-9]*+)(?=[eE]) )
                       (?: [eE][+-]?[0-9]++ )? (?![\w.]) )
    | (?P<END>         \Z )
    | (?P<CONFLICT>    (?<![^\n]) (?: <{{7}} | ={{7}} | >{{7}} | \|{{7}} ) (?:[ ][^\r\n]*+)? (?![^\r\n]) )
    | (?P<BAD_NUMBER>  \.?[0-9] (?: [eE][+-](?=[0-9]) | [\w.] )*+ )
    | (?P<BAD_NAME>    [^\W\d] (?: [\w$] | \.(?=\w) )*+ )
    | (?P<BAD_STRING>  ["'] )
    | (?P<BAD_COMMENT> /\* )
    | (?P<OTHER>       (?P<same>.)(?P=same)*+ )
    )
    """,
    re.VERBOSE | re.DOTALL,
)

_REST_OF_STRING: Final = {
    '"': re.compile(r'(?:[^"\\\n\0]|\\[^\n\0])*+(?P<close>")?'),
    "'": re.compile(r"(?:[^'\\\n\0]|\\[^\n\0])*+(?P<close>')?"),
}
_BACKSLASH: Final = re.compile(r"\\.", re.DOTALL)
_GOOD_ESCAPE: Final = re.compile(_ESCAPE)
_LINE: Final = re.compile(r"[^\n]*+")
# What stands between tokens.
_BETWEEN: Final = re.compile(r"[ \t\n\r\v\f]++|" + _COMMENT)
_BLANK: Final = re.compile(r"[ \t\n\r\v\f]*+")
_BLANKS: Final = r"(?:[ \t\n\r\v\f]|" + _COMMENT + ")*+"
_ANNOTATION: Final = re.compile(r"@[A-Za-z_][A-Za-z0-9_.]*+")
# What a string that does not close has swallowed: the end of its statement.
_SWALLOWED: Final = re.compile(r"[\])}]*;[ \t\r]*$")
_OPENS_MAP: Final = re.compile(_BLANKS + "<")
_NAMES_FIELD: Final = re.compile(_BLANKS + "=")

_BYTE_ORDER_MARK: Final = "\ufeff"
# Marks of Chinese keyboards that look like ours.
_FULL_WIDTH: Final = str.maketrans("：；，（）｛｝［］＜＞＝、", ":;,(){}[]<>=,")

# Behind these, and at the beginning of the file, a statement begins.
_BOUNDARIES: Final = frozenset({";", "{", "}"})
_NAMES: Final = frozenset({"NAME", "PATH"})
# protoc takes these for types at once, where one begins.
_WHOLE_TYPES: Final = frozenset({"map", "group"})
_PLAIN: Final = frozenset({"INT", "STRING", "FLOAT", "URL"})


@dataclass(frozen=True, slots=True)
class Lexed:
    """The tokens of a file, and where comments stand between them.

    Comments lie in gaps: from the end of a token (`begin` before the first, behind a byte order mark) to the start
    of the next (the length of the text behind the last). `gap_before` has the start of a gap by its end, `gap_after`
    the end by the start; gaps without comments are left out. `is_cut` tells that the rest of the text was swallowed
    by something that never closes, so that an early end is no news.
    """

    tokens: list[Token]
    begin: int
    gap_before: dict[int, int]
    gap_after: dict[int, int]
    diagnostics: list[Diagnostic]
    is_cut: bool


def address(url: str) -> str:
    """The address in brackets that the text of a URL token is, without the blanks and comments in it."""
    return _BETWEEN.sub("", url)[1:-1]


def lex(text: str, path: str) -> Lexed:
    """Cut `text` into tokens. `path` is what spans call the file. Takes time linear in the text, whatever it holds."""
    return _Lexer(text, path).run()


class _Lexer:
    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path
        self._tokens: list[Token] = []
        self._gap_before: dict[int, int] = {}
        self._gap_after: dict[int, int] = {}
        self._diagnostics: list[Diagnostic] = []
        self._is_cut = False
        self._begin = 1 if text.startswith(_BYTE_ORDER_MARK) else 0
        # Behind the last thing that was neither a token nor a comment.
        self._junk_end = 0
        self._hashes = Hashes(self._tokens)

    def run(self) -> Lexed:
        at = self._begin
        while at < len(self._text):
            at = self._junk_end = self._run_from(at)
        self._diagnostics.extend(errors.hash_hides(self._span(*hidden)) for hidden in self._hashes.hide())
        return Lexed(self._tokens, self._begin, self._gap_before, self._gap_after, self._diagnostics, self._is_cut)

    def _run_from(self, at: int) -> int:
        """Lex from `at` until something has to be looked at more closely; returns where to go on."""
        tokens = self._tokens
        add = tokens.append
        last = tokens[-1].kind if tokens else ";"
        for match in _TOKEN.finditer(self._text, at):
            kind = match.lastgroup
            if kind == "NAME":
                word = match["NAME"]
                start, end = match.span("NAME")
                if last == ".":
                    last = self._glue(word, start, end)
                elif last in _BOUNDARIES or word in INNER_WORDS:
                    last = self._keyword(word, last, end)
                    add(Token(last, word, start, end))
                else:
                    last = "NAME"
                    add(Token(last, word, start, end))
            elif kind == "PUNCTUATION":
                last = match["PUNCTUATION"]
                add(Token(last, last, *match.span("PUNCTUATION")))
            elif kind in _PLAIN:
                if kind == "FLOAT":
                    self._check_point(match.start(kind))
                last = kind
                add(Token(kind, match[kind], *match.span(kind)))
            elif kind == "COMMENTS":
                self._note_gap(match.end())
            elif kind == "PATH":
                last = self._path_token(match["PATH"], last, match.start("PATH"), match.end("PATH"))
            elif kind != "END":
                assert kind is not None  # every alternative is named
                return self._special(kind, match[kind], *match.span(kind))
        return len(self._text)

    def _note_gap(self, end_of_comments: int) -> None:
        start = max(self._tokens[-1].end if self._tokens else self._begin, self._junk_end)
        blank = _BLANK.match(self._text, end_of_comments)
        assert blank is not None  # it may be empty
        self._gap_after[start] = blank.end()
        self._gap_before[blank.end()] = start

    # ---- words ----------------------------------------------------------------------------------------------------

    def _keyword(self, word: str, last: str, end: int) -> str:
        """The kind of `word`, which ends at `end`, behind a token of kind `last`."""
        tokens = self._tokens
        if last in _BOUNDARIES or last in {"VISIBILITY", "LABEL"}:
            if word == "map":
                return "MAP" if _OPENS_MAP.match(self._text, end) else "NAME"
            if last == "LABEL":
                return "GROUP" if word == "group" else "NAME"
            return STATEMENT_WORDS.get(word, "NAME")
        if word == "to":
            return "TO" if last == "INT" else "NAME"
        if word == "max":
            return "MAX" if last == "TO" else "NAME"
        if word == "returns":
            return "RETURNS" if last == ")" else "NAME"
        if word == "stream":
            is_type = last == "(" and len(tokens) > 1 and tokens[-2].kind in {"NAME", "RETURNS"}
            return "STREAM" if is_type else "NAME"
        if word in {"message", "enum"} and self._follows_visibility(end):
            tokens[-1] = tokens[-1]._replace(kind="VISIBILITY")
            return STATEMENT_WORDS[word]
        return "NAME"

    def _follows_visibility(self, end: int) -> bool:
        """Whether `export` or `local` opens a statement just before, and what comes is no field of such a type."""
        tokens = self._tokens
        return (
            tokens[-1].text in VISIBILITIES
            and tokens[-1].kind == "NAME"
            and (len(tokens) == 1 or tokens[-2].kind in _BOUNDARIES)
            and not _NAMES_FIELD.match(self._text, end)
        )

    def _path_token(self, word: str, last: str, start: int, end: int) -> str:
        """A dotted name; returns the kind of the token that stands last then.

        A keyword before the first dot counts as one where it would alone: `optional.Foo` is the label and `.Foo`.
        """
        if word[0] == ".":
            if last not in _NAMES or self._is_whole_type():
                self._tokens.append(Token("PATH", word, start, end))
                return "PATH"
            before = self._tokens.pop()
            self._tokens.append(Token("PATH", before.text + word, before.start, end))
            return "PATH"
        first = word.partition(".")[0]
        if last == ".":
            return self._glue(word, start, end)
        kind = self._keyword(first, last, start + len(first)) if last in _BOUNDARIES or last == "(" else "NAME"
        if first in _WHOLE_TYPES and (last == "LABEL" or (first == "map" and last in _BOUNDARIES)):
            kind = "MAP"
        if kind == "NAME" or len(first) == len(word):
            kind = "PATH" if len(first) < len(word) else "NAME"
            self._tokens.append(Token(kind, word, start, end))
            return kind
        middle = start + len(first)
        self._tokens.append(Token(kind, first, start, middle))
        self._tokens.append(Token("PATH", word[len(first) :], middle, end))
        return "PATH"

    def _glue(self, word: str, start: int, end: int) -> str:
        """A name behind a lone dot: both, and what the dot follows, are one dotted name with blanks in it."""
        dot = self._tokens.pop()
        text, begin = f".{word}", dot.start
        if self._tokens and self._tokens[-1].kind in _NAMES and not self._is_whole_type():
            before = self._tokens.pop()
            text, begin = before.text + text, before.start
        self._tokens.append(Token("PATH", text, begin, end))
        return "PATH"

    def _is_whole_type(self) -> bool:
        """Whether the last token stands where a type begins, and is one that no dot can follow."""
        tokens = self._tokens
        begins = len(tokens) == 1 or tokens[-2].kind in _BOUNDARIES or tokens[-2].kind == "LABEL"
        return tokens[-1].text in _WHOLE_TYPES and begins

    # ---- what the plain loop does not settle ----------------------------------------------------------------------

    def _check_point(self, start: int) -> None:
        """protoc refuses `blah.123`, which would be two tokens."""
        before = self._tokens[-1] if self._tokens else None
        if self._text[start] == "." and before is not None and before.end == start and before.kind in _NAMES:
            self._diagnostics.append(errors.number_after_name(self._span(start, start + 1)))

    def _special(self, kind: str, word: str, start: int, end: int) -> int:
        """Returns where to go on."""
        span = self._span(start, end)
        if kind == "BAD_NAME":
            self._diagnostics.append(errors.bad_name(word, span))
            self._tokens.append(Token("NAME", word, start, end))
        elif kind == "BAD_NUMBER":
            self._diagnostics.append(errors.bad_number(word, span))
            self._tokens.append(Token("FLOAT" if word.count(".") == 1 else "INT", "", start, end))
        elif kind == "BAD_STRING":
            return self._bad_string(word, start)
        elif kind == "BAD_COMMENT":
            return self._bad_comment(start)
        elif kind == "CONFLICT":
            self._diagnostics.append(errors.conflict_marker(word, span))
        elif word[0] == "#":
            return self._hash(start)
        elif word[0].isascii() and word[0].isprintable() and self._hashes.is_hidden():
            return start + 1
        elif word == "@" and (name := _ANNOTATION.match(self._text, start)):
            self._other(word, span)
            return name.end()
        else:
            self._other(word, span)
        return end

    def _other(self, word: str, span: Span) -> None:
        mark = word[0].translate(_FULL_WIDTH)
        if mark != word[0]:
            self._diagnostics.append(errors.full_width(word[0], mark, span))
            self._tokens.append(Token(mark, mark, span.start, span.end))
        else:
            self._diagnostics.append(errors.bad_character(word[0], span))

    def _hash(self, start: int) -> int:
        """`#` opens no comment here, though it does in many languages: the rest of the line is read over.

        But in text format it does open one, and that swallows what is left of the message.
        """
        if self._hashes.is_comment(start):
            return start + 1
        line = _LINE.match(self._text, start)
        assert line is not None  # it may be empty
        self._diagnostics.append(errors.hash_comment(self._span(start, start + 1)))
        return line.end()

    def _bad_comment(self, start: int) -> int:
        """A comment that never closes, or with another `/*` or a null character in it."""
        close = self._text.find("*/", start + 2)
        if close < 0:
            self._diagnostics.append(errors.open_comment(self._span(start, start + 2)))
            self._is_cut = True
            return len(self._text)
        null = self._text.find("\0", start, close)
        if null >= 0:
            self._diagnostics.append(errors.bad_character("\0", self._span(null, null + 1)))
            return close + 2
        inner = self._text.find("/*", start + 2)
        self._diagnostics.append(errors.nested_comment(self._span(inner, inner + 2), self._span(start, start + 2)))
        return close + 2

    def _bad_string(self, quote: str, start: int) -> int:
        """A literal with a wrong escape, or one that does not close on its line: then it is the line's rest."""
        rest = _REST_OF_STRING[quote].match(self._text, start + 1)
        assert rest is not None  # it may be empty
        end = rest.end()
        is_closed = rest["close"] is not None
        for escape in _BACKSLASH.finditer(self._text, start + 1, end):
            if not _GOOD_ESCAPE.match(self._text, escape.start(), end):
                self._diagnostics.append(errors.bad_escape(self._text, self._span(*escape.span())))
        if not is_closed:
            self._diagnostics.append(errors.open_string(quote, self._span(start, start + 1)))
            swallowed = _SWALLOWED.search(rest[0])
            end -= len(swallowed[0]) if swallowed else 0
            self._is_cut = end == len(self._text)
        literal = self._text[start:end] if is_closed else f"{self._text[start:end]}{quote}"
        self._tokens.append(Token("STRING", literal, start, end))
        return end

    def _span(self, start: int, end: int) -> Span:
        return Span(self._path, start, end)
