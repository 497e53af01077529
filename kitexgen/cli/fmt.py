"""`kitexgen fmt`: lay out IDL files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from kitexgen.cli.paths import FilePath
from kitexgen.cli.printing import Printing, print_diagnostics, printing_of, put, reporting_options, say, standard_input
from kitexgen.cli.settings import configured, tool_settings
from kitexgen.diagnostics.render.counted import counted
from kitexgen.driver.format import (
    FMT_SETTINGS,
    FormatRun,
    FormattedFile,
    format_bytes,
    format_files,
    report_unformatted,
    write_formatted,
)
from kitexgen.fmt import FormatOptions
from kitexgen.source.diff import unified_diff

_STDIN = "-"


@click.command(short_help="Format IDL files; keeps every comment.")
@click.argument("idl", nargs=-1, metavar="[IDL]...", type=FilePath(allow_dash=True))
@click.option("--check", "is_check", is_flag=True, help="Write nothing; exit 1 when a file is not formatted.")
@click.option("--diff", "is_diff", is_flag=True, help="Write nothing; print what would change.")
@click.option(
    "--stdin-filename", metavar="NAME", help="What to call the text that `-` reads, for messages and its kind."
)
@click.option("--width", type=click.IntRange(40, 1000), help="Columns a line may have; 100 if not said.")
@click.option("--indent", type=click.IntRange(0, 16), help="Blanks of one level, 0 for a tab; 2 if not said.")
@click.option("--align/--no-align", default=None, help="Put the parts of neighbouring fields in columns.")
@reporting_options
@click.pass_context
def command(
    context: click.Context, /, *, is_check: bool, is_diff: bool, stdin_filename: str | None, **flags: Any
) -> None:
    """Format IDL files in place. A folder stands for the IDL files in it and below, `-` for standard input.

    Without IDL, the files that the configuration names. A file with a syntax error is left as it is.
    """
    printing = printing_of(flags)
    options = _options(context, flags, printing)
    if stdin_filename is not None or flags["idl"] == (_STDIN,):
        if flags["idl"] not in {(), (_STDIN,)}:
            raise click.UsageError("--stdin-filename goes with `-` alone")
        context.exit(_format_stdin(stdin_filename or "stdin.thrift", options, printing, is_check, is_diff))
    with configured(context, {"idl": flags["idl"]}, printing) as config:
        run = format_files(dict.fromkeys(config.idl), options)
        changed = run.changed
        if is_check:
            report_unformatted(run)
        elif not is_diff:
            changed = write_formatted(run)
        print_diagnostics(run.report.diagnostics, run.sources, printing, has_data=is_diff)
        if is_diff:
            _print_diff(run)
        _say_what_was_done(run, changed, printing, is_done=not (is_check or is_diff))
    context.exit(run.report.exit_status)


def _options(context: click.Context, flags: dict[str, Any], printing: Printing) -> FormatOptions:
    """The settings of the table `fmt`, flags before them."""
    settings = tool_settings(context, "fmt", FMT_SETTINGS, printing)
    given = {name: value for name in FMT_SETTINGS if (value := flags.pop(name)) is not None}
    return replace(FormatOptions(), **{**settings.values, **given})


def _format_stdin(path: str, options: FormatOptions, printing: Printing, is_check: bool, is_diff: bool) -> int:
    run = FormatRun()
    format_bytes(standard_input().read(), path, options, run)
    if is_check:
        report_unformatted(run)
    print_diagnostics(run.report.diagnostics, run.sources, printing, has_data=True)
    if is_diff:
        _print_diff(run)
    elif not is_check:
        for file in run.files:
            # As bytes: the line ends are the text's own.
            put(file.after.encode())
    return run.report.exit_status


def _print_diff(run: FormatRun) -> None:
    for file in run.changed:
        put(unified_diff(file.before, file.after, file.path))


def _say_what_was_done(run: FormatRun, changed: Sequence[FormattedFile], printing: Printing, *, is_done: bool) -> None:
    if printing.format != "text" or printing.is_quiet:
        return
    verb = "formatted" if is_done else "would change"
    counts = [(len(changed), verb), (len(run.files) - len(run.changed), "unchanged")]
    if printing.is_verbose:
        say("".join(f"{verb} {file.path}\n" for file in changed), printing)
    said = ", ".join(f"{counted(count, 'file')} {word}" for count, word in counts if count)
    if said:
        say(f"{said}\n", printing)
