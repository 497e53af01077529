"""`kitexgen lsp`: serve an editor."""

from __future__ import annotations

import click


@click.command(short_help="Serve an editor: the language server.")
@click.option("--stdio", is_flag=True, help="Standard input and output; there is no other way, editors say it anyway.")
@click.pass_context
def command(context: click.Context, /, *, stdio: bool) -> None:
    """Serve an editor by the Language Server Protocol, for .thrift and .proto, on standard input and output.

    Started by the editor; docs/editors.md says how to set it up. It needs the packages of `kitexgen[lsp]`.
    """
    try:
        from kitexgen.lsp.server import serve
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in {"pygls", "lsprotocol"}:
            raise
        context.fail("the language server needs the package pygls: pip install 'kitexgen[lsp]'")
    serve()
