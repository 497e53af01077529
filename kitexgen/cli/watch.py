"""`kitexgen watch`: generate again whenever something changes."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kitexgen.cli.generating import generating_flags, generating_options
from kitexgen.cli.printing import Printing, print_diagnostics, printing_of, reporting_options, say, text_of
from kitexgen.cli.settings import configured, idl_options
from kitexgen.cli.stopping import Stopping
from kitexgen.driver.config import FILE_NAME, Config, find_config, read_config

if TYPE_CHECKING:
    from kitexgen.driver.compile import Outcome
    from kitexgen.driver.session import Session
    from kitexgen.driver.watch import Watched

_UP_AND_CLEAR = "\033[{lines}F\033[J"
_SHOWN_PATHS = 3
# `main` switches garbage collection off. A run leaves about 1 MB of cycles for 500 files; finding them takes 0.3 s.
_RUNS_OF_GARBAGE = 20


@click.command(short_help="Generate again whenever an IDL file changes.")
@idl_options
@generating_options
@click.option("--poll", is_flag=True, help="Look for changes, where the file system does not tell of them.")
@click.option(
    "--log", "logs", is_flag=True, help="Say what changed before what comes of it, and take nothing back: for editors."
)
@reporting_options
@click.pass_context
def command(context: click.Context, /, *, poll: bool, logs: bool, **flags: Any) -> None:
    """Generate Python from IDL files, and again whenever one of them changes, until SIGINT (Ctrl-C) or SIGTERM.

    Settings are read anew when their file changes; files that are added, renamed and deleted count too. Each run says
    one line. Errors stay on the terminal until the next run, and leave the generated files as they were. It needs the
    packages of `kitexgen[watch]`.
    """
    from kitexgen.driver.watch import NoWatchfiles, changes, check_watchfiles

    try:
        check_watchfiles(poll=poll)
    except NoWatchfiles:
        context.fail("watching needs the package watchfiles: pip install 'kitexgen[watch]'")
    printing = printing_of(flags)
    watching = _Watching(context, generating_flags(flags), printing, logs=logs)
    try:
        with Stopping() as stop:
            why = ""
            for turn in count(1):
                watched = watching.run(why)
                if turn % _RUNS_OF_GARBAGE == 0:
                    gc.collect()
                # Closed here, as a destructor would drop a KeyboardInterrupt that comes while the watch ends.
                with contextlib.closing(changes(watched, poll=poll, stop=stop)) as told:
                    why = _told(next(told, frozenset()))
                if stop.is_set():
                    break
    except KeyboardInterrupt:
        pass  # The usual end.
    say("\n", printing)


class _Watching:
    """What stays from run to run: the flags, what was read, and how many lines of errors stand on the terminal."""

    def __init__(self, context: click.Context, flags: dict[str, Any], printing: Printing, *, logs: bool) -> None:
        self._context = context
        self._logs = logs
        self._flags = flags
        self._printing = printing
        self._standing = 0
        self._session: Session | None = None
        self._watched: Watched | None = None
        self._has_run = False

    def run(self, why: str) -> Watched:
        """Generate once, say what came of it, and tell what to wait for."""
        if self._watched is None:
            # What the settings and arguments name; what that includes is not known before the first run.
            asked = Config(idl=self._flags["idl"], patterns=self._flags["idl"])
            self._watched = _watched(asked, None, self._flags, time.time_ns())
        before = self._watched.marks()
        self._watched = replace(self._run(why, self._watched), before=before)
        self._has_run = True
        return self._watched

    def _run(self, why: str, known: Watched) -> Watched:
        had_errors = bool(self._standing)
        self._clear()
        if self._logs and why:
            # What comes of it is said even if that is no news: an editor waits for the end of what began.
            self._line(why.removesuffix(": "))
            why = ""
        began, started = time.time_ns(), time.perf_counter()
        try:
            with configured(self._context, self._flags, self._printing) as found:
                outcome = self._generate(found)
                watched = _watched(found, outcome, self._flags, began)
                # Saving a file as it was, or our own touch of the handler, is no news.
                is_changed = any(each.visible_changes for each in outcome.folders)
                if not why or had_errors or outcome.report.diagnostics or is_changed:
                    self._say(outcome, why, time.perf_counter() - started)
                return watched
        except click.exceptions.Exit:
            # A configuration that is wrong has been reported; what to do about it is to wait for a better one.
            watched = _watched(Config(), None, self._flags, began)
        except click.UsageError as error:
            # No IDL at all is the user's mistake at the start, later a configuration that a checkout takes away.
            if not self._has_run:
                raise
            say(f"{why}{error.format_message()}\n", self._printing)
            watched = replace(known, began=began)
        if self._logs:
            self._line(f"nothing written ({time.perf_counter() - started:.2f} s)")
        return watched

    def _generate(self, config: Config) -> Outcome:
        from kitexgen.cli.generate import note
        from kitexgen.driver.compile import generate
        from kitexgen.driver.session import Session

        self._session = self._session or Session()
        outcome = generate(config, "write", session=self._session)
        if not outcome.report.has_errors:
            note(config, outcome, self._session)
        return outcome

    def _say(self, outcome: Outcome, why: str, seconds: float) -> None:
        from kitexgen.cli.generate import summary

        printing = self._printing
        found = outcome.report.diagnostics
        print_diagnostics(found, outcome.files, printing)
        if outcome.report.has_errors:
            done = "nothing written"
            if printing.format == "text":
                self._standing = _height(text_of(found, outcome.files, color=False))
        else:
            done = "; ".join(summary(folder) for folder in outcome.folders)
        if printing.format == "text" and not printing.is_quiet:
            self._line(f"{why}{done} ({seconds:.2f} s)")
            self._standing += bool(self._standing)

    def _line(self, text: str) -> None:
        if self._printing.format == "text" and not self._printing.is_quiet:
            say(f"{time.strftime('%H:%M:%S')} {text}\n", self._printing)

    def _clear(self) -> None:
        """Take the errors of the last run off the terminal: they are mended, or will be said again."""
        if self._standing and not self._logs and sys.stderr.isatty():
            say(_UP_AND_CLEAR.format(lines=self._standing), self._printing._replace(color=True))
        self._standing = 0


def _watched(config: Config, outcome: Outcome | None, flags: dict[str, Any], began: int) -> Watched:
    """Everything a run reads, or would read if it were there: IDL files, the settings, what plugins are made of."""
    from kitexgen.driver.watch import Watched, glob_root

    here = Path.cwd()
    present: set[Path] = set()
    files = {here / path for path in config.idl}
    if outcome is not None:
        present.update(here / path for path in outcome.inputs)
        files.update(present, (here / path for path in outcome.missing))
    if config.handler is not None:
        files.add(here / config.handler)
    trees: list[Path] = []
    found = find_config(os.getcwd())
    files.add(Path(found) if found is not None else here / FILE_NAME)
    if found is not None and not flags["idl"]:
        folder = Path(found).parent
        trees = [folder / glob_root(pattern) for pattern in read_config(found).config.idl]
    elif flags["idl"]:
        trees = [here / path for path in config.patterns if os.path.isdir(path)]
    return Watched(
        files=frozenset(map(_normal, files)),
        trees=tuple(map(_normal, trees)),
        present=frozenset(map(_normal, present)),
        began=began,
    )


def _normal(path: Path) -> Path:
    return Path(os.path.normpath(path))


def _told(paths: Iterable[Path]) -> str:
    """`user.thrift, order.thrift changed: `, paths as seen from here."""
    names = sorted(os.path.relpath(path) for path in paths)
    rest = f" and {len(names) - _SHOWN_PATHS} more" if len(names) > _SHOWN_PATHS else ""
    return f"{', '.join(names[:_SHOWN_PATHS])}{rest} changed: " if names else ""


def _height(text: str) -> int:
    """How many lines of the terminal `text` takes."""
    width = shutil.get_terminal_size().columns
    return sum(max(1, -(-len(line) // width)) for line in text.splitlines())
