"""`kitexgen new`: a service that runs, or a program that calls one, in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from kitexgen.cli.paths import FilePath
from kitexgen.cli.printing import Printing, print_diagnostics, printing_of, put, reporting_options, say
from kitexgen.driver.compile import generate
from kitexgen.driver.config import Config, read_config
from kitexgen.driver.faults import cannot_write
from kitexgen.idl import load
from kitexgen.scaffold.idl_copy import IdlCopy, copied_idl
from kitexgen.scaffold.laying_down import files_below, in_the_way, lay_down
from kitexgen.scaffold.project import project_files, settings_file
from kitexgen.scaffold.project_name import ProjectName
from kitexgen.scaffold.sample import sample_idl
from kitexgen.scaffold.sides import Sides
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Service


class _Wanted(NamedTuple):
    """What is to be laid down; `service` is None for the last one of the IDL."""

    name: ProjectName
    copy: IdlCopy
    service: str | None
    sides: Sides
    is_sample: bool


@click.command(short_help="Lay down a service that runs, in a fresh folder.")
@click.argument("name", type=FilePath())
@click.option("--idl", metavar="FILE", type=FilePath(), help="Your IDL, copied with all it includes; else a sample.")
@click.option("-I", "--include", multiple=True, metavar="DIR", type=FilePath(), help="Where --idl finds its includes.")
@click.option("--proto", "is_proto", is_flag=True, help="The sample in Protobuf, not Thrift.")
@click.option(
    "--service",
    metavar="NAME",
    help="The service to serve or call, the last one of the file if not said; what the sample's is to be called.",
)
@click.option("--client-only", is_flag=True, help="A program that calls the service, with a stand-in for its tests.")
@click.option("--server-only", is_flag=True, help="A program that serves, and none that calls.")
@click.option("--dry-run", is_flag=True, help="List the files, and write none.")
@reporting_options
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    name: str,
    idl: str | None,
    include: tuple[str, ...],
    is_proto: bool,
    service: str | None,
    client_only: bool,
    server_only: bool,
    dry_run: bool,
    **flags: Any,
) -> None:
    """Lay down a service that runs, or with --client-only a program that calls one.

    The folder NAME gets IDL, generated code, handler, server, client, tests, packaging and a workflow for CI.

    Nothing that exists is overwritten: files that stand in the way are named, and nothing is written then.
    """
    printing = printing_of(flags)
    if idl is not None and is_proto:
        raise click.UsageError("--proto is about the sample: with --idl the language is that of the file")
    if client_only and server_only:
        raise click.UsageError("--client-only and --server-only leave nothing")
    sides = Sides.CLIENT if client_only else Sides.SERVER if server_only else Sides.BOTH
    folder = Path(os.path.normpath(name))
    project = _project_name(folder)
    if idl is not None:
        copy = _checked_idl(context, idl, service, include, printing)
    elif service is not None and not (service.isascii() and service.isidentifier()):
        raise click.UsageError(f"'{service}' cannot be the name of a service")
    else:
        copy = sample_idl(project, service, sides, is_proto=is_proto)
    wanted = _Wanted(project, copy, service, sides, is_sample=idl is None)
    with tempfile.TemporaryDirectory(prefix="kitexgen-new-") as stage:
        _fill(context, Path(stage), wanted, printing)
        _refuse_to_overwrite(in_the_way(Path(stage), folder))
        if dry_run:
            put("".join(f"{(folder / path).as_posix()}\n" for path in files_below(Path(stage))))
            return
        try:
            count = lay_down(Path(stage), folder)
        except FileExistsError as error:  # made after we had looked
            _refuse_to_overwrite([error.filename])
        except OSError as error:
            print_diagnostics([cannot_write(folder.as_posix(), error)], {}, printing)
            context.exit(1)
    if not printing.is_quiet and printing.format == "text":
        say(_what_next(folder, count, sides), printing)


def _project_name(folder: Path) -> ProjectName:
    try:
        return ProjectName(Path(os.path.abspath(folder)).name)
    except ValueError as error:
        raise click.UsageError(f"'{folder.name}' cannot be the name of a project: {error}") from error


def _refuse_to_overwrite(paths: Sequence[Path | str]) -> None:
    if paths:
        listed = "".join(f"\n  {path}" for path in paths)
        what = "this stands" if len(paths) == 1 else "these stand"
        raise click.UsageError(f"{what} in the way, and `new` writes over nothing:{listed}")


def _checked_idl(
    context: click.Context, idl: str, service: str | None, include: tuple[str, ...], printing: Printing
) -> IdlCopy:
    """The IDL with all it includes, when it has no errors and has the service; else the command ends."""
    loaded = load([idl], include_dirs=include)
    print_diagnostics(loaded.report.diagnostics, loaded.files, printing)
    if loaded.schema is None:
        context.exit(loaded.report.exit_status)
    _chosen(loaded.schema, service, idl)
    return copied_idl(Path(idl), loaded.inputs, [Path(folder) for folder in include])


def _chosen(schema: Schema, name: str | None, idl: str) -> Service:
    """The service called `name`, the last one when it is None, as Kitex's tool takes it."""
    from kitexgen.diagnostics.suggest import nearest

    services = {service.id.name: service for service in schema.services() if service.id.module in schema.roots}
    if not services:
        raise click.UsageError(f"{idl} has no service")
    if name is None:
        return list(services.values())[-1]
    if name not in services:
        near = nearest(name, services)
        hint = f"did you mean '{near}'?" if near else f"it has {', '.join(services)}"
        raise click.UsageError(f"{idl} has no service '{name}'; {hint}")
    return services[name]


def _fill(context: click.Context, stage: Path, wanted: _Wanted, printing: Printing) -> None:
    """The whole project, in the empty folder `stage`."""
    copy = wanted.copy
    with contextlib.chdir(stage):
        _write({**copy.files, **settings_file(copy, wanted.sides)})
        config: Config = read_config("kitexgen.toml").config._replace(is_whole=True)
        loaded = load(config.idl, include_dirs=config.include)
        if loaded.schema is None:
            print_diagnostics(loaded.report.diagnostics, loaded.files, printing)
            context.exit(loaded.report.exit_status)
        service = _chosen(loaded.schema, wanted.service, copy.root)
        excepted = _rules_not_kept(config)
        if excepted:
            _write(settings_file(copy, wanted.sides, excepted))
        _write(project_files(wanted.name, loaded.schema, service, copy, wanted.sides, is_sample=wanted.is_sample))
        outcome = generate(config, "write")
        if outcome.report.has_errors:
            print_diagnostics(outcome.report.diagnostics, outcome.files, printing)
            context.exit(outcome.report.exit_status)


def _rules_not_kept(config: Config) -> list[str]:
    """The rules of lint that the IDL breaks as it is: its own people know why, and CI is to begin green."""
    from kitexgen.driver.lint import lint_settings, run_lint
    from kitexgen.driver.tool_settings import ToolSettings
    from kitexgen.lint import RULES

    settings, _ = lint_settings(ToolSettings(), (), ())
    codes = {found.code for found in run_lint(config, settings, wants_fixes=False).report.diagnostics}
    return [rule.name for rule in RULES if rule.code in codes]


def _write(files: dict[str, bytes]) -> None:
    for path, content in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content)


def _what_next(folder: Path, count: int, sides: Sides) -> str:
    command = "make run " if sides.has_server else "make test"
    does = "serves on 127.0.0.1:8888" if sides.has_server else "calls a stand-in for the service"
    return f"""{count} files in {folder}. Go on with

  cd {folder}
  {command}    # {does}; `make help` lists the rest
"""
