"""`lint` over real files: load, judge, mend."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.diagnostics.report import Report
from kitexgen.diagnostics.suggest import nearest
from kitexgen.driver.config import Config
from kitexgen.driver.faults import cannot_write_file
from kitexgen.driver.idl_files import is_match
from kitexgen.driver.staging import staged
from kitexgen.driver.tool_settings import Reader, ToolSettings, read_texts
from kitexgen.fmt.proto import proto_comments
from kitexgen.idl import Loaded, is_proto, load, parse_text
from kitexgen.idl.proto.grammar import parse as parse_proto
from kitexgen.idl.thrift.lexer import lex
from kitexgen.idl.tokens import Comment
from kitexgen.lint import DEFAULT_USE, Linted, LintSettings, Program, edits_by_path, known_names, lint
from kitexgen.source.edit import apply_edits
from kitexgen.source.file import SourceFile


def _severities(value: object) -> dict[str, Severity]:
    if not isinstance(value, dict):
        raise ValueError(value)
    return {str(name): Severity(severity) for name, severity in value.items()}


def _paths_by_rule(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError(value)
    return {str(name): read_texts(paths) for name, paths in value.items()}


_NAMES = "a rule, a category or a list of them"

LINT_SETTINGS: dict[str, Reader] = {
    "use": (read_texts, _NAMES),
    "except": (read_texts, _NAMES),
    "ignore": (read_texts, "a path or a list of paths"),
    "ignore_only": (_paths_by_rule, "a table of paths by rule"),
    "severity": (_severities, 'a table of "error", "warning" or "note" by rule'),
}


@dataclass(frozen=True, slots=True)
class LintRun:
    """What came of a run; `fixed` says how many edits were made, by path."""

    report: Report
    sources: Mapping[str, SourceFile]
    fixed: Mapping[str, int]

    @property
    def exit_status(self) -> int:
        """1 for anything but notes."""
        return 1 if any(found.severity is not Severity.NOTE for found in self.report.diagnostics) else 0


def lint_settings(
    table: ToolSettings, use: tuple[str, ...], leave_out: tuple[str, ...]
) -> tuple[LintSettings, tuple[Diagnostic, ...]]:
    """The settings of a run, and what is wrong with them; what the command line names goes before the table."""
    values = table.values
    ignore: tuple[str, ...] = values.get("ignore", ())
    ignore_only: Mapping[str, tuple[str, ...]] = values.get("ignore_only", {})
    severities: Mapping[str, Severity] = values.get("severity", {})
    used: tuple[str, ...] = use or values.get("use", DEFAULT_USE)
    left_out: tuple[str, ...] = (*leave_out, *values.get("except", ()))

    def is_ignored(rule: str, path: str) -> bool:
        shown = os.path.relpath(path, table.folder).replace(os.sep, "/")
        return is_match(shown, (*ignore, *ignore_only.get(rule, ())))

    settings = LintSettings(use=used, leave_out=left_out, severities=severities, is_ignored=is_ignored)
    named = {"use": used, "except": left_out, "ignore_only": tuple(ignore_only), "severity": tuple(severities)}
    faults = [_unknown(table, key, name) for key, names in named.items() for name in names if name not in known_names()]
    return settings, tuple(faults)


def run_lint(config: Config, settings: LintSettings, *, wants_fixes: bool) -> LintRun:
    """Judge the files of `config`; with `wants_fixes` mend what can safely be mended, and judge what is left."""
    loaded, linted = lint_files(config, settings)
    fixed: dict[str, int] = {}
    if wants_fixes and linted is not None and linted.fixes:
        for path, edits in edits_by_path(linted.fixes).items():
            before = loaded.files[path].text
            text = apply_edits(before, edits)
            try:
                if Path(path).read_bytes() != before.encode():
                    continue  # a comment that is not UTF-8 would be lost; what is not mended is reported as before
                with staged(Path(path), text.encode()) as finish:
                    finish()
            except OSError as error:
                loaded.report.add(cannot_write_file(path, error))
                return LintRun(loaded.report, loaded.files, fixed)
            fixed[path] = len(edits)
        loaded, linted = lint_files(config, settings)
    report = Report()
    if linted is None:
        report.extend(found for found in loaded.report.diagnostics if found.severity is Severity.ERROR)
    else:
        report.extend(linted.diagnostics)
    return LintRun(report, loaded.files, fixed)


def lint_files(config: Config, settings: LintSettings) -> tuple[Loaded, Linted | None]:
    """What reading the files of `config` found, and what the rules say of them; None when they make no sense."""
    loaded = load(config.idl, include_dirs=config.include, strict=config.strict, field_ids=config.field_ids)
    if loaded.schema is None:
        return loaded, None
    modules = [loaded.schema.module(root) for root in loaded.schema.roots]
    sources = {module.id.path: loaded.files[module.id.path] for module in modules}
    program = Program(
        schema=loaded.schema,
        modules=tuple(modules),
        sources=sources,
        trees={path: _tree(source) for path, source in sources.items()},
        reported=loaded.report.diagnostics,
    )
    return loaded, lint(program, {path: _comments(source) for path, source in sources.items()}, settings)


def _tree(source: SourceFile) -> object:
    return (parse_proto if is_proto(source.path) else parse_text)(source.text, source.path)[0]


def _comments(source: SourceFile) -> tuple[Comment, ...]:
    if is_proto(source.path):
        return proto_comments(source.text, source.path)
    return lex(source.text, source.path).comments


def _unknown(table: ToolSettings, key: str, name: str) -> Diagnostic:
    near = nearest(name, known_names())
    at = Label(table.toml.key(key)) if table.toml is not None and key in table.values else None
    return Diagnostic(
        code="KX0532",
        severity=Severity.ERROR,
        message=f"there is no lint rule or category `{name}`",
        at=at,
        hint=f"did you mean `{near}`?" if near else "`kitexgen lint --list-rules` shows them all",
    )
