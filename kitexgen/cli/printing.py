"""What every command shares that reports: its flags, where colour goes, how diagnostics reach the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple, TextIO, TypeVar

import click

if TYPE_CHECKING:
    from kitexgen.diagnostics.diagnostic import Diagnostic
    from kitexgen.source.file import SourceFile

MessageFormat = Literal["text", "json", "github", "sarif"]
_Command = TypeVar("_Command", bound=Callable[..., object])


class Printing(NamedTuple):
    """How a run speaks. `color` is decided: True only where escape codes are wanted."""

    format: MessageFormat
    color: bool
    is_quiet: bool
    is_verbose: bool


def reporting_options(command: _Command) -> _Command:
    """The flags of every command that reports: `--message-format`, `--color`, `-q`, `-v`."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Say more; show a traceback when kitexgen itself fails."),
        click.option("-q", "--quiet", is_flag=True, help="Errors only."),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            help="Colour in messages; auto: on a terminal, as NO_COLOR and FORCE_COLOR say.",
        ),
        click.option(
            "--message-format",
            type=click.Choice(["text", "json", "github", "sarif"]),
            default="text",
            help="How diagnostics are printed: text on stderr, the others on stdout.",
        ),
    ):
        command = option(command)
    return command


def printing_of(flags: dict[str, Any]) -> Printing:
    """Take what `reporting_options` gave out of the flags of a command."""
    return Printing(
        format=flags.pop("message_format"),
        color=wants_color(flags.pop("color"), sys.stderr),
        is_quiet=flags.pop("quiet"),
        is_verbose=flags.pop("verbose"),
    )


def wants_color(color: str, stream: TextIO) -> bool:
    """`--color` first, then NO_COLOR (no-color.org), then FORCE_COLOR, then whether `stream` is a terminal."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def print_diagnostics(
    diagnostics: Iterable[Diagnostic],
    files: Mapping[str, SourceFile],
    printing: Printing,
    *,
    has_data: bool = False,
) -> None:
    """Text goes to stderr, what programs read to stdout, unless the command `has_data` of its own for that.

    Quiet leaves only the errors.
    """
    from kitexgen.diagnostics.diagnostic import Severity

    shown = [one for one in diagnostics if not printing.is_quiet or one.severity is Severity.ERROR]
    match printing.format:
        case "text":
            say(text_of(shown, files, color=printing.color), printing)
            return
        case "json":
            from kitexgen.diagnostics.render.json import render_json as render
        case "github":
            from kitexgen.diagnostics.render.github import render_github as render
        case "sarif":
            from kitexgen.diagnostics.render.sarif import render_sarif as render
    if has_data:
        say(render(shown, files), printing)
    else:
        put(render(shown, files))


def text_of(diagnostics: Sequence[Diagnostic], files: Mapping[str, SourceFile], *, color: bool) -> str:
    """The pictures and the line that counts; empty when there are no diagnostics."""
    from kitexgen.diagnostics.render.text import render_summary, render_text

    if not diagnostics:
        return ""
    return f"{render_text(diagnostics, files, color=color)}\n{render_summary(diagnostics)}"


def put(text: str | bytes, *, color: bool | None = None) -> None:
    """What a command is asked for, on stdout; a disk that is full or a stream that is gone ends it with status 1."""
    try:
        click.echo(text, nl=False, color=color)
    except BrokenPipeError:
        raise  # whoever reads has enough: click ends such a run without a word
    except OSError as error:
        raise click.ClickException(f"cannot write to standard output: {error.strerror or error}") from error


def standard_input() -> BinaryIO:
    """Where `-` reads from; a program that closed it for us asks for what cannot be."""
    if sys.stdin is None:
        raise click.UsageError("standard input is closed")
    return sys.stdin.buffer


def say(text: str, printing: Printing) -> None:
    """A text for people, on stderr; its line ends are its own."""
    # click strips escape codes where it sees no terminal; whether they are wanted is decided already.
    click.echo(text, err=True, nl=False, color=printing.color)
