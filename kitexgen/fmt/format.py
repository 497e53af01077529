"""format_text: one IDL text to the same text, well laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from kitexgen.diagnostics.diagnostic import Diagnostic, Severity
from kitexgen.fmt.document import Document, render
from kitexgen.fmt.options import FormatOptions
from kitexgen.fmt.proto import proto_comments, proto_document
from kitexgen.fmt.thrift import thrift_document
from kitexgen.fmt.verify import verify
from kitexgen.idl.parse import is_proto, parse_text
from kitexgen.idl.proto.grammar import parse as parse_proto
from kitexgen.idl.thrift.lexer import lex
from kitexgen.idl.tokens import Comment

_BYTE_ORDER_MARK = "\ufeff"
_DEFAULTS = FormatOptions()
# A `#` in the options of Protobuf.
_HIDING = "KX0601"


@dataclass(frozen=True, slots=True)
class Formatted:
    """`text` is None when the input does not parse; `errors` say why, and are empty otherwise."""

    text: str | None
    errors: tuple[Diagnostic, ...] = ()


def format_text(text: str, path: str, options: FormatOptions = _DEFAULTS) -> Formatted:
    """`text` laid out anew, as Protobuf or Thrift by the ending of `path`. Line ends stay LF or CRLF, whichever its
    first line has; a byte order mark goes.

    Comments are all kept, and the result has been parsed: it declares the same. Raises FormatFault when it would not,
    which is a mistake of ours.
    """
    unix = text.removeprefix(_BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")
    language = _PROTO if is_proto(path) else _THRIFT
    tree, found = language.parse(unix, path)
    errors = _errors(found)
    if errors:
        # Told of the text as it is, in which the same faults stand at other offsets.
        return Formatted(None, _errors(language.parse(text, path)[1]) or errors)
    formatted = render(language.document(unix, tree, options), width=options.width, unit=options.unit)
    comments = language.comments(unix, path), language.comments(formatted, path)
    verify(path, (tree, language.parse(formatted, path)[0]), comments)
    is_crlf = text.partition("\n")[0].endswith("\r")
    return Formatted(formatted.replace("\n", "\r\n") if is_crlf else formatted)


@dataclass(frozen=True, slots=True)
class _Language:
    """How one IDL is parsed, printed, and searched for comments."""

    parse: Callable[[str, str], tuple[Any, tuple[Diagnostic, ...]]]
    document: Callable[[str, Any, FormatOptions], Document]
    comments: Callable[[str, str], tuple[Comment, ...]]


_THRIFT = _Language(parse_text, thrift_document, lambda text, path: lex(text, path).comments)
_PROTO = _Language(parse_proto, proto_document, proto_comments)


def _errors(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """What stands in the way of laying a text out: mistakes, and words that are hidden from the tree."""
    return tuple(
        replace(one, severity=Severity.ERROR) if one.code == _HIDING else one
        for one in found
        if one.severity is Severity.ERROR or one.code == _HIDING
    )
