"""`kitexgen new`: a service that runs, in a fresh folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from kitexgen.cli.printing import Printing, print_diagnostics, printing_of, reporting_options, say
from kitexgen.driver.compile import generate
from kitexgen.driver.config import Config, read_config
from kitexgen.idl import load
from kitexgen.scaffold.idl_copy import IdlCopy, copied_idl
from kitexgen.scaffold.project import ProjectName, first_files, service_files
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Service


@click.command(short_help="Lay down a service that runs, in a fresh folder.")
@click.argument("name", type=click.Path())
@click.option("--idl", metavar="FILE", type=click.Path(), help="Your IDL, copied with all it includes; else a sample.")
@click.option("--service", metavar="NAME", help="The service to serve; the last one of the file if not said.")
@click.option(
    "-I", "--include", multiple=True, metavar="DIR", type=click.Path(), help="Where --idl finds its includes."
)
@reporting_options
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    name: str,
    idl: str | None,
    service: str | None,
    include: tuple[str, ...],
    **flags: Any,
) -> None:
    """Lay down a service in the fresh folder NAME: IDL, generated code, handler, server, client, tests, packaging.

    Nothing that exists is overwritten: NAME must not exist, or be empty. All of it is laid down, or nothing.
    """
    printing = printing_of(flags)
    folder = Path(os.path.normpath(name))
    project = _project_name(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.UsageError(f"{folder} exists and is not empty; `new` wants a fresh folder")
    copy = None
    if idl is not None:
        copy = _checked_idl(context, idl, service, include, printing)
    elif service is not None and not service.isidentifier():
        raise click.UsageError(f"'{service}' cannot be the name of a service")
    with _fresh(folder) as stage:
        _write(stage, first_files(project, service, copy))
        _fill(context, stage, project, service, printing, is_sample=copy is None)
    if not printing.is_quiet and printing.format == "text":
        say(_what_next(folder), printing)


def _project_name(folder: Path) -> ProjectName:
    try:
        return ProjectName(Path(os.path.abspath(folder)).name)
    except ValueError as error:
        raise click.UsageError(f"'{folder.name}' cannot be the name of a project: {error}") from error


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
        raise click.UsageError(f"{idl} has no service to serve")
    if name is None:
        return list(services.values())[-1]
    if name not in services:
        near = nearest(name, services)
        hint = f"did you mean '{near}'?" if near else f"it has {', '.join(services)}"
        raise click.UsageError(f"{idl} has no service '{name}'; {hint}")
    return services[name]


def _fill(
    context: click.Context,
    stage: Path,
    project: ProjectName,
    service: str | None,
    printing: Printing,
    *,
    is_sample: bool,
) -> None:
    """Everything that follows from the IDL and the settings that lie in `stage` already."""
    with contextlib.chdir(stage):
        config: Config = read_config("kitexgen.toml").config._replace(is_whole=True)
        loaded = load(config.idl, include_dirs=config.include)
        if loaded.schema is None:
            print_diagnostics(loaded.report.diagnostics, loaded.files, printing)
            context.exit(loaded.report.exit_status)
        chosen = _chosen(loaded.schema, service, config.idl[0])
        _write(Path(), service_files(project, loaded.schema, chosen, config.idl[0], is_sample=is_sample))
        outcome = generate(config, "write")
        if outcome.report.has_errors:
            print_diagnostics(outcome.report.diagnostics, outcome.files, printing)
            context.exit(outcome.report.exit_status)


@contextlib.contextmanager
def _fresh(folder: Path) -> Iterator[Path]:
    """A folder beside `folder`, which takes its name when the body is done, and is gone when it fails."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=f".{folder.name}.kitexgen-", dir=folder.parent))
    try:
        stage.chmod(0o777 & ~_umask())
        yield stage
        if folder.exists():
            folder.rmdir()  # empty, or it would not have come this far; fails when someone filled it meanwhile
        os.rename(stage, folder)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _umask() -> int:
    """Reading it means setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _what_next(folder: Path) -> str:
    return f"""{folder} is ready:

  cd {folder}
  make run      # serve on 127.0.0.1:8888
  make call     # call it, from another terminal
  make test     # run its tests, after: pip install ".[dev]"

Change the IDL in idl/, run `kitexgen gen`, and handler.py gains the new methods.
"""
