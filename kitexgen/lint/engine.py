"""Runs the chosen rules over a program, and lets the ignores silence what they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kitexgen.diagnostics.diagnostic import Diagnostic, Fix, Label, Severity
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.tokens import Comment
from kitexgen.lint.ignore import Ignore, ignores_of
from kitexgen.lint.program import Program
from kitexgen.lint.rule import Finding, Rule
from kitexgen.lint.settings import LintSettings, is_called, known_names
from kitexgen.source.edit import TextEdit


@dataclass(frozen=True, slots=True)
class Linted:
    """`diagnostics` as found; `fixes` are those of them that `--fix` may apply."""

    diagnostics: tuple[Diagnostic, ...]
    fixes: tuple[Fix, ...]


def lint(program: Program, comments: Mapping[str, Iterable[Comment]], settings: LintSettings) -> Linted:
    """Judge the files of `program`. `comments` are those of each file, by path."""
    ignores = {
        path: ignores_of(program.sources[path], found, program.trees.get(path)) for path, found in comments.items()
    }
    used: set[Ignore] = set()
    diagnostics: list[Diagnostic] = []
    fixes: list[Fix] = []
    for rule in settings.rules:
        for finding in rule.check(program):
            path = finding.at.path
            if program.language(path) not in rule.languages or settings.is_ignored(rule.name, path):
                continue
            silencers = [each for each in ignores.get(path, ()) if _silences(each, rule, finding)]
            used.update(silencers)
            if silencers:
                continue
            diagnostics.append(_diagnostic(rule, finding, settings.severity(rule)))
            if rule.is_fixable and finding.fix is not None:
                fixes.append(finding.fix)
    for found in ignores.values():
        for ignore in found:
            diagnostics += _faults(ignore, ignore in used, settings)
    return Linted(tuple(diagnostics), tuple(fixes))


def edits_by_path(fixes: Iterable[Fix]) -> dict[str, list[TextEdit]]:
    """The edits of all `fixes` that do not touch each other; of two that do, the first in the text stays."""
    wanted: dict[str, set[TextEdit]] = {}
    for fix in fixes:
        wanted.setdefault(fix.path, set()).update(fix.edits)
    chosen: dict[str, list[TextEdit]] = {}
    for path, edits in wanted.items():
        kept: list[TextEdit] = []
        for edit in sorted(edits):
            if not kept or edit.start >= kept[-1].end:
                kept.append(edit)
        chosen[path] = kept
    return chosen


def _silences(ignore: Ignore, rule: Rule, finding: Finding) -> bool:
    return (
        bool(ignore.reason)
        and ignore.covers.start <= finding.at.start < ignore.covers.end
        and any(is_called(rule, name) for name in ignore.names)
    )


def _diagnostic(rule: Rule, finding: Finding, severity: Severity) -> Diagnostic:
    return Diagnostic(
        code=rule.code,
        severity=severity,
        message=f"{finding.message} ({rule.name})",
        at=Label(finding.at, finding.label),
        also=finding.also,
        hint=finding.hint,
        fixes=() if finding.fix is None else (finding.fix,),
    )


def _faults(ignore: Ignore, is_used: bool, settings: LintSettings) -> Iterator[Diagnostic]:
    """What is wrong with an ignore: it names nothing, or nothing known, says no reason, or silences nothing."""
    known = known_names()
    unknown = next((name for name in ignore.names if name not in known), None)
    if not ignore.names:
        yield _ignore_fault("KX0890", ignore, "this ignore names no rule", "write `lint:ignore RULE reason`")
    elif unknown is not None:
        near = nearest(unknown, known)
        hint = f"did you mean `{near}`?" if near else "`kitexgen lint --list-rules` shows them all"
        yield _ignore_fault("KX0890", ignore, f"there is no lint rule `{unknown}`", hint)
    elif not ignore.reason:
        hint = f"say why: `lint:ignore {', '.join(ignore.names)} reason`"
        yield _ignore_fault("KX0890", ignore, "this ignore gives no reason, so it is not heard", hint)
    elif not is_used and any(is_called(rule, name) for rule in settings.rules for name in ignore.names):
        yield _ignore_fault("KX0891", ignore, "this ignore silences nothing", "delete it")


def _ignore_fault(code: str, ignore: Ignore, message: str, hint: str) -> Diagnostic:
    return Diagnostic(code=code, severity=Severity.WARNING, message=message, at=Label(ignore.span), hint=hint)
