"""What to say at a word that does not fit: what was found, what could stand there, and what was likely meant."""

from __future__ import annotations

from typing import Any, Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl import mistakes
from kitexgen.idl.finding import error
from kitexgen.idl.situation import CLOSERS, Situation
from kitexgen.idl.thrift import slips
from kitexgen.idl.thrift import tree as t
from kitexgen.idl.thrift.expectation import expectation, shown
from kitexgen.source.span import Span

# The code that stands for a whole file: see `slips.dialect`.
DIALECT: Final = slips.DIALECT


def describe(here: Situation) -> Diagnostic:
    """One diagnostic for the word that does not fit, or for the end of the file where it comes too early."""
    if here.is_too_deep:
        return mistakes.too_deep("KX0129", here, "give the inner parts names of their own with `typedef` or `struct`")
    if (slip := slips.recognise(here)) is not None:
        return slip
    if here.found is None:
        return _early_end(here)
    if here.inner_opener is not None and _needs_closing(here):
        return mistakes.never_closed("KX0121", here, here.inner_opener, "this")
    return _unexpected(here)


def _unexpected(here: Situation) -> Diagnostic:
    found = here.found
    assert found is not None
    wanted = expectation(here)
    before = here.token(-1)
    if here.is_on_new_line and here.partial and before is not None:
        # The fault is at the end of the line before; the word found is innocent.
        return error("KX0120", f"expected {wanted} after {shown(before)}", here.span(before), f"{wanted} must follow")
    return error("KX0120", f"expected {wanted}, found {shown(found)}", here.span(found))


def _early_end(here: Situation) -> Diagnostic:
    opener = here.inner_opener
    if opener is not None:
        return error(
            "KX0121",
            f"this `{opener.text}` is never closed",
            here.span(opener),
            hint=f"the file ends before its `{CLOSERS[opener.text]}`",
        )
    last = here.token(-1)
    at = here.span(last) if last else Span(here.path, len(here.text), len(here.text))
    return error("KX0120", f"the file ends too early: expected {expectation(here)}", at)


def _needs_closing(here: Situation) -> bool:
    """Whether what was found belongs to a level further out, so that the bracket of the list at hand lacks its end."""
    opener = here.inner_opener
    if opener is None or CLOSERS[opener.text] not in here.expected:
        return False
    if here.kind(0) in {"}", ")", "]"}:
        return opener.text != "{"
    is_method = here.list_name == "arguments" and here.kind(0) in {"VOID", "ONEWAY", "THROWS"}
    return here.is_definition or is_method


# ---- things the grammar takes and the builder refuses -------------------------------------------------------------


def stray_separator(separator: str, at: Span, last: Any) -> Diagnostic:
    """A `,` or `;` where none may stand; `last` is the node before it."""
    hint = "one `,` or `;` may follow an item, and none is needed"
    if isinstance(last, t.IncludeNode | t.CppIncludeNode | t.NamespaceNode):
        hint = "nothing ends a header but the end of its line; delete it"
    elif isinstance(last, t.EnumNode | t.RecordNode | t.ServiceNode):
        hint = "nothing follows the `}` of a definition; delete it"
    elif isinstance(last, t.ConstNode) and last.annotations:
        hint = "thriftgo, which alone takes annotations of a constant, has it before them; delete it"
    return error("KX0123", f"no `{separator}` may stand here", at, hint=hint)


def stray_annotations(at: Span) -> Diagnostic:
    return error("KX0120", "these annotations belong to nothing", at, hint="put them before the `,` or `;`")


def late_header(node: t.HeaderNode, first: t.DefinitionNode) -> Diagnostic:
    word = {t.IncludeNode: "include", t.CppIncludeNode: "cpp_include", t.NamespaceNode: "namespace"}[type(node)]
    return error(
        "KX0124",
        f"`{word}` must stand before all definitions",
        node.span,
        also=(Label(first.name.span, "the first definition"),),
        hint="move it to the top of the file",
    )


def xsd_all_on_exception(at: Span) -> Diagnostic:
    return error("KX0120", "an exception takes no `xsd_all`", at, hint="delete it")
