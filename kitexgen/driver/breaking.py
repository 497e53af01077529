"""`breaking` over real files: load both sides, pair them, run the rules."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kitexgen.breaking import BreakingSettings, Comparison, Level, breaking_changes, known_rules
from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.diagnostics.report import Report
from kitexgen.diagnostics.suggest import nearest
from kitexgen.driver.baseline import NoBaseline, read_baseline
from kitexgen.driver.config import Config
from kitexgen.driver.idl_files import is_match
from kitexgen.driver.tool_settings import Reader, ToolSettings, read_text, read_texts
from kitexgen.idl import load
from kitexgen.source.file import SourceFile

LEVELS = tuple(level.name for level in Level)


def _level(value: object) -> str:
    if value not in LEVELS:
        raise ValueError(value)
    return str(value)


BREAKING_SETTINGS: dict[str, Reader] = {
    "against": (read_text, "a git revision, a folder or a file"),
    "level": (_level, "one of " + ", ".join(f'"{level}"' for level in LEVELS)),
    "except": (read_texts, "a rule or a list of them"),
    "ignore": (read_texts, "a path or a list of paths"),
}


@dataclass(frozen=True, slots=True)
class BreakingRun:
    """What came of a run; `sources` has the texts of both sides."""

    report: Report
    sources: Mapping[str, SourceFile]


def unknown_rules(table: ToolSettings, leave_out: Sequence[str]) -> list[Diagnostic]:
    """One diagnostic for each name that is no rule."""
    at = Label(table.toml.key("except")) if table.toml is not None and "except" in table.values else None
    return [_unknown(name, at) for name in leave_out if name not in known_rules()]


def run_breaking(
    config: Config,
    against: str,
    *,
    asked: Sequence[str],
    table: ToolSettings,
    level: str,
    leave_out: Sequence[str],
) -> BreakingRun:
    """Compare the files of `config`, which `asked` stand for, with what they were in `against`."""
    report = Report()
    loaded = load(config.idl, include_dirs=config.include, strict=config.strict, field_ids=config.field_ids)
    if loaded.schema is None:
        report.extend(found for found in loaded.report.diagnostics if found.severity is Severity.ERROR)
        return BreakingRun(report, loaded.files)
    try:
        baseline = read_baseline(against, config, asked)
    except NoBaseline as error:
        report.extend(error.diagnostics)
        return BreakingRun(report, {**loaded.files, **error.files})
    places = {os.path.realpath(module.id.path): module.id.path for module in loaded.schema.modules}

    def name_now(path: str) -> str:
        place = baseline.place(path)
        return places.get(os.path.realpath(place), place)

    ignored: tuple[str, ...] = table.values.get("ignore", ())
    settings = BreakingSettings(
        level=Level[level],
        leave_out=leave_out,
        is_ignored=lambda path: is_match(os.path.relpath(path, table.folder).replace(os.sep, "/"), ignored),
        shown=baseline.shown,
    )
    report.extend(breaking_changes(Comparison(baseline.schema, loaded.schema, name_now), settings))
    return BreakingRun(report, {**baseline.files, **loaded.files})


def _unknown(name: str, at: Label | None) -> Diagnostic:
    near = nearest(name, known_rules())
    return Diagnostic(
        code="KX0534",
        severity=Severity.ERROR,
        message=f"there is no rule `{name}` of `breaking`",
        at=at,
        hint=f"did you mean `{near}`?" if near else "`kitexgen breaking --list-rules` shows them all",
    )
