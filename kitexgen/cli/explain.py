"""`kitexgen explain`: the page of a diagnostic code."""

from __future__ import annotations

import re
import sys

import click

from kitexgen.cli.printing import put, wants_color
from kitexgen.diagnostics.explain import codes, page
from kitexgen.diagnostics.suggest import nearest


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    known = (*codes(), *filter(None, map(_rule_name, codes())))
    return [one for one in known if one.startswith(incomplete.upper())]


@click.command(short_help="Say what a diagnostic code means, and how to mend it.")
@click.argument("code", required=False, shell_complete=_complete)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour in the page.")
def command(code: str | None, color: str) -> None:
    """Print the page of CODE (KX0204, just 204, or a rule by name); without CODE, the list of all codes."""
    if code is None:
        for known in codes():
            explained = page(known)
            if explained is not None:
                put(f"{explained.code}  {explained.title}\n")
        return
    wanted = _full_code(code)
    explained = page(wanted)
    if explained is None:
        near = nearest(wanted, codes())
        did_you_mean = f" Did you mean '{near}'?" if near else " `kitexgen explain` lists them all."
        raise click.UsageError(f"No such code '{code}'.{did_you_mean}")
    is_colored = wants_color(color, sys.stdout)
    put(_painted(explained.text) if is_colored else explained.text, color=is_colored)


def _full_code(code: str) -> str:
    """`kx204`, `204` and `error[KX0204]` all mean KX0204."""
    named = next((known for known in codes() if _rule_name(known) == code.upper()), None)
    if named is not None:
        return named
    digits = re.search(r"(\d{1,4})\]?$", code)
    return f"KX{int(digits[1]):04}" if digits else code.upper()


def _rule_name(code: str) -> str | None:
    """The name that the page of a rule of `lint` or `breaking` begins its title with."""
    explained = page(code)
    name = explained.title.partition(":")[0] if explained is not None else ""
    return name if "_" in name and name.isupper() else None


def _painted(text: str) -> str:
    lines = []
    is_code = False
    for line in text.splitlines():
        if line.startswith("```"):
            is_code = not is_code
            lines.append(click.style(line, dim=True))
        elif is_code:
            lines.append(click.style(line, fg="cyan"))
        elif line.startswith("#"):
            lines.append(click.style(line, bold=True))
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"
