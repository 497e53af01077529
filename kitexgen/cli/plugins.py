"""`kitexgen plugins`: what is installed."""

from __future__ import annotations

import click

from kitexgen.cli.printing import put


@click.command(short_help="List the plugins that are installed.")
def command() -> None:
    """List the plugins that `gen --plugin NAME`, or a table [plugins.NAME] of kitexgen.toml, can run.

    Besides these, any program called kitexgen-gen-NAME on the PATH is the plugin NAME.
    """
    from kitexgen.plugins.discover import available

    rows = [(one.name, one.origin, one.summary) for one in available()]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for name, origin, summary in rows:
        put(f"{name:<{widths[0]}}  {origin:<{widths[1]}}  {summary}".rstrip() + "\n")
