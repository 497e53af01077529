"""What can be done about a finding: its own fix, or one that follows from what it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lsprotocol import types

from kitexgen.diagnostics.diagnostic import Diagnostic, Fix
from kitexgen.idl.proto import tree as p
from kitexgen.idl.thrift import tree as t
from kitexgen.idl.thrift.declare import include_prefix
from kitexgen.lint import edits_by_path
from kitexgen.lint.places import line_of
from kitexgen.lsp.analysis import Analysis
from kitexgen.lsp.completion.thrift import include_path
from kitexgen.lsp.features.diagnostics import to_lsp
from kitexgen.lsp.features.symbols import entries
from kitexgen.lsp.workspace import Workspace, same_language
from kitexgen.schema.declarations import Enum, Field, Record
from kitexgen.schema.services import Service
from kitexgen.source.edit import TextEdit
from kitexgen.source.span import Span

FIX_ALL: Final = "source.fixAll.kitexgen"
KINDS: Final = (
    types.CodeActionKind.QuickFix,
    types.CodeActionKind.SourceOrganizeImports,
    FIX_ALL,
)
# Includes and imports that nobody needs, or that stand there twice.
_UNUSED: Final = frozenset({"KX0007", "KX0223", "KX0703", "KX0705", "KX0817"})
# Ids that are used twice, or reserved; members of an enum that share a number.
_TAKEN: Final = frozenset({"KX0204", "KX0721", "KX0722"})
_TAKEN_IN_ENUMS: Final = frozenset({"KX0221", "KX0736"})
_FREE: Final = re.compile(r"(\d+) is free")
_MEANT: Final = re.compile(r"(?:did you mean|write) `([^`]+)`\??")
_IMPORT: Final = re.compile(r'add `import "([^"]+)";`')
# A word that takes the place of another may hold no blank, or it would be more than that word.
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
# More files than this are not offered for one name.
_MOST_FILES: Final = 5


@dataclass(frozen=True, slots=True)
class _Offer:
    title: str
    edits: tuple[TextEdit, ...]
    is_preferred: bool = False


def code_actions(
    workspace: Workspace, path: str, range: types.Range, only: Sequence[str] | None = None
) -> list[types.CodeAction]:
    """`only` are the kinds that are asked for, with all inside them; None for any."""
    analysis = workspace.analysis(path)
    lines = workspace.lines(path, analysis.source.text)
    start, end = lines.span(range)
    found: list[types.CodeAction] = []
    if _wants(only, types.CodeActionKind.QuickFix):
        for one in analysis.diagnostics:
            span = one.at.span if one.at is not None else None
            if span is None or span.path != path or span.start > end or span.end < start:
                continue
            found += _quick_fixes(workspace, analysis, one)
    if _wants(only, FIX_ALL):
        found += _source(workspace, path, "Mend all that can safely be mended", FIX_ALL, analysis.safe_fixes)
    if _wants(only, types.CodeActionKind.SourceOrganizeImports):
        unused = [fix for one in analysis.diagnostics if one.code in _UNUSED for fix in _removal(analysis, one)]
        kind = types.CodeActionKind.SourceOrganizeImports
        found += _source(workspace, path, "Remove what is included and not used", kind, unused)
    return found


def _wants(only: Sequence[str] | None, kind: str) -> bool:
    def text(each: str) -> str:
        return str(getattr(each, "value", each))  # a kind that the protocol knows comes as a member of its enum

    return only is None or any(f"{text(kind)}.".startswith(f"{text(each)}.") for each in only)


def _quick_fixes(workspace: Workspace, analysis: Analysis, one: Diagnostic) -> Iterator[types.CodeAction]:
    diagnostic = to_lsp(workspace, one, analysis.examined.files)
    offers = [*_own(analysis, one), *(offer for find in _FINDERS for offer in find(workspace, analysis, one))]
    for offer in {offer.edits: offer for offer in reversed(offers)}.values():
        yield types.CodeAction(
            title=offer.title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic],
            is_preferred=offer.is_preferred or None,
            edit=_workspace_edit(workspace, {analysis.path: offer.edits}),
        )


def _source(workspace: Workspace, path: str, title: str, kind: str, fixes: Iterable[Fix]) -> Iterator[types.CodeAction]:
    edits = edits_by_path(fix for fix in fixes if fix.path == path)
    if edits:
        yield types.CodeAction(title=title, kind=kind, edit=_workspace_edit(workspace, edits))


def _workspace_edit(workspace: Workspace, edits: Mapping[str, Sequence[TextEdit]]) -> types.WorkspaceEdit:
    changes: dict[str, Sequence[types.TextEdit]] = {}
    for path, some in edits.items():
        lines = workspace.lines(path)
        changes[workspace.uri(path)] = [types.TextEdit(lines.range(each.start, each.end), each.text) for each in some]
    return types.WorkspaceEdit(changes=changes)


# ---- what each finding offers -------------------------------------------------------------------------------------


def _own(analysis: Analysis, one: Diagnostic) -> Iterator[_Offer]:
    """The fixes that the finding itself brings."""
    for fix in one.fixes:
        if fix.path == analysis.path:
            yield _Offer(_capital(fix.title), fix.edits, is_preferred=True)


def _did_you_mean(workspace: Workspace, analysis: Analysis, one: Diagnostic) -> Iterator[_Offer]:
    found = _MEANT.search(one.hint or "")
    if found is None or one.at is None or _WORD.fullmatch(found[1]) is None:
        return
    span, meant = one.at.span, found[1]
    written = analysis.source.text[span.start : span.end]
    if _WORD.fullmatch(written) is None:
        return
    head, dot, last = written.rpartition(".")
    if dot and "." not in meant:
        # Of a name with a prefix one part is meant: the prefix that no include gives, else the last one.
        start, end = (span.start, span.start + len(head)) if one.code == "KX0212" else (span.end - len(last), span.end)
    else:
        start, end = span.start, span.end
    yield _Offer(f"Write `{meant}`", (TextEdit(start, end, meant),), is_preferred=True)


def _unused(workspace: Workspace, analysis: Analysis, one: Diagnostic) -> Iterator[_Offer]:
    for fix in _removal(analysis, one) if one.code in _UNUSED else ():
        yield _Offer("Remove this line", fix.edits, is_preferred=True)


def _removal(analysis: Analysis, one: Diagnostic) -> Iterator[Fix]:
    assert one.at is not None  # only what stands somewhere can be removed
    for span in _headers(analysis):
        if span.start <= one.at.span.start < span.end:
            start, end = line_of(analysis.source.text, span)
            yield Fix(title="remove this line", path=analysis.path, edits=(TextEdit(start, end, ""),))


def _headers(analysis: Analysis) -> Iterator[Span]:
    tree = analysis.examined.trees.get(analysis.path)
    items: Iterable[object] = (
        tree.headers if isinstance(tree, t.DocumentNode) else tree.items if tree is not None else ()
    )
    return (item.span for item in items if isinstance(item, t.IncludeNode | p.ImportNode))


def _ids(workspace: Workspace, analysis: Analysis, one: Diagnostic) -> Iterator[_Offer]:
    """Ids that are missing, or used twice."""
    if one.at is None:
        return
    span = one.at.span
    free = _FREE.match(one.hint or "") if one.code in _TAKEN else None
    if free is not None and analysis.source.text[span.start : span.end].isdigit():
        yield _Offer(f"Use {free[1]}, which is free", (TextEdit(span.start, span.end, free[1]),), is_preferred=True)
    for fields in _field_lists(analysis) if one.code == "KX0205" else ():
        implicit = [field for field in fields if field.is_implicit]
        if any(field.name_span == span for field in implicit[:1]):
            edits = tuple(TextEdit(field.span.start, field.span.start, f"{field.id}: ") for field in implicit)
            yield _Offer("Write the ids that are left out", edits, is_preferred=True)


def _numbers(workspace: Workspace, analysis: Analysis, one: Diagnostic) -> Iterator[_Offer]:
    """A number that two members of an enum share."""
    if one.at is None or one.code not in _TAKEN_IN_ENUMS or analysis.module is None:
        return
    for declaration in analysis.module.declarations:
        if not isinstance(declaration, Enum):
            continue
        for member in declaration.members:
            if member.span.start <= one.at.span.start < member.span.end:
                free = max(other.number for other in declaration.members) + 1
                written = analysis.source.text[member.name_span.end : member.span.end]
                number = re.search(r"=\s*(-?\w+)", written)
                if number is not None:
                    start = member.name_span.end + number.start(1)
                    edit = TextEdit(start, start + len(number[1]), str(free))
                    yield _Offer(f"Use the free number {free}", (edit,))


def _field_lists(analysis: Analysis) -> Iterator[tuple[Field, ...]]:
    for declaration in analysis.module.declarations if analysis.module is not None else ():
        if isinstance(declaration, Record):
            yield declaration.fields
        elif isinstance(declaration, Service):
            for method in declaration.methods:
                yield method.arguments
                yield method.throws


def _missing_include(workspace: Workspace, analysis: Analysis, one: Diagnostic) -> Iterator[_Offer]:
    """An include for a prefix, or a name, that a file of the workspace has."""
    if one.at is None or one.code not in {"KX0212", "KX0210", "KX0232"}:
        return
    span = one.at.span
    prefix, _, name = analysis.source.text[span.start : span.end].rpartition(".")
    for file in _declaring(workspace, analysis, prefix, name):
        shown = include_path(file, analysis.path, analysis.project.include_dirs)
        edits = [_new_header(analysis, f'include "{shown}"\n')]
        if not prefix:
            edits.append(TextEdit(span.start, span.start, f"{include_prefix(shown)}."))
        yield _Offer(f'Include "{shown}"', tuple(edits))


def _missing_import(workspace: Workspace, analysis: Analysis, one: Diagnostic) -> Iterator[_Offer]:
    found = _IMPORT.search(one.hint or "")
    if found is not None:
        edit = _new_header(analysis, f'import "{found[1]}";\n')
        yield _Offer(f'Import "{found[1]}"', (edit,), is_preferred=True)
        return
    if one.code != "KX0710" or one.at is None:
        return
    written = analysis.source.text[one.at.span.start : one.at.span.end]
    package = _package(workspace, analysis.path)
    for file in _declaring(workspace, analysis, "", written.rpartition(".")[2]):
        shown = _import_name(analysis, file)
        theirs = _package(workspace, file)
        full = f"{theirs}.{written.rpartition('.')[2]}" if theirs and theirs != package else written.rpartition(".")[2]
        edits = [_new_header(analysis, f'import "{shown}";\n')]
        if full != written:
            edits.append(TextEdit(one.at.span.start, one.at.span.end, full))
        yield _Offer(f'Import "{shown}"', tuple(edits))


def _declaring(workspace: Workspace, analysis: Analysis, prefix: str, name: str) -> list[str]:
    """The files of the workspace that declare `name` and, when there is one, go by `prefix`."""
    found: list[str] = []
    for file in workspace.files():
        if file == analysis.path or not same_language(file, analysis.path):
            continue
        if prefix and include_prefix(file) != prefix:
            continue
        text = workspace.text(file)
        if text is not None and name in text and any(entry.name == name for entry in entries(workspace, file)):
            found.append(file)
    return found[:_MOST_FILES]


def _import_name(analysis: Analysis, file: str) -> str:
    """How an import calls `file`: as seen from the folder that the file itself is seen from."""
    linked = analysis.examined.linked
    own = next((each.name for each in linked.graph.files if each.id.path == analysis.path), "") if linked else ""
    root = analysis.path.removesuffix(own)
    dirs = (*analysis.project.include_dirs, *((root,) if root else ()))
    return include_path(file, analysis.path, dirs)


def _package(workspace: Workspace, path: str) -> str:
    text = workspace.text(path)
    return workspace.trees.proto(text, path)[0].package if text is not None else ""


def _new_header(analysis: Analysis, line: str) -> TextEdit:
    """A line behind the last include or import, else behind what must come first, else at the beginning."""
    text = analysis.source.text
    tree = analysis.examined.trees.get(analysis.path)
    ends = [span.end for span in _headers(analysis)]
    if not ends and isinstance(tree, t.DocumentNode):
        ends = [node.span.end for node in tree.headers]
    elif not ends and isinstance(tree, p.FileNode):
        ends = [node.span.end for node in tree.items if isinstance(node, p.PackageNode)]
        ends += [tree.syntax.span.end] if tree.syntax is not None else []
    if not ends:
        start = min((node.span.start for node in _nodes(tree)), default=0)
        at = text.rfind("\n", 0, start) + 1
        return TextEdit(at, at, line + "\n")
    end = text.find("\n", max(ends))
    return TextEdit(len(text), len(text), "\n" + line) if end < 0 else TextEdit(end + 1, end + 1, line)


def _nodes(tree: t.DocumentNode | p.FileNode | None) -> Sequence[t.DefinitionNode | p.FileItem]:
    if isinstance(tree, t.DocumentNode):
        return tree.definitions
    return tree.items if tree is not None else ()


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]


_FINDERS: Final[tuple[Callable[[Workspace, Analysis, Diagnostic], Iterable[_Offer]], ...]] = (
    _did_you_mean,
    _unused,
    _ids,
    _numbers,
    _missing_include,
    _missing_import,
)
