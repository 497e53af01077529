"""Diagnostics of imports: missing, written in a way none is found by, twice, in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.idl.finding import error, warning
from kitexgen.idl.proto.tree import ImportNode

# More files than these are counted, not named.
_MOST_NAMED: Final = 3


def missing_import(node: ImportNode, roots: Sequence[str], others: Sequence[str]) -> Diagnostic:
    """`others` are the paths of further files that import the same file."""
    name = node.path.text
    hints = []
    if roots:
        looked = " and ".join(f"in `{root}`" for root in roots)
        hints.append(f"looked {looked}; give the folder that `{name}` is relative to with -I")
    if others:
        hints.append(f"{_listed(others)} {'imports' if len(others) == 1 else 'import'} it too")
    message = f"the imported file `{name}` was not found"
    return error("KX0700", message, node.path.span, hint="; ".join(hints) or None)


def _listed(paths: Sequence[str]) -> str:
    more = len(paths) - _MOST_NAMED
    named = [f"`{path}`" for path in paths[:_MOST_NAMED]]
    if more > 0:
        named.append("another file" if more == 1 else f"{more} other files")
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def bad_path(node: ImportNode) -> Diagnostic:
    name = node.path.text
    if not name:
        return error(
            "KX0701", "this import names no file", node.path.span, hint="write the path of a file between the quotes"
        )
    hint = "write the path from an import root (-I), without `.`, `..`, or a `/` at its start"
    if "\\" in name:
        hint = "write the path with `/` on every system"
    elif "//" in name:
        hint = "write one `/` between two parts"
    return error("KX0701", f"`{name}` is no path that can be imported", node.path.span, hint=hint)


def import_cycle(node: ImportNode, importing: str, chain: Sequence[ImportNode]) -> Diagnostic:
    """`chain` are the imports that led from the target of `node` back to it, outermost first."""
    if not chain:
        return error("KX0702", f"`{importing}` imports itself", node.span, hint="delete this line")
    return error(
        "KX0702",
        "this import closes a circle",
        node.span,
        "and here the circle closes",
        also=tuple(Label(step.span, f"`{step.span.path}` imports `{step.path.text}`") for step in chain),
        hint="move what both files need into a third one",
    )


def repeated_imports(nodes: Sequence[ImportNode]) -> Iterator[Diagnostic]:
    first: dict[str, ImportNode] = {}
    for node in nodes:
        other = first.setdefault(node.path.text, node)
        if other is not node:
            yield error(
                "KX0703",
                f"`{node.path.text}` is imported twice",
                node.span,
                also=(Label(other.span, "imported here"),),
                hint="delete one of them",
            )


def shadowed_root(path: str, name: str, other: str) -> Diagnostic:
    return Diagnostic(
        code="KX0704",
        severity=Severity.ERROR,
        message=f"`{path}` is imported as `{name}`, but that is `{other}` here",
        at=None,
        hint="a name leads to one file only; change the folders given with -I, or their order",
    )


def two_names_of_root(path: str, name: str, other: str) -> Diagnostic:
    return Diagnostic(
        code="KX0704",
        severity=Severity.ERROR,
        message=f"the name of `{path}` is `{name}` here, but another file imports it as `{other}`",
        at=None,
        hint=f"import it as `{name}` everywhere, or leave out one of the folders given with -I",
    )


def two_names(node: ImportNode, other: str, path: str) -> Diagnostic:
    name = node.path.text
    return error(
        "KX0704",
        f"`{name}` and `{other}` are one file, `{path}`",
        node.path.span,
        hint=f"import it as `{other}` everywhere, or leave out one of the folders given with -I",
    )


def unused_import(node: ImportNode) -> Diagnostic:
    return warning(
        "KX0705", f'nothing of "{node.path.text}" is used in this file', node.path.span, hint="delete this line"
    )
