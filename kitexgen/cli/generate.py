"""`kitexgen gen`: IDL to Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kitexgen.cli.generating import generating_flags, generating_options
from kitexgen.cli.printing import Printing, print_diagnostics, printing_of, put, reporting_options, say
from kitexgen.cli.settings import configured, idl_options
from kitexgen.driver.cache import recall
from kitexgen.driver.config import Config

if TYPE_CHECKING:
    from kitexgen.driver.compile import Folder, Mode, Outcome
    from kitexgen.driver.session import Session


@click.command(short_help="Generate Python from IDL files.")
@idl_options
@generating_options
@click.option(
    "--check", "is_check", is_flag=True, help="Write nothing; exit 1 when a file is stale, missing or orphaned."
)
@click.option("--diff", "is_diff", is_flag=True, help="Write nothing; print what would change.")
@click.option("--stats", "is_counting", is_flag=True, help="Run in full, and print what was read and made, and when.")
@reporting_options
@click.pass_context
def command(context: click.Context, /, *, is_check: bool, is_diff: bool, is_counting: bool, **flags: Any) -> None:
    """Generate Python from IDL files and all they include. A folder stands for the IDL files in it and below.

    Without IDL, from the files that the configuration names. All files are written, or none: an error leaves the old
    ones as they were.
    """
    printing = printing_of(flags)
    with configured(context, generating_flags(flags), printing) as config:
        if is_counting or not _is_up_to_date(config, printing):
            mode: Mode = "check" if is_check else "show" if is_diff else "write"
            context.exit(_generate(config, mode, printing, is_diff=is_diff, is_counting=is_counting))


def _is_up_to_date(config: Config, printing: Printing) -> bool:
    """Whether nothing changed since the last run; then what that one said is said again."""
    if printing.format != "text" or printing.is_verbose:
        return False
    found = recall(config)
    if found is None:
        return False
    if not printing.is_quiet:
        say(found.colored if printing.color else found.plain, printing)
        say(f"{config.out} is up to date\n", printing)
    return True


def _generate(config: Config, mode: Mode, printing: Printing, *, is_diff: bool, is_counting: bool) -> int:
    from kitexgen.cli.progress import progress
    from kitexgen.driver.compile import STEPS, generate
    from kitexgen.driver.session import Session
    from kitexgen.driver.stats import Stopwatch

    watch, session = Stopwatch(), Session()
    with progress(STEPS, printing) as on_step:
        outcome = generate(config, mode, watch.and_then(on_step), session)
    if is_counting:
        if is_diff:
            say(watch.table(outcome), printing)
        else:
            put(watch.table(outcome))
    print_diagnostics(outcome.report.diagnostics, outcome.files, printing, has_data=is_diff)
    if is_diff:
        _print_diff(outcome)
    if outcome.report.has_errors:
        return outcome.report.exit_status
    if mode == "write" or not outcome.is_changed:
        note(config, outcome, session)
        _say_what_was_done(outcome, printing)
    return 0


def note(config: Config, outcome: Outcome, session: Session) -> None:
    """Remember an outcome without errors, so that an equal run has nothing to do."""
    from kitexgen.cli.printing import text_of
    from kitexgen.driver.cache import Note
    from kitexgen.driver.compile import note_outcome

    diagnostics = outcome.report.diagnostics
    said = Note(
        plain=text_of(diagnostics, outcome.files, color=False), colored=text_of(diagnostics, outcome.files, color=True)
    )
    note_outcome(config, outcome, said, session.disk)


def _print_diff(outcome: Outcome) -> None:
    from kitexgen.source.diff import unified_diff

    sides = [
        (f"{folder.out}/{change.path}", change.before, change.after)
        for folder in outcome.folders
        for change in folder.visible_changes
    ]
    if outcome.handler is not None:
        sides.append((outcome.handler.source.path, outcome.handler.before, outcome.handler.after))
    for path, before, after in sides:
        old, new = ((side or b"").decode("utf-8", "replace") for side in (before, after))
        put(unified_diff(old, new, path))


def _say_what_was_done(outcome: Outcome, printing: Printing) -> None:
    if printing.format != "text" or printing.is_quiet:
        return
    if outcome.handler is not None and outcome.handler.added:
        say(f"{outcome.handler.source.path}: {', '.join(outcome.handler.added)} added\n", printing)
    for folder in outcome.folders:
        _say_what_changed(folder, printing)


def _say_what_changed(folder: Folder, printing: Printing) -> None:
    if printing.is_verbose:
        lines = (f"{change.kind.value} {folder.out}/{change.path}\n" for change in folder.visible_changes)
        say("".join(lines), printing)
    say(f"{summary(folder)}\n", printing)


def summary(folder: Folder) -> str:
    """`kitex_gen: 2 written, 1 removed, 5 unchanged`."""
    visible = folder.visible_changes
    if not visible:
        return f"{folder.out} is up to date"
    written = sum(change.after is not None for change in visible)
    removed = len(visible) - written
    unchanged = len(folder.owned) - written
    counts = ((written, "written"), (removed, "removed"), (unchanged, "unchanged"))
    return f"{folder.out}: {', '.join(f'{n} {word}' for n, word in counts if n)}"
