"""`fmt` over real files: read, format, compare, write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.diagnostics.report import Report
from kitexgen.driver.faults import cannot_write_file
from kitexgen.driver.staging import staged
from kitexgen.driver.tool_settings import Reader, number_between, read_flag
from kitexgen.fmt import FormatOptions, format_text
from kitexgen.idl.encoding import Place, bad_byte, decode, other_encoding, wrong_encoding
from kitexgen.idl.file_findings import unreadable
from kitexgen.source.file import SourceFile
from kitexgen.source.span import Span

FMT_SETTINGS: dict[str, Reader] = {
    "width": number_between(40, 1000),
    "indent": number_between(0, 16),
    "align": (read_flag, "true or false"),
}


@dataclass(frozen=True, slots=True)
class FormattedFile:
    """A file that parses; `after` is what it should be."""

    path: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@dataclass(slots=True)
class FormatRun:
    """What came of a run: the files that parse, and what is wrong with the others."""

    report: Report = field(default_factory=Report)
    sources: dict[str, SourceFile] = field(default_factory=dict)
    files: list[FormattedFile] = field(default_factory=list)

    @property
    def changed(self) -> list[FormattedFile]:
        return [file for file in self.files if file.is_changed]


def format_files(paths: Iterable[str], options: FormatOptions) -> FormatRun:
    """Format the files at `paths`; nothing is written. Raises FormatFault for a mistake of ours."""
    run = FormatRun()
    for path in paths:
        name = Path(path).as_posix()
        try:
            data = Path(path).read_bytes()
        except (OSError, ValueError) as error:
            run.report.add(unreadable(name, error, ()))
            continue
        format_bytes(data, name, options, run)
    return run


def format_bytes(data: bytes, path: str, options: FormatOptions, run: FormatRun) -> None:
    """Format one file's content into `run`. What is not UTF-8 is refused: written back, its bytes would be lost."""
    encoding = other_encoding(data)
    if encoding is not None:
        run.report.add(wrong_encoding(path, encoding))
        return
    decoded = decode(data)
    run.sources[path] = SourceFile(path, decoded.text)
    if decoded.bad:
        run.report.extend(bad_byte(path, offset, byte, Place.ELSEWHERE) for offset, byte in decoded.bad)
        return
    formatted = format_text(decoded.text, path, options)
    run.report.extend(formatted.errors)
    if formatted.text is not None:
        run.files.append(FormattedFile(path, decoded.text, formatted.text))


def write_formatted(run: FormatRun) -> list[FormattedFile]:
    """Put each changed file in place of the old one, whole or not at all; gives those that were written."""
    written = []
    for file in run.changed:
        try:
            with staged(Path(file.path), file.after.encode()) as finish:
                finish()
        except OSError as error:
            run.report.add(cannot_write_file(file.path, error))
        else:
            written.append(file)
    return written


def report_unformatted(run: FormatRun) -> None:
    """What `--check` says of the files that are not as `fmt` would have them."""
    run.report.extend(_unformatted(file) for file in run.changed)


def _unformatted(file: FormattedFile) -> Diagnostic:
    return Diagnostic(
        code="KX0530",
        severity=Severity.ERROR,
        message="the file is not formatted",
        at=Label(_first_change(file), "the first line that changes"),
        hint=f"run `kitexgen fmt {file.path}`",
    )


def _first_change(file: FormattedFile) -> Span:
    """The first line of the old text that the new one has otherwise."""
    at = 0
    for old, new in zip(file.before.split("\n"), file.after.split("\n"), strict=False):
        if old != new:
            return Span(file.path, at, at + len(old))
        at += len(old) + 1
    at = min(at, len(file.before))
    return Span(file.path, at, at)
