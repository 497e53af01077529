"""`kitexgen gen`: IDL to Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import click

from kitexgen.cli.printing import Printing, print_diagnostics, printing_of, reporting_options, say
from kitexgen.cli.settings import configured, idl_options
from kitexgen.driver.cache import recall
from kitexgen.driver.config import Config, Naming, PluginSetting, python_package

if TYPE_CHECKING:
    from kitexgen.driver.compile import Folder, Mode, Outcome


def _plugin_settings(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[PluginSetting, ...]:
    """`NAME:out=docs/api,title=Shop`: `out` and `command` as in kitexgen.toml, the rest is for the plugin."""
    settings = []
    for text in given:
        name, _, rest = text.partition(":")
        pairs = [pair.partition("=") for pair in rest.split(",") if pair]
        if not name or any(not separator or not key for key, separator, _ in pairs):
            raise click.BadParameter(f"{text!r} is not NAME or NAME:KEY=VALUE,...")
        options = {key: value for key, _, value in pairs}
        command, out = options.pop("command", None), options.pop("out", None)
        settings.append(PluginSetting(name, (command,) if command else (), out, options))
    return tuple(settings)


def _packages(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Each of `given`, `a/b.proto=c.d`, taken apart."""
    pairs = []
    for text in given:
        name, _, package = text.partition("=")
        try:
            pairs.append((name, python_package(package)))
        except ValueError as error:
            raise click.BadParameter(f"'{text}' is not NAME=PACKAGE, with a dotted Python package") from error
    return tuple(pairs)


@click.command(short_help="Generate Python from IDL files.")
@idl_options
@click.option("-o", "--out", metavar="DIR", type=click.Path(), help="Where the code goes; kitex_gen if not said.")
@click.option(
    "--check", "is_check", is_flag=True, help="Write nothing; exit 1 when a file is stale, missing or orphaned."
)
@click.option("--diff", "is_diff", is_flag=True, help="Write nothing; print what would change.")
@click.option("--naming", type=click.Choice(get_args(Naming)), help="Methods in snake_case, or as the IDL spells them.")
@click.option("--keep-unknown-fields/--drop-unknown-fields", default=None, help="Records keep fields they do not know.")
@click.option(
    "-p",
    "--plugin",
    "plugins",
    metavar="NAME[:KEY=VALUE,...]",
    multiple=True,
    callback=_plugin_settings,
    help="Run a plugin too; repeatable. `kitexgen plugins` lists what is installed.",
)
@click.option(
    "--template-dir",
    metavar="DIR",
    type=click.Path(file_okay=False, exists=True),
    help="Render your own Jinja templates too; short for -p templates:dir=DIR.",
)
@click.option(
    "--py-package",
    multiple=True,
    metavar="NAME=PACKAGE",
    callback=_packages,
    help="Python package for a Protobuf package or import path; repeatable.",
)
@click.option("--handler", metavar="FILE", type=click.Path(), help="Your handler: gains the methods it lacks.")
@reporting_options
@click.pass_context
def command(
    context: click.Context, /, *, is_check: bool, is_diff: bool, template_dir: str | None, **flags: Any
) -> None:
    """Generate Python from IDL files and all they include.

    Without IDL, from the files that the configuration names. All files are written, or none: an error leaves the old
    ones as they were.
    """
    printing = printing_of(flags)
    if template_dir is not None:
        flags["plugins"] += (PluginSetting("templates", options={"dir": template_dir}),)
    with configured(context, flags, printing) as config:
        if not _is_up_to_date(config, printing):
            mode: Mode = "check" if is_check else "show" if is_diff else "write"
            context.exit(_generate(config, mode, printing, is_diff=is_diff))


def _is_up_to_date(config: Config, printing: Printing) -> bool:
    """Whether nothing changed since the last run; then what that one said is said again."""
    if printing.format != "text" or printing.is_verbose:
        return False
    note = recall(config)
    if note is None:
        return False
    if not printing.is_quiet:
        say(note.colored if printing.color else note.plain, printing)
        say(f"{config.out} is up to date\n", printing)
    return True


def _generate(config: Config, mode: Mode, printing: Printing, *, is_diff: bool) -> int:
    from kitexgen.cli.progress import progress
    from kitexgen.driver.compile import STEPS, generate

    with progress(STEPS, printing) as on_step:
        outcome = generate(config, mode, on_step)
    print_diagnostics(outcome.report.diagnostics, outcome.files, printing, has_data=is_diff)
    if is_diff:
        _print_diff(outcome)
    if outcome.report.has_errors:
        return outcome.report.exit_status
    if mode == "write" or not outcome.is_changed:
        _note(config, outcome)
        _say_what_was_done(outcome, printing)
    return 0


def _note(config: Config, outcome: Outcome) -> None:
    from kitexgen.cli.printing import text_of
    from kitexgen.driver.cache import Note
    from kitexgen.driver.compile import note_outcome

    diagnostics = outcome.report.diagnostics
    note = Note(
        plain=text_of(diagnostics, outcome.files, color=False), colored=text_of(diagnostics, outcome.files, color=True)
    )
    note_outcome(config, outcome, note)


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
        click.echo(unified_diff(old, new, path), nl=False)


def _say_what_was_done(outcome: Outcome, printing: Printing) -> None:
    if printing.format != "text" or printing.is_quiet:
        return
    if outcome.handler is not None and outcome.handler.added:
        say(f"{outcome.handler.source.path}: {', '.join(outcome.handler.added)} added\n", printing)
    for folder in outcome.folders:
        _say_what_changed(folder, printing)


def _say_what_changed(folder: Folder, printing: Printing) -> None:
    visible = folder.visible_changes
    if printing.is_verbose:
        say("".join(f"{change.kind.value} {folder.out}/{change.path}\n" for change in visible), printing)
    if not visible:
        say(f"{folder.out} is up to date\n", printing)
        return
    written = sum(change.after is not None for change in visible)
    removed = len(visible) - written
    unchanged = len(folder.owned) - written
    counts = ((written, "written"), (removed, "removed"), (unchanged, "unchanged"))
    say(f"{folder.out}: {', '.join(f'{n} {word}' for n, word in counts if n)}\n", printing)
