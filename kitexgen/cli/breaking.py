"""`kitexgen breaking`: what peers and code with the old IDL would notice."""

from __future__ import annotations

from typing import Any

import click

from kitexgen.cli.printing import Printing, print_diagnostics, printing_of, put, reporting_options, say
from kitexgen.cli.settings import configured, idl_options, tool_settings

_LEVELS = ("WIRE", "JSON", "SOURCE")


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from kitexgen.breaking import RULES

    return [rule.name for rule in RULES if rule.name.startswith(incomplete.upper())]


@click.command(short_help="Say what a change of IDL breaks, and for whom.")
@idl_options
@click.option(
    "--against",
    metavar="REF",
    help="What to compare with: a git revision (main, HEAD~1, git:v1.2.0), a folder, or a file of `dump --as schema`.",
)
@click.option(
    "--level",
    type=click.Choice(_LEVELS, case_sensitive=False),
    help="What must stay: the bytes, JSON too, or code too; SOURCE if not said.",
)
@click.option(
    "--except",
    "leave_out",
    multiple=True,
    metavar="RULE",
    shell_complete=_complete,
    help="A rule to leave out; repeatable.",
)
@click.option("--list-rules", is_flag=True, help="Print all rules and the level from which each counts.")
@reporting_options
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    against: str | None,
    level: str | None,
    leave_out: tuple[str, ...],
    list_rules: bool,
    **flags: Any,
) -> None:
    """Compare IDL files with what they were, and report each change that breaks someone, at both places.

    A folder stands for the IDL files in it and below; without IDL, the files that the configuration names. The work
    tree is not touched. The exit status is 1 when something breaks.
    """
    from kitexgen.driver.breaking import BREAKING_SETTINGS, run_breaking, unknown_rules
    from kitexgen.driver.idl_files import idl_files

    if list_rules:
        _list_rules()
        return
    printing = printing_of(flags)
    table = tool_settings(context, "breaking", BREAKING_SETTINGS, printing)
    left_out = (*leave_out, *table.values.get("except", ()))
    faults = unknown_rules(table, left_out)
    if faults:
        sources = {} if table.toml is None else {table.toml.source.path: table.toml.source}
        print_diagnostics(faults, sources, printing)
        context.exit(1)
    reference = against or table.values.get("against")
    if reference is None:
        raise click.UsageError("nothing to compare with: say --against, or set `against` in the table `breaking`")
    chosen = level or table.values.get("level", "SOURCE")
    with configured(context, flags, printing) as config:
        asked = config.patterns or config.idl
        files = config._replace(idl=tuple(idl_files(config.idl)))
        run = run_breaking(files, reference, asked=asked, table=table, level=chosen, leave_out=left_out)
        print_diagnostics(run.report.diagnostics, run.sources, printing)
    if not run.report.diagnostics:
        _say_all_is_well(reference, chosen, printing)
    context.exit(run.report.exit_status)


def _list_rules() -> None:
    from kitexgen.breaking import RULES

    for rule in RULES:
        only = "" if len(rule.languages) > 1 else f" ({rule.languages[0]})"
        put(f"{rule.code} {rule.name:<34} {rule.level.name}{only}\n      {rule.why}\n")


def _say_all_is_well(reference: str, level: str, printing: Printing) -> None:
    if printing.format == "text" and not printing.is_quiet:
        say(f"nothing breaks against {reference} ({level})\n", printing)
