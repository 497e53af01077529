"""`kitexgen lint`: opinions about IDL files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kitexgen.cli.printing import Printing, print_diagnostics, printing_of, put, reporting_options, say
from kitexgen.cli.settings import configured, idl_options, tool_settings
from kitexgen.diagnostics.render.counted import counted

if TYPE_CHECKING:
    from kitexgen.driver.lint import LintRun


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from kitexgen.lint import known_names

    return [name for name in known_names() if name.startswith(incomplete.upper())]


@click.command(short_help="Judge IDL files by rules that can be chosen.")
@idl_options
@click.option(
    "--use",
    multiple=True,
    metavar="RULE",
    shell_complete=_complete,
    help="A rule or category to go by; repeatable. STANDARD if not said.",
)
@click.option(
    "--except",
    "leave_out",
    multiple=True,
    metavar="RULE",
    shell_complete=_complete,
    help="A rule or category to leave out; repeatable.",
)
@click.option("--fix", "wants_fixes", is_flag=True, help="Mend what changes neither wire nor generated code.")
@click.option("--list-rules", is_flag=True, help="Print all rules: those in use are marked with *.")
@reporting_options
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    use: tuple[str, ...],
    leave_out: tuple[str, ...],
    wants_fixes: bool,
    list_rules: bool,
    **flags: Any,
) -> None:
    """Judge IDL files by the rules in use. A folder stands for the IDL files in it and below.

    Without IDL, the files that the configuration names; what they include is read and not judged. The exit status is
    1 when there is anything but notes. `// lint:ignore RULE reason` silences a rule in one place.
    """
    from kitexgen.driver.lint import LINT_SETTINGS, lint_settings, run_lint

    printing = printing_of(flags)
    table = tool_settings(context, "lint", LINT_SETTINGS, printing)
    settings, faults = lint_settings(table, use, leave_out)
    if faults:
        sources = {} if table.toml is None else {table.toml.source.path: table.toml.source}
        print_diagnostics(faults, sources, printing)
        context.exit(1)
    if list_rules:
        _list_rules({rule.name for rule in settings.rules})
        return
    with configured(context, flags, printing) as config:
        run = run_lint(config, settings, wants_fixes=wants_fixes)
        print_diagnostics(run.report.diagnostics, run.sources, printing)
    _say_what_was_done(run, printing)
    context.exit(run.exit_status)


def _list_rules(in_use: set[str]) -> None:
    from kitexgen.lint import RULES

    for rule in RULES:
        categories = rule.categories[0].value if rule.categories else "-"
        mark = "*" if rule.name in in_use else " "
        fixable = " [--fix]" if rule.is_fixable else ""
        only = "" if len(rule.languages) > 1 else f" ({rule.languages[0]})"
        put(f"{mark} {rule.code} {rule.name:<33} {categories:<9}{only}{fixable}\n      {rule.rationale}\n")


def _say_what_was_done(run: LintRun, printing: Printing) -> None:
    if printing.format != "text" or printing.is_quiet:
        return
    if run.fixed:
        edits = sum(run.fixed.values())
        say(f"{edits} mended in {counted(len(run.fixed), 'file')}\n", printing)
