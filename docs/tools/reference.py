"""Writes the pages of docs/ that follow from the code: commands, diagnostics, errors. `make reference` runs it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from kitexgen.cli.main import COMMANDS, cli
from kitexgen.diagnostics.explain import Page, codes, page
from kitexgen.runtime import errors
from kitexgen.runtime.errors import KitexError

DOCS: Final = Path(__file__).parents[2] / "docs"
_MADE: Final = "<!-- Made by `make reference`. Do not edit. -->"


def commands() -> str:
    """Every command with its arguments and options, as `--help` has them."""
    context = click.Context(cli, info_name="kitexgen")
    parts = ["# Commands", "", _MADE, "", _paragraphs(cli.help or ""), "", "| command | what it does |", "|---|---|"]
    parts += (f"| [`kitexgen {name}`](#{name}) | {line} |" for name, (_, line) in COMMANDS.items())
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        parts += _command(name, command, context)
    parts += ["", _EXIT]
    return "\n".join(parts) + "\n"


_EXIT: Final = """## Exit status

| status | meaning |
|---|---|
| 0 | done |
| 1 | the input is wrong, or `--check` found something |
| 2 | wrong usage |
| 70 | a fault of kitexgen, with what to report |"""


def _command(name: str, command: click.Command, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join(["kitexgen", name, *command.collect_usage_pieces(context)])
    yield from ("", f"## {name}", "", "```", usage, "```", "", _paragraphs(command.help or ""))
    options = [
        parameter for parameter in command.params if isinstance(parameter, click.Option) and not parameter.hidden
    ]
    if options:
        yield from ("", "| option | meaning |", "|---|---|")
        for option in options:
            spelled, meaning = _option(option, context)
            yield f"| `{spelled}` | {meaning} |"


def _option(option: click.Option, context: click.Context) -> tuple[str, str]:
    record = option.get_help_record(context)
    assert record is not None
    spelled, meaning = record
    return spelled.replace("|", "\\|"), re.sub(r"\s+", " ", meaning).replace("|", "\\|")


def _paragraphs(text: str) -> str:
    blocks = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(block.split()) for block in blocks)


_RANGES: Final = (
    (0, "Files, encoding, and the run"),
    (100, "Words and sentences of the IDL"),
    (200, "Names and structure"),
    (300, "Values and types"),
    (400, "Generated code and plugins"),
    (500, "Settings, the command line, and what is written"),
    (600, "Protobuf: words and sentences"),
    (700, "Protobuf: names, structure and options"),
    (800, "Lint"),
    (900, "Breaking changes"),
)


def diagnostics() -> str:
    """Every code with its title, and what it means in a sentence."""
    parts = [
        "# Diagnostics",
        "",
        _MADE,
        "",
        "Each finding has a code that never changes its meaning. `kitexgen explain KX0204` shows the whole page of "
        "one: what it is, why it matters, an example, and how to mend it. Rules of `lint` and `breaking` are found by "
        "name too.",
    ]
    explained = [found for found in map(page, codes()) if found is not None]
    starts = [start for start, _ in _RANGES] + [10_000]
    for (start, title), end in zip(_RANGES, starts[1:], strict=True):
        inside = [one for one in explained if start <= int(one.code[2:]) < end]
        if inside:
            parts += ["", f"## {title}", "", "| code | what it is about | |", "|---|---|---|"]
            parts += (f"| {one.code} | {_cell(one.title)} | {_cell(_what(one))} |" for one in inside)
    return "\n".join(parts) + "\n"


def _what(explained: Page) -> str:
    """The first sentence of the part What."""
    text = explained.text.partition("## What\n")[2].partition("\n## ")[0].strip().split("\n\n")[0]
    sentence = re.match(r"(.+?[.:])(?= [A-Z]|$)", " ".join(text.split()))
    return sentence[1] if sentence else " ".join(text.split())


def _cell(text: str) -> str:
    """Text of a table, in which `|` ends a cell and `<` would begin HTML outside of code."""
    escaped = text.replace("|", "\\|")
    return "".join(
        part if at % 2 else part.replace("<", "&lt;") for at, part in enumerate(re.split(r"(`[^`]*`)", escaped))
    )


def error_page() -> str:
    """Every error of the runtime, with what is known when it is caught."""
    parts = [
        "# Errors",
        "",
        _MADE,
        "",
        _ERRORS,
        "",
        "| error | what happened | did the server act? | Kitex calls it |",
        "|---|---|---|---|",
    ]
    for depth, cls in _tree(KitexError, 0):
        said = " ".join((inspect.getdoc(cls) or "").split("\n\n")[0].split())
        name = "&nbsp;&nbsp;" * (2 * depth) + f"`{cls.__name__}`"
        parts.append(f"| {name} | {_cell(said)} | {cls.outcome.value} | {cls.kerror} |")
    return "\n".join(parts) + "\n"


_ERRORS: Final = """\
All that the runtime raises of its own is a `KitexError`; an exception that the IDL declares is raised as itself. All
are imported from `kitexgen.runtime`. They keep their facts as attributes, survive pickling, and name service, method
and address where there are such.

```python
from kitexgen.runtime import Outcome, RpcError, RpcTimeout

try:
    user = await users.get_user(7)
except RpcTimeout:
    ...
except RpcError as error:
    if error.outcome is Outcome.NOT_SENT:  # trying again cannot do the work twice
        user = await users.get_user(7)
    else:
        raise
```

`outcome` says what is known of the server's part, for this class or for the single error: `not sent` (it did not act),
`unknown`, or `answered`. Indented errors are kinds of the one above them."""


def _tree(cls: type[KitexError], depth: int) -> Iterator[tuple[int, type[KitexError]]]:
    """Classes of the page of errors, each before its kinds, in the order of that page."""
    yield depth, cls
    order = list(vars(errors))
    own = [kind for kind in cls.__subclasses__() if kind.__module__ == errors.__name__ and kind.__bases__[0] is cls]
    for kind in sorted(own, key=lambda kind: order.index(kind.__name__)):
        yield from _tree(kind, depth + 1)


PAGES: Final = {"commands.md": commands, "diagnostics.md": diagnostics, "errors.md": error_page}


def main() -> None:
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
