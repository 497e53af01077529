"""format_text: one IDL text to the same text, well laid out."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.diagnostics.diagnostic import Diagnostic, Severity
from kitexgen.fmt.document import render
from kitexgen.fmt.options import FormatOptions
from kitexgen.fmt.thrift import thrift_document
from kitexgen.fmt.verify import verify
from kitexgen.idl.parse import parse_text
from kitexgen.idl.thrift.lexer import lex

_BYTE_ORDER_MARK = "\ufeff"
_DEFAULTS = FormatOptions()


@dataclass(frozen=True, slots=True)
class Formatted:
    """`text` is None when the input does not parse; `errors` say why, and are empty otherwise."""

    text: str | None
    errors: tuple[Diagnostic, ...] = ()


def format_text(text: str, path: str, options: FormatOptions = _DEFAULTS) -> Formatted:
    """`text` laid out anew. Line ends stay LF or CRLF, whichever its first line has; a byte order mark goes.

    Comments are all kept, and the result has been parsed: it declares the same. Raises FormatFault when it would not,
    which is a mistake of ours.
    """
    unix = text.removeprefix(_BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")
    tree, found = parse_text(unix, path)
    errors = tuple(one for one in found if one.severity is Severity.ERROR)
    if errors:
        # Told of the text as it is, which differs where line ends do.
        as_given = tuple(one for one in parse_text(text, path)[1] if one.severity is Severity.ERROR)
        return Formatted(None, as_given or errors)
    formatted = render(thrift_document(unix, tree, options), width=options.width, unit=options.unit)
    comments = lex(unix, path).comments, lex(formatted, path).comments
    verify(path, (tree, parse_text(formatted, path)[0]), comments)
    is_crlf = text.partition("\n")[0].endswith("\r")
    return Formatted(formatted.replace("\n", "\r\n") if is_crlf else formatted)
