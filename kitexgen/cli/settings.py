"""Flags and configuration together: what a command that reads IDL files was asked to do."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click

from kitexgen.cli.paths import FilePath
from kitexgen.cli.printing import Printing, print_diagnostics
from kitexgen.driver.config import Config, FieldIds, find_config, read_config

if TYPE_CHECKING:
    from kitexgen.diagnostics.diagnostic import Diagnostic
    from kitexgen.driver.tool_settings import Reader, ToolSettings
    from kitexgen.source.file import SourceFile

_Command = TypeVar("_Command", bound=Callable[..., object])


def idl_options(command: _Command) -> _Command:
    """The arguments and flags of every command that reads the IDL files of a project."""
    argument = click.argument("idl", nargs=-1, metavar="[IDL]...", type=FilePath())
    return argument(reading_options(command))


def reading_options(command: _Command) -> _Command:
    """How IDL files are read."""
    for option in (
        click.option(
            "--field-ids",
            type=click.Choice(get_args(FieldIds)),
            help="Numbers for fields without an id; auto: thriftgo's, or apache's where thriftgo has none.",
        ),
        click.option("--strict/--no-strict", default=None, help="Accept only what both Apache and thriftgo accept."),
        click.option(
            "-I",
            "--include",
            "include",
            multiple=True,
            metavar="DIR",
            type=FilePath(),
            help="Where to look for includes; repeatable.",
        ),
    ):
        command = option(command)
    return command


@contextlib.contextmanager
def configured(context: click.Context, flags: Mapping[str, Any], printing: Printing) -> Iterator[Config]:
    """The settings of this run, `flags` over the configuration found from the current folder upwards.

    When the IDL files are named by the configuration, the body runs in its folder and messages name files from there,
    so that a run from a subfolder gives the same bytes. A wrong configuration ends the command with status 1, no IDL
    at all is wrong usage.
    """
    path = find_config(os.getcwd())
    if path is None:
        yield _with_folders_opened(_with_idl(Config().with_flags(flags)))
        return
    found = read_config(path)
    if found.diagnostics:
        files = {} if found.source is None else {found.source.path: found.source}
        _refuse(context, found.diagnostics, files, printing)
    if flags["idl"]:
        yield _with_folders_opened(found.config.moved(os.path.dirname(path)).with_flags(flags))
        return
    with contextlib.chdir(os.path.dirname(path)):
        config = _with_idl(found.config.with_flags(flags))
        idl, unmatched = _expanded(config.idl)
        if unmatched:
            from kitexgen.driver.config_faults import matches_nothing

            _refuse(context, [matches_nothing(path, pattern) for pattern in unmatched], {}, printing)
        yield _with_folders_opened(config._replace(idl=idl, is_whole=True, patterns=config.idl))


def tool_settings(context: click.Context, tool: str, readers: Mapping[str, Reader], printing: Printing) -> ToolSettings:
    """The table `tool` of the configuration found from the current folder upwards; one that is wrong ends the command
    with status 1.
    """
    from kitexgen.driver.tool_settings import read_tool_settings

    path = find_config(os.getcwd())
    if path is not None:
        found = read_config(path)
        if found.diagnostics:
            _refuse(
                context, found.diagnostics, {} if found.source is None else {found.source.path: found.source}, printing
            )
    settings = read_tool_settings(path, tool, readers)
    if settings.diagnostics and settings.toml is not None:
        _refuse(context, settings.diagnostics, {settings.toml.source.path: settings.toml.source}, printing)
    return settings


def _refuse(
    context: click.Context,
    diagnostics: Sequence[Diagnostic],
    files: Mapping[str, SourceFile],
    printing: Printing,
) -> None:
    print_diagnostics(diagnostics, files, printing)
    context.exit(1)


def _with_idl(config: Config) -> Config:
    if not config.idl:
        raise click.UsageError("no IDL file: name one, or set `idl` in kitexgen.toml")
    return config


def _with_folders_opened(config: Config) -> Config:
    """With the IDL files in each folder, and below, in its place. A folder without any stays: the reader says so."""
    if not any(map(os.path.isdir, config.idl)):
        return config
    from kitexgen.driver.idl_files import idl_files

    files = dict.fromkeys(file for path in config.idl for file in idl_files([path]) or [path])
    return config._replace(idl=tuple(files), patterns=config.patterns or config.idl)


def _expanded(patterns: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """The files that `patterns` stand for, each once, a pattern's own in the order of their names; and the patterns
    that match none.
    """
    files: dict[str, None] = {}
    unmatched = []
    for pattern in patterns:
        matches = _matches(pattern) if any(sign in pattern for sign in "*?[") else [pattern]
        if not matches:
            unmatched.append(pattern)
        files.update(dict.fromkeys(match.replace(os.sep, "/") for match in matches))
    return tuple(files), unmatched


def _matches(pattern: str) -> list[str]:
    import glob

    return sorted(glob.glob(pattern, recursive=True))
