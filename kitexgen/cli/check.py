"""`kitexgen check`: read and check IDL files, write nothing."""

from __future__ import annotations

from typing import Any

import click

from kitexgen.cli.printing import print_diagnostics, printing_of, reporting_options
from kitexgen.cli.settings import configured, idl_options


@click.command(short_help="Read and check IDL files, write nothing.")
@idl_options
@reporting_options
@click.pass_context
def command(context: click.Context, /, **flags: Any) -> None:
    """Read IDL files and all they include, and report every mistake in one go. A folder stands for the IDL files in
    it and below.

    Without IDL, the files that the configuration names. The exit status is 1 when there is an error.
    """
    printing = printing_of(flags)
    with configured(context, flags, printing) as config:
        from kitexgen.idl import load

        loaded = load(config.idl, include_dirs=config.include, strict=config.strict, field_ids=config.field_ids)
        print_diagnostics(loaded.report.diagnostics, loaded.files, printing)
    context.exit(loaded.report.exit_status)
