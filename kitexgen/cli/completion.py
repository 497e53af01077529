"""`kitexgen completion`: the script a shell evaluates to complete our commands, flags and codes."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from kitexgen.cli.printing import put

_SHELLS = ("bash", "zsh", "fish")
# The variable click looks for when the shell asks for completions: _<PROGRAM>_COMPLETE.
_VARIABLE = "_KITEXGEN_COMPLETE"


@click.command(short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    bash:  kitexgen completion bash > ~/.local/share/bash-completion/completions/kitexgen
    zsh:   kitexgen completion zsh > ~/.zfunc/_kitexgen       (with ~/.zfunc in fpath)
    fish:  kitexgen completion fish > ~/.config/fish/completions/kitexgen.fish
    """
    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    root = context.find_root().command
    put(completion(root, {}, "kitexgen", _VARIABLE).source())
