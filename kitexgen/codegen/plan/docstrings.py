"""Doc comment to docstring or comment: safe for any text, and already as black leaves it."""

from __future__ import annotations

import re

from kitexgen.codegen.plan.literals import printable
from kitexgen.schema.annotations import Annotations, first_value

# What tools read out of comments. A doc comment that happens to say `type: ignore` must not silence anybody.
_DIRECTIVE = re.compile(
    r"(?i)\b(type|fmt|mypy|pyright|ruff|isort|yapf|flake8|pylint|pragma|coding|black|noqa)(\s*[:=])|\bnoqa\b"
)


def docstring(doc: str | None, origin: str, *, indent: int, annotations: Annotations = ()) -> list[str]:
    """Lines of a docstring: the comment, the deprecation if there is one, and `origin`, a whole sentence.

    The sentence stands last, so no quote and no backslash of the comment ever meets the closing quotes.
    """
    margin = " " * indent
    paragraphs = [paragraph for paragraph in (_lines(doc), _deprecation(annotations)) if paragraph]
    if not paragraphs:
        return [f'{margin}"""{_quoted(origin)}"""']
    lines = [line for paragraph in [*paragraphs, [origin]] for line in (*paragraph, "")]
    quoted = [_quoted(line) for line in lines[:-1]]
    if quoted[0].startswith('"'):
        # Black would put a space between the opening quotes and this one.
        quoted[0] = "\\" + quoted[0]
    text = [(margin + line).rstrip() for line in quoted]
    return [f'{margin}"""{text[0][indent:]}', *text[1:], f'{margin}"""']


def comment(doc: str | None, *, indent: int = 0, annotations: Annotations = ()) -> list[str]:
    """Lines of a comment; none when there is nothing to say."""
    lines = [*_lines(doc), *_deprecation(annotations)]
    return [" " * indent + f"# {comment_text(line)}".rstrip() for line in lines]


def comment_text(text: str) -> str:
    """`text` on one line that no tool takes for an instruction."""
    text = printable(text)
    # Most comments hold nothing that could end a directive, and the search takes its time.
    is_plain = ":" not in text and "=" not in text and "noqa" not in text.lower()
    return text if is_plain else _DIRECTIVE.sub(_disarmed, text)


def _disarmed(match: re.Match[str]) -> str:
    word = match[1] or match[0]
    if word.lower() == "noqa":
        word = f"{word[:2]}-{word[2:]}"
    return f"{word} {match[2].lstrip()}" if match[2] else word


def _lines(doc: str | None) -> list[str]:
    """The comment without margins: common indentation, blank lines at both ends and trailing blanks removed."""
    if not doc:
        return []
    lines = [printable(line.expandtabs()).rstrip() for line in re.split(r"\r\n|\r|\n", doc)]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line), default=0)
    return [line.lstrip() if at == 0 else line[margin:] for at, line in enumerate(lines)]


def _deprecation(annotations: Annotations) -> list[str]:
    message = first_value(annotations, "deprecated")
    if message in (None, "false"):
        return []
    # A bare `(deprecated)` has the value "1", the option of Protobuf is "true".
    said = "" if message in ("", "1", "true") else f": {printable(message)}"
    return [f"Deprecated{said}{'' if said.endswith('.') else '.'}"]


def _quoted(line: str) -> str:
    return line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
