"""The group of commands. Nothing is imported here but click: a command's own module is, once it is asked for."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from kitexgen import __version__

# Name, the module that has it as `command`, and the line that `--help` shows; in the order of `--help`.
COMMANDS: dict[str, tuple[str, str]] = {
    "new": ("kitexgen.cli.new", "Lay down a service that runs, in a fresh folder."),
    "gen": ("kitexgen.cli.generate", "Generate Python from IDL files."),
    "watch": ("kitexgen.cli.watch", "Generate again whenever an IDL file changes."),
    "check": ("kitexgen.cli.check", "Read and check IDL files, write nothing."),
    "fmt": ("kitexgen.cli.fmt", "Format IDL files; keeps every comment."),
    "lint": ("kitexgen.cli.lint", "Judge IDL files by rules that can be chosen."),
    "breaking": ("kitexgen.cli.breaking", "Say what a change of IDL breaks, and for whom."),
    "lsp": ("kitexgen.cli.lsp", "Serve an editor: the language server."),
    "dump": ("kitexgen.cli.dump", "Print what was read, as JSON, or as a descriptor set."),
    "call": ("kitexgen.cli.call", "Call a method of a running service."),
    "plugins": ("kitexgen.cli.plugins", "List the plugins that are installed."),
    "explain": ("kitexgen.cli.explain", "Say what a diagnostic code means, and how to mend it."),
    "completion": ("kitexgen.cli.completion", "Print the completion script of a shell."),
}

# Exit statuses (design/output.md §5): 1 is wrong input, 2 wrong usage; 70 is EX_SOFTWARE of sysexits(3).
EXIT_WRONG_INPUT = 1
EXIT_WRONG_USAGE = 2
EXIT_INTERNAL_FAULT = 70


class Commands(click.Group):
    """Commands by name, imported when used; a mistyped one is answered with the nearest."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(COMMANDS[cmd_name][0]).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name][0]}.command is no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from kitexgen.diagnostics.suggest import nearest

            near = nearest(args[0], COMMANDS)
            did_you_mean = f" Did you mean '{near}'?" if near else ""
            ctx.fail(f"No such command '{args[0]}'.{did_you_mean}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # The lines stand in the table, so that --help imports no command.
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _print_version(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        python = ".".join(map(str, sys.version_info[:3]))
        click.echo(f"kitexgen {__version__} (Python {python})")
        ctx.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A first service in two commands: kitexgen new shop && make -C shop run",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
def cli() -> None:
    """Kitex for Python: from Thrift and Protobuf IDL to typed records, clients and servers.

    Settings come from kitexgen.toml, or [tool.kitexgen] in pyproject.toml, found upwards from the current folder; what
    is said on the command line comes first.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, and leave with one of the documented exit statuses; a fault of ours says how to report it."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    # One run makes few cycles and ends soon: looking for them costs 6 % of the time, keeping them 3 MB of 40.
    gc.disable()
    try:
        cli.main(args=given, prog_name="kitexgen")
    except Exception as fault:
        _report_fault(fault, given)
        sys.exit(EXIT_INTERNAL_FAULT)


def _report_fault(fault: Exception, arguments: Sequence[str]) -> None:
    import shlex
    import traceback

    is_verbose = any(argument in ("-v", "--verbose") for argument in arguments)
    if is_verbose:
        click.echo("".join(traceback.format_exception(fault)), err=True, nl=False)
    last = traceback.extract_tb(fault.__traceback__)[-1]
    lines = [
        f"kitexgen: internal fault: {type(fault).__name__}: {fault}",
        f"  at {os.path.basename(last.filename)}:{last.lineno} in {last.name}",
        f"  of kitexgen {__version__}, Python {sys.version.split()[0]} on {sys.platform}",
        f"  running: {shlex.join(['kitexgen', *arguments])}",
        "This is a mistake in kitexgen, not in your input. Please report it with these lines and the input.",
    ]
    if not is_verbose:
        lines.append("Run it again with -v for the traceback.")
    click.echo("\n".join(lines), err=True)
