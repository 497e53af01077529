"""One run of `gen` over real files. `generate` is the list to read first: its steps, in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from kitexgen.codegen.generate import generate_named
from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.output import OutputFile
from kitexgen.codegen.plan.naming import settle_names
from kitexgen.codegen.reuse import module_keys, reachable_modules
from kitexgen.diagnostics.report import Report
from kitexgen.driver.cache import Note, remember
from kitexgen.driver.changes import Change, Comparison, compare
from kitexgen.driver.config import Config
from kitexgen.driver.disk import Disk
from kitexgen.driver.extras import run_plugins
from kitexgen.driver.faults import cannot_write, not_ours, out_of_date
from kitexgen.driver.handler import Handler, merge_handler
from kitexgen.driver.lock import folder_lock
from kitexgen.driver.manifest import IGNORE_FILE, MANIFEST
from kitexgen.driver.memory import recall_modules, remember_modules
from kitexgen.driver.session import Session
from kitexgen.driver.staging import staged
from kitexgen.driver.write import clear_leftovers, write
from kitexgen.idl import load
from kitexgen.idl.read import MAX_BYTES
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.module import Schema
from kitexgen.source.file import SourceFile

Mode = Literal["write", "check", "show"]
"""Write; write nothing and report what is out of date; write nothing and report nothing of it."""

# The steps that take time, as a progress bar names them.
STEPS = ("reading", "generating", "writing")


@dataclass(frozen=True, kw_only=True)
class Folder:
    """One output folder: what changes in it, and all that is ours there after the run. Paths are relative to `out`."""

    out: str
    changes: tuple[Change, ...]
    owned: tuple[str, ...]

    @property
    def visible_changes(self) -> list[Change]:
        """Without our own bookkeeping."""
        return [change for change in self.changes if not change.is_state]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a run. `folders` are the output folder and those of plugins, their changes made or (see `Mode`)
    only found; empty on errors.

    `handler` is the handwritten file when there is one to keep. `inputs` were read, `missing` looked for in vain.
    """

    report: Report
    files: Mapping[str, SourceFile]
    folders: tuple[Folder, ...] = ()
    handler: Handler | None = None
    inputs: tuple[Path, ...] = ()
    missing: tuple[Path, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether any file is not what it should be, or was not before it was written."""
        is_stale = any(folder.changes for folder in self.folders)
        return is_stale or (self.handler is not None and self.handler.before != self.handler.after)


@dataclass
class _Reading:
    """Reads for the loader, and notes what was there and what was not."""

    disk: Disk
    found: dict[Path, None] = field(default_factory=dict)
    missing: dict[Path, None] = field(default_factory=dict)

    def __call__(self, path: Path) -> bytes:
        try:
            content = self.disk.read(path, MAX_BYTES + 1)
        except OSError:
            self.missing[path] = None
            raise
        self.found[path] = None
        return content


def generate(
    config: Config,
    mode: Mode,
    on_step: Callable[[str], None] = lambda name: None,
    session: Session | None = None,
) -> Outcome:
    """IDL to Python, whole. Nothing is written when there is any error, or when writing itself fails.

    `on_step` is told each of STEPS as it begins. With the `session` of the runs before, only files that changed since
    are read and parsed.
    """
    on_step("reading")
    session = session or Session()
    reading = _Reading(session.disk)
    loaded = load(
        config.idl,
        include_dirs=config.include,
        strict=config.strict,
        field_ids=config.field_ids,
        read=reading,
        trees=session.trees,
    )
    report = loaded.report
    files = dict(loaded.files)
    if loaded.schema is None:
        return Outcome(report=report, files=files, inputs=tuple(reading.found), missing=tuple(reading.missing))

    on_step("generating")
    options = GenerateOptions(
        naming=config.naming,
        keep_unknown_fields=config.keep_unknown_fields,
        py_package=dict(config.py_package),
        py_packed=config.py_packed,
        is_whole=config.is_whole,
    )
    names = settle_names(loaded.schema, options)
    texts = {module.id: files[module.id.path].text for module in loaded.schema.modules if module.id.path in files}
    keys = module_keys(names, options, texts)
    recalled = recall_modules(config, keys, session.disk)
    generated = generate_named(names, options, recalled.kept)
    report.extend(generated.diagnostics)

    handler = None
    if config.handler is not None:
        handler = merge_handler(Path(config.handler), Path(config.out), loaded.schema, options)
    if handler is not None:
        report.extend(handler.diagnostics)
        files[handler.source.path] = handler.source
    # Plugins see only what is sound, and what they find counts like our own findings.
    extras = None if report.has_errors else run_plugins(config, names, options, generated.files)
    report.extend(extras.diagnostics if extras is not None else ())
    inputs = (*reading.found, *(extras.inputs if extras is not None else ()))
    if extras is None or report.has_errors:
        return Outcome(report=report, files=files, inputs=inputs, missing=tuple(reading.missing))

    on_step("writing")
    outputs = {config.out: generated.files, **extras.files}
    outputs[config.out] = (*generated.files, *extras.files.get(config.out, ()))
    job = _Job(config, loaded.schema, outputs, handler, session.disk)
    folders = job.write(mode, report)
    if mode == "write" and not report.has_errors:
        remember_modules(config, keys, generated.by_module, recalled)
    return Outcome(
        report=report,
        files=files,
        folders=folders,
        handler=handler,
        inputs=inputs,
        missing=tuple(reading.missing),
    )


def note_outcome(config: Config, outcome: Outcome, note: Note, disk: Disk) -> None:
    """Let the next run know that everything is as it should be; `note` is what this one said."""
    written = [Path(folder.out) / path for folder in outcome.folders for path in (*folder.owned, MANIFEST, IGNORE_FILE)]
    # Files of other runs over the same folder may be gone; that is for those runs to find.
    written = [path for path in written if path.exists()]
    if outcome.handler is not None:
        written.append(outcome.handler.path)
    remember(
        config,
        note,
        files=[*outcome.inputs, *written],
        missing=outcome.missing,
        digest=lambda path: disk.read_with_digest(path)[1],
    )


@dataclass(frozen=True)
class _Job:
    """Everything that is to be on the disk. `outputs` are files by folder, that of the generated code first."""

    config: Config
    schema: Schema
    outputs: Mapping[str, Sequence[OutputFile]]
    handler: Handler | None
    disk: Disk

    def write(self, mode: Mode, report: Report) -> tuple[Folder, ...]:
        """Compare, and in mode "write" change the folders and the handler; nothing when that failed."""
        try:
            with ExitStack() as locks:
                if mode == "write":
                    outs = [Path(out) for out in self.outputs]
                    locks.enter_context(folder_lock(*outs))
                    for out in outs:
                        clear_leftovers(out)
                comparisons = {name: self._compare(name) for name in self.outputs}
                if mode == "write" and not any(comparison.handwritten for comparison in comparisons.values()):
                    self._make_changes(comparisons)
        except OSError as error:
            report.add(cannot_write(self.config.out, error))
            return ()
        for name, comparison in comparisons.items():
            report.extend(not_ours(f"{name}/{path}") for path in comparison.handwritten)
            if mode == "check":
                report.extend(out_of_date(name, change) for change in comparison.changes if not change.is_state)
        if mode == "check":
            report.extend(self.handler.lacking if self.handler else ())
        return tuple(
            Folder(out=name, changes=comparison.changes, owned=comparison.owned)
            for name, comparison in comparisons.items()
        )

    def _make_changes(self, comparisons: dict[str, Comparison]) -> None:
        """The handler is staged before the folders change and renamed after that: a kill between the two leaves a
        handler that lacks methods, which the next run appends. Each folder changes whole; folders of plugins before
        the generated code, so that whoever sees new code finds everything that goes with it.
        """
        with ExitStack() as steps:
            finish = None
            if self.handler is not None and self.handler.before != self.handler.after:
                finish = steps.enter_context(staged(self.handler.path, self.handler.after))
            for out, comparison in reversed(comparisons.items()):
                write(Path(out), comparison.changes, comparison.owned)
            if finish is not None:
                finish()

    def _compare(self, out: str) -> Comparison:
        files = self.outputs[out]
        roots = _roots_by_module(self.schema, Path(out))

        @cache
        def asked_for(sources: tuple[ModuleId, ...]) -> tuple[str, ...]:
            return tuple(sorted({root for source in sources for root in roots[source]}))

        belongs = {file.path: asked_for(file.sources or self.schema.roots) for file in files}
        is_main = out == self.config.out
        return compare(
            Path(out),
            files,
            roots=belongs,
            asked={root for group in roots.values() for root in group},
            answered=self.handler.answered if self.handler and is_main else {},
            is_whole=self.config.is_whole,
            disk=self.disk,
        )


def _roots_by_module(schema: Schema, out: Path) -> dict[ModuleId, set[str]]:
    """Which of the files asked for need each module, by the names the manifest has for them."""
    needed: dict[ModuleId, set[str]] = {module.id: set() for module in schema.modules}
    reached = reachable_modules(schema)
    for root in schema.roots:
        # Relative to the output folder: the same on every machine.
        name = os.path.relpath(root.path, out).replace(os.sep, "/")
        for module in reached[root]:
            needed[module].add(name)
    return needed
