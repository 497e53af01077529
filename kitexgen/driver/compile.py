"""One run of `gen` over real files. `generate` is the list to read first: its steps, in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kitexgen.codegen.generate import Generated
from kitexgen.codegen.generate import generate as generate_code
from kitexgen.codegen.options import GenerateOptions
from kitexgen.diagnostics.report import Report
from kitexgen.driver.cache import Note, remember
from kitexgen.driver.changes import Change, Comparison, compare
from kitexgen.driver.config import Config
from kitexgen.driver.faults import cannot_write, not_ours, out_of_date
from kitexgen.driver.handler import Handler, merge_handler
from kitexgen.driver.lock import folder_lock
from kitexgen.driver.manifest import IGNORE_FILE, MANIFEST
from kitexgen.driver.staging import staged
from kitexgen.driver.write import clear_leftovers, write
from kitexgen.idl import load
from kitexgen.idl.loader import MAX_BYTES
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.module import Schema
from kitexgen.source.file import SourceFile

Mode = Literal["write", "check", "show"]
"""Write; write nothing and report what is out of date; write nothing and report nothing of it."""

# The steps that take time, as a progress bar names them.
STEPS = ("reading", "generating", "writing")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a run. `changes` are those of the output folder, made or (see `Mode`) only found; empty on errors.

    `handler` is the handwritten file when there is one to keep. `inputs` were read, `missing` looked for in vain.
    """

    report: Report
    files: Mapping[str, SourceFile]
    changes: tuple[Change, ...] = ()
    owned: tuple[str, ...] = ()
    handler: Handler | None = None
    inputs: tuple[Path, ...] = ()
    missing: tuple[Path, ...] = ()

    @property
    def visible_changes(self) -> list[Change]:
        """Without our own bookkeeping."""
        return [change for change in self.changes if not change.is_state]

    @property
    def is_changed(self) -> bool:
        """Whether any file is not what it should be, or was not before it was written."""
        return bool(self.changes) or (self.handler is not None and self.handler.before != self.handler.after)


@dataclass
class _Reading:
    """Reads for the loader, and notes what was there and what was not."""

    found: dict[Path, None] = field(default_factory=dict)
    missing: dict[Path, None] = field(default_factory=dict)

    def __call__(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except OSError:
            self.missing[path] = None
            raise
        self.found[path] = None
        return content


def generate(config: Config, mode: Mode, on_step: Callable[[str], None] = lambda name: None) -> Outcome:
    """IDL to Python, whole. Nothing is written when there is any error, or when writing itself fails.

    `on_step` is told each of STEPS as it begins.
    """
    on_step("reading")
    reading = _Reading()
    loaded = load(
        config.idl,
        include_dirs=config.include,
        strict=config.strict,
        field_ids=config.field_ids,
        read=reading,
    )
    report = loaded.report
    files = dict(loaded.files)
    if loaded.schema is None:
        return Outcome(report=report, files=files)

    on_step("generating")
    options = GenerateOptions(
        naming=config.naming, keep_unknown_fields=config.keep_unknown_fields, py_package=dict(config.py_package)
    )
    generated = generate_code(loaded.schema, options)
    report.extend(generated.diagnostics)

    handler = None
    if config.handler is not None:
        handler = merge_handler(Path(config.handler), Path(config.out), loaded.schema, options)
    if handler is not None:
        report.extend(handler.diagnostics)
        files[handler.source.path] = handler.source
    if report.has_errors:
        return Outcome(report=report, files=files)

    on_step("writing")
    job = _Job(config, loaded.schema, generated, handler)
    comparison = job.write(mode, report)
    return Outcome(
        report=report,
        files=files,
        changes=comparison.changes if comparison else (),
        owned=comparison.owned if comparison else (),
        handler=handler,
        inputs=tuple(reading.found),
        missing=tuple(reading.missing),
    )


def note_outcome(config: Config, outcome: Outcome, note: Note) -> None:
    """Let the next run know that everything is as it should be; `note` is what this one said."""
    out = Path(config.out)
    written = [out / path for path in (*outcome.owned, MANIFEST, IGNORE_FILE)]
    # Files of other runs over the same folder may be gone; that is for those runs to find.
    written = [path for path in written if path.exists()]
    if outcome.handler is not None:
        written.append(outcome.handler.path)
    remember(config, note, files=[*outcome.inputs, *written], missing=outcome.missing)


@dataclass(frozen=True)
class _Job:
    """Everything that is to be on the disk."""

    config: Config
    schema: Schema
    generated: Generated
    handler: Handler | None

    def write(self, mode: Mode, report: Report) -> Comparison | None:
        """Compare, and in mode "write" change the folder and the handler; None when that failed."""
        out = Path(self.config.out)
        try:
            if mode != "write":
                comparison = self._compare(out)
            else:
                with folder_lock(out):
                    clear_leftovers(out)
                    comparison = self._compare(out)
                    if not comparison.handwritten:
                        self._make_changes(out, comparison)
        except OSError as error:
            report.add(cannot_write(self.config.out, error))
            return None
        report.extend(not_ours(f"{self.config.out}/{path}") for path in comparison.handwritten)
        if mode == "check":
            report.extend(out_of_date(self.config.out, change) for change in comparison.changes if not change.is_state)
            report.extend(self.handler.lacking if self.handler else ())
        return comparison

    def _make_changes(self, out: Path, comparison: Comparison) -> None:
        """The handler is staged before the folder changes and renamed after it: a kill between the two leaves a
        handler that lacks methods, which the next run appends.
        """
        if self.handler is None or self.handler.before == self.handler.after:
            write(out, comparison.changes, comparison.owned)
            return
        with staged(self.handler.path, self.handler.after) as finish:
            write(out, comparison.changes, comparison.owned)
            finish()

    def _compare(self, out: Path) -> Comparison:
        roots = _roots_by_module(self.schema, out)
        belongs = {
            file.path: tuple(sorted({root for source in file.sources or self.schema.roots for root in roots[source]}))
            for file in self.generated.files
        }
        return compare(
            out,
            self.generated.files,
            roots=belongs,
            asked={root for group in roots.values() for root in group},
            answered=self.handler.answered if self.handler else {},
            is_whole=self.config.is_whole,
        )


def _roots_by_module(schema: Schema, out: Path) -> dict[ModuleId, set[str]]:
    """Which of the files asked for need each module, by the names the manifest has for them."""
    needed: dict[ModuleId, set[str]] = {module.id: set() for module in schema.modules}
    for root in schema.roots:
        # Relative to the output folder: the same on every machine.
        name = os.path.relpath(root.path, out).replace(os.sep, "/")
        for module in _reachable(schema, root):
            needed[module].add(name)
    return needed


def _reachable(schema: Schema, root: ModuleId) -> Iterable[ModuleId]:
    found = {root: None}
    waiting = [root]
    while waiting:
        for include in schema.module(waiting.pop()).includes:
            if include.target not in found:
                found[include.target] = None
                waiting.append(include.target)
    return found
