"""Analysis: all that is known of one file and of what it includes, as the texts were at one moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.plan.naming import settle_names
from kitexgen.diagnostics.diagnostic import Diagnostic, Fix, Severity
from kitexgen.fmt.proto import proto_comments
from kitexgen.idl import Examined, Trees, Use, examine, is_proto
from kitexgen.idl.proto.imports import SHIPPED
from kitexgen.idl.read import Read
from kitexgen.idl.thrift.lexer import lex
from kitexgen.idl.tokens import Comment
from kitexgen.lint import Linted, Program, lint
from kitexgen.lsp.declared import Declarations, Declared
from kitexgen.lsp.projects import Project
from kitexgen.plugins.api import PythonNames
from kitexgen.plugins.names import python_names
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.module import Module
from kitexgen.source.file import SourceFile
from kitexgen.source.span import Span

_SYNTAX: Final = ("KX01", "KX06")


@dataclass(frozen=True, slots=True)
class Found:
    """A name in the text at `span`. `target` is where what it means is declared, `declared` what that is; None for a
    file or a package.
    """

    span: Span
    target: Span
    declared: Declared | None


@dataclass(frozen=True)
class Analysis:
    """`stamps` say what was read, and looked for in vain, and which content each file had then."""

    path: str
    project: Project
    examined: Examined
    linted: Linted
    stamps: Mapping[str, object]

    @property
    def source(self) -> SourceFile:
        """The text of the file; empty when it could not be read."""
        return self.examined.files.get(self.path) or SourceFile(self.path, "")

    @property
    def is_proto(self) -> bool:
        return is_proto(self.path)

    @cached_property
    def module(self) -> Module | None:
        """What the file declares, None when it could not be read."""
        return next((each for each in self.examined.schema.modules if each.id.path == self.path), None)

    @cached_property
    def declarations(self) -> Declarations:
        return Declarations(self.examined.schema)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything that is wrong with the file or with what it includes, what rules find last."""
        return (*self.examined.report.diagnostics, *self.linted.diagnostics)

    @property
    def safe_fixes(self) -> tuple[Fix, ...]:
        """What `lint --fix` would do."""
        return self.linted.fixes

    @property
    def has_syntax_errors(self) -> bool:
        return any(
            found.severity is Severity.ERROR
            and found.code.startswith(_SYNTAX)
            and found.at is not None
            and found.at.span.path == self.path
            for found in self.examined.report.diagnostics
        )

    @cached_property
    def python_names(self) -> PythonNames:
        """What generated code calls everything; to be asked of a schema without errors only."""
        config = self.project.config
        options = GenerateOptions(
            naming=config.naming, py_package=dict(config.py_package), py_packed=config.py_packed, is_whole=False
        )
        return python_names(settle_names(self.examined.schema, options), options)

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """The names in the file that name something, in the order of the text."""
        return self.examined.uses.of(self.path)

    @cached_property
    def _use_starts(self) -> list[int]:
        return [use.span.start for use in self.uses]

    @cached_property
    def _own_names(self) -> dict[int, Declared]:
        return {declared.name_span.start: declared for declared in self.declarations.of(self.path)}

    @cached_property
    def _own_starts(self) -> list[int]:
        return sorted(self._own_names)

    def at(self, offset: int) -> Found | None:
        """The name that the cursor at `offset` touches: one that is used there, or declared."""
        best: Found | None = None
        for candidate in (self._used_at(offset), self._declared_at(offset)):
            # Of two that touch the cursor, the one that begins at it is meant.
            if candidate is not None and (best is None or candidate.span.start > best.span.start):
                best = candidate
        return best

    def _used_at(self, offset: int) -> Found | None:
        at = bisect_right(self._use_starts, offset) - 1
        if at < 0 or self.uses[at].span.end < offset:
            return None
        use = self.uses[at]
        return Found(use.span, use.target, self.declarations.at(use.target))

    def _declared_at(self, offset: int) -> Found | None:
        at = bisect_right(self._own_starts, offset) - 1
        if at < 0:
            return None
        declared = self._own_names[self._own_starts[at]]
        span = declared.name_span
        return Found(span, span, declared) if span.end >= offset else None


def analyse(
    path: str, project: Project, *, read: Read, trees: Trees, wants_lint: bool, others: Iterable[str] = ()
) -> tuple[Examined, Linted]:
    """Examine the file at `path`, and `others` after it; judge it when nothing is wrong."""
    examined = examine(
        [Path(path), *map(Path, others)],
        include_dirs=project.include_dirs if is_proto(path) else project.thrift_dirs(),
        strict=project.strict,
        field_ids=project.field_ids,
        read=read,
        trees=trees,
    )
    source = examined.files.get(path)
    if not wants_lint or source is None or examined.report.has_errors:
        return examined, Linted((), ())
    program = Program(
        schema=examined.schema,
        modules=(examined.schema.module(ModuleId(path)),),
        sources={path: source},
        trees={path: examined.trees[path]},
        reported=examined.report.diagnostics,
    )
    return examined, lint(program, {path: _ignores(source)}, project.lint)


def _ignores(source: SourceFile) -> tuple[Comment, ...]:
    """The comments of a file, or none when none of them speaks to the rules."""
    if "lint:ignore" not in source.text:
        return ()
    if is_proto(source.path):
        return proto_comments(source.text, source.path)
    return lex(source.text, source.path).comments


def real_path(path: str) -> str:
    """Where a file lies that spans call `path`: those that come with kitexgen go by the name of their import."""
    return path if Path(path).is_absolute() else (SHIPPED / path).as_posix()


def is_shipped(path: str) -> bool:
    return not Path(path).is_absolute()
