"""The handwritten handler: laid down once, then only added to, and compared with what the IDL says.

What is added: the methods a service gained, at the end of its class; a class for a service that has none; imports for
both. Everything else in the file is its author's and stays, byte for byte.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kitexgen.codegen.handlers import handler_methods, handler_skeleton
from kitexgen.codegen.options import GenerateOptions
from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.driver import handler_faults
from kitexgen.driver.handler_text import Function, HandlerText, NeededImport, decode_python, last_name
from kitexgen.driver.manifest import read_manifest
from kitexgen.driver.signature import disagreement
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Service
from kitexgen.source.file import SourceFile
from kitexgen.source.span import Span


@dataclass(frozen=True, kw_only=True)
class Handler:
    """The handler after the run. `before` and `after` are its bytes, `before` None when there was no file.

    `added` names what it gains. `diagnostics` hold in every mode, `lacking` are those of `gen --check`. `answered` is
    for the manifest.
    """

    path: Path
    source: SourceFile
    before: bytes | None
    after: bytes
    added: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    lacking: tuple[Diagnostic, ...] = ()
    answered: Mapping[str, tuple[str, ...]]


def merge_handler(path: Path, out: Path, schema: Schema, options: GenerateOptions) -> Handler | None:
    """What the handler at `path` becomes, for all services of the files asked for; None when they have none.

    Writes nothing.
    """
    if not _own_services(schema):
        return None
    shown = os.path.relpath(path).replace(os.sep, "/")
    services = [_wanted(service, path, out, schema, options) for service in _own_services(schema)]
    answered = {wanted.key(out): tuple(wanted.methods) for wanted in services}
    try:
        before = path.read_bytes()
    except FileNotFoundError:
        ids = [wanted.service.id for wanted in services]
        text = handler_skeleton(schema, options, ids, _import_root(path, out))
        source = SourceFile(shown, "")
        lacking = [handler_faults.lacks_class(source, wanted.service, wanted.usual_name) for wanted in services]
        return Handler(
            path=path,
            source=source,
            before=None,
            after=text.encode(),
            added=tuple(wanted.usual_name for wanted in services),
            lacking=tuple(lacking),
            answered=answered,
        )
    except OSError as error:
        return _unreadable(path, handler_faults.unreadable(shown, error))
    try:
        text, encoding = decode_python(before)
    except (SyntaxError, UnicodeDecodeError) as error:
        return _unreadable(path, handler_faults.not_python(SourceFile(shown, ""), error), before=before)
    source = SourceFile(shown, text)
    try:
        merge = _Merge(source, HandlerText(text), read_manifest(out).answered, out)
    except (SyntaxError, ValueError) as error:
        return _unreadable(path, handler_faults.not_python(source, error), source=source, before=before)
    for wanted in services:
        merge.service(wanted)
    return merge.finished(path, before, encoding)


def _unreadable(
    path: Path, diagnostic: Diagnostic, *, source: SourceFile | None = None, before: bytes = b""
) -> Handler:
    """Left alone, and said why."""
    shown = source or SourceFile(os.path.relpath(path).replace(os.sep, "/"), "")
    return Handler(path=path, source=shown, before=before, after=before, diagnostics=(diagnostic,), answered={})


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """What the handler of one service should hold, taken from a fresh skeleton.

    `methods` are by Python name; `texts` their source, `idl_spans` where the IDL declares them.
    """

    service: Service
    protocol: str
    usual_name: str
    class_text: str
    methods: Mapping[str, Function]
    texts: Mapping[str, str]
    idl_spans: Mapping[str, Span]
    imports: tuple[NeededImport, ...]

    def key(self, out: Path) -> str:
        """How the manifest calls the service: by its file, relative to the output folder, and its name."""
        module = os.path.relpath(self.service.id.module.path, out).replace(os.sep, "/")
        return f"{module}:{self.service.id.name}"

    def imports_of(self, nodes: list[ast.AST]) -> Iterator[NeededImport]:
        """Those of the skeleton's imports that `nodes` use."""
        used = {name.id for node in nodes for name in ast.walk(node) if isinstance(name, ast.Name)}
        return (needed for needed in self.imports if needed.alias in used)


def _wanted(service: Service, path: Path, out: Path, schema: Schema, options: GenerateOptions) -> _Wanted:
    root = _import_root(path, out)
    text = handler_skeleton(schema, options, [service.id], root)
    module = ast.parse(text)
    node = next(statement for statement in module.body if isinstance(statement, ast.ClassDef))
    methods = {statement.name: statement for statement in node.body if isinstance(statement, Function)}
    lines = text.splitlines()
    return _Wanted(
        service=service,
        protocol=last_name(node.bases[0]),
        usual_name=node.name,
        class_text="\n".join(lines[node.lineno - 1 : node.end_lineno]),
        methods=methods,
        texts={name: "\n".join(lines[method.lineno - 1 : method.end_lineno]) for name, method in methods.items()},
        idl_spans={method.name: method.span for method in handler_methods(schema, options, service.id, root)},
        imports=tuple(_imports(module)),
    )


def _imports(module: ast.Module) -> Iterator[NeededImport]:
    for statement in module.body:
        if isinstance(statement, ast.ImportFrom) and statement.module != "__future__":
            origin = "." * statement.level + (statement.module or "")
            yield from (NeededImport(origin, alias.name, alias.asname or alias.name) for alias in statement.names)


class _Merge:
    """Adds to one file, service after service, and gathers what is to be said about it."""

    def __init__(
        self, source: SourceFile, text: HandlerText, answered_before: Mapping[str, tuple[str, ...]], out: Path
    ) -> None:
        self._source = source
        self._text = text
        self._answered_before = answered_before
        self._out = out
        self._added: list[str] = []
        self._diagnostics: list[Diagnostic] = []
        self._lacking: list[Diagnostic] = []
        self._answered: dict[str, tuple[str, ...]] = {}

    def service(self, wanted: _Wanted) -> None:
        key = wanted.key(self._out)
        before = self._answered_before.get(key, ())
        self._answered[key] = tuple(wanted.methods)
        node = self._text.class_for(wanted.protocol, wanted.usual_name)
        if node is not None:
            orphans = self._compare(wanted, node, before)
            self._answered[key] += tuple(orphans)
            self._append(wanted, node, before)
        elif before:
            # Its author took the class away, or gave it a name by which it is not to be found: not ours to undo.
            self._diagnostics.append(handler_faults.no_class(self._source, wanted.service, wanted.protocol))
        else:
            self._text.append_class(wanted.class_text)
            self._text.require_imports(wanted.imports)
            self._added.append(wanted.usual_name)
            self._lacking.append(handler_faults.lacks_class(self._source, wanted.service, wanted.usual_name))

    def finished(self, path: Path, before: bytes, encoding: str) -> Handler:
        after = self._text.text().encode(encoding) if self._added else before
        return Handler(
            path=path,
            source=self._source,
            before=before,
            after=after,
            added=tuple(self._added),
            diagnostics=tuple(self._diagnostics),
            lacking=tuple(self._lacking),
            answered=self._answered,
        )

    def _compare(self, wanted: _Wanted, node: ast.ClassDef, before: tuple[str, ...]) -> list[str]:
        """Tell of changed signatures and of methods that the IDL has no more; gives the names of the latter."""
        orphans = []
        for name, written in self._text.methods(node).items():
            if written is None:
                continue
            if name in wanted.methods:
                problem = disagreement(written, wanted.methods[name])
                if problem is not None:
                    at = self._name_span(written)
                    self._diagnostics.append(handler_faults.changed(name, at, wanted.idl_spans[name], problem))
            elif name in before:
                orphans.append(name)
                self._diagnostics.append(handler_faults.orphan(name, self._name_span(written), wanted.service))
        return orphans

    def _append(self, wanted: _Wanted, node: ast.ClassDef, before: tuple[str, ...]) -> None:
        present = self._text.methods(node)
        missing = [name for name in wanted.methods if name not in present]
        if self._text.has_other_bases(node, wanted.protocol):
            # A base that stands elsewhere may have it, and a stub here would hide that; what is new it cannot have.
            missing = [name for name in missing if name not in before] if before else []
        if not missing:
            return
        self._text.append_methods(node, [wanted.texts[name] for name in missing])
        self._text.require_imports(wanted.imports_of([wanted.methods[name] for name in missing]))
        self._added += missing
        at = self._name_span(node)
        self._lacking += [handler_faults.lacks(name, at, wanted.idl_spans[name]) for name in missing]

    def _name_span(self, node: Function | ast.ClassDef) -> Span:
        """The name behind `def`, `async def` or `class`."""
        start = self._text.offset(node.lineno, node.col_offset)
        start = self._source.text.index(node.name, start + len("def" if isinstance(node, ast.FunctionDef) else "class"))
        return Span(self._source.path, start, start + len(node.name))


def _own_services(schema: Schema) -> list[Service]:
    """The services of the files asked for; those of included files are their projects' to serve."""
    return [service for service in schema.services() if service.id.module in schema.roots]


def _import_root(handler: Path, out: Path) -> str:
    """How the module at `handler` imports from the folder `out`: relatively when it stands in a package itself."""
    below = os.path.relpath(os.path.realpath(out), os.path.dirname(os.path.realpath(handler))).split(os.sep)
    ups = below.count(os.pardir)
    names = ".".join(below[ups:])
    if (handler.parent / "__init__.py").exists():
        return "." * (ups + 1) + names
    return names
