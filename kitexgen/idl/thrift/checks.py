"""Rules only Thrift has, on the tree as written: words that are refused or ignored where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error, warning
from kitexgen.idl.thrift.tree import BaseTypeNode, DocumentNode, FieldNode, MethodNode, Name, RecordNode, ServiceNode


def check_tree(tree: DocumentNode) -> Iterator[Diagnostic]:
    for definition in tree.definitions:
        if isinstance(definition, RecordNode) and definition.keyword == "union":
            yield from _check_union(definition)
        elif isinstance(definition, ServiceNode):
            for method in definition.methods:
                yield from _check_oneway(method)
                yield from _check_words(method)


def _words(fields: tuple[FieldNode, ...], word: str) -> Iterator[Name]:
    return (field.requirement for field in fields if field.requirement and field.requirement.text == word)


def _check_union(node: RecordNode) -> Iterator[Diagnostic]:
    for word in _words(node.fields, "required"):
        hint = "a union has exactly one of its fields, so none of them can be required"
        yield warning("KX0246", "`required` is ignored in a union", word.span, hint=hint)
    with_default = [field for field in node.fields if field.default is not None]
    for field in with_default[1:]:
        first = with_default[0]
        yield error(
            "KX0314",
            f"union `{node.name.text}` has two fields with a default",
            field.name.span,
            f"`{field.name.text}` has one too",
            also=(Label(first.name.span, f"`{first.name.text}` has one"),),
            hint="only one field of a union can be set, so only one can have a default",
        )


def _check_oneway(node: MethodNode) -> Iterator[Diagnostic]:
    if node.oneway is None:
        return
    also = (Label(node.oneway.span, "nothing comes back from this method"),)
    if not (isinstance(node.result, BaseTypeNode) and node.result.name == "void"):
        message = f"`{node.name.text}` is oneway, so it cannot return anything"
        yield error("KX0240", message, node.result.span, also=also, hint="write `void`, or drop `oneway`")
    if node.throws:
        message = f"`{node.name.text}` is oneway, so it cannot throw"
        span = node.throws[0].span.join(node.throws[-1].span)
        yield error("KX0241", message, span, also=also, hint="drop the `throws`, or drop `oneway`")


def _check_words(node: MethodNode) -> Iterator[Diagnostic]:
    for word in _words(node.arguments, "optional"):
        yield warning("KX0245", "`optional` is ignored before an argument", word.span)
    for word in _words(node.throws, "required"):
        hint = "a method throws at most one of its exceptions"
        yield warning("KX0244", "`required` is ignored in a throws clause", word.span, hint=hint)
