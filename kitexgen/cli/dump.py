"""`kitexgen dump`: what was read, for the curious, for tools and for tests: as JSON, or as protoc's descriptor set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import click

from kitexgen.cli.node_json import token_json, tree_json
from kitexgen.cli.paths import FilePath
from kitexgen.cli.printing import Printing, print_diagnostics, printing_of, put, reporting_options
from kitexgen.cli.settings import configured, reading_options
from kitexgen.diagnostics.diagnostic import Diagnostic, Severity
from kitexgen.driver.config import Config
from kitexgen.idl import Loaded, load, parse_text
from kitexgen.idl.parse import is_proto
from kitexgen.schema.interchange import to_json
from kitexgen.source.file import SourceFile

_DESCRIPTOR_SET = "descriptor-set"


@click.command(short_help="Print what was read, as JSON, or as a descriptor set.")
@click.argument("idl", nargs=-1, required=True, metavar="IDL...", type=FilePath())
@click.option(
    "--as",
    "stage",
    type=click.Choice(["tokens", "tree", "schema", _DESCRIPTOR_SET]),
    default="schema",
    show_default=True,
    help="What to print.",
)
@click.option("-o", "--out", metavar="FILE", type=FilePath(), help="Where a descriptor set goes.")
@reading_options
@reporting_options
@click.pass_context
def command(context: click.Context, /, *, idl: tuple[str, ...], stage: str, out: str | None, **flags: Any) -> None:
    """Print IDL as kitexgen sees it: its tokens, its syntax tree, or the schema with all it includes.

    Tokens and tree are of one file, as written, and are printed whatever is wrong with it. The schema is printed when
    there is no error.

    `--as descriptor-set -o FILE` writes what `protoc --include_imports --include_source_info --descriptor_set_out=FILE`
    writes of .proto files.
    """
    _check_usage(idl, stage, out)
    printing = printing_of(flags)
    with configured(context, {**flags, "idl": idl}, printing) as config:
        if stage == _DESCRIPTOR_SET:
            _write_descriptor_set(context, config, idl, out or "", printing)
        loaded = load(idl, include_dirs=config.include, strict=config.strict, field_ids=config.field_ids)
        if stage == "schema":
            _dump_schema(context, loaded, printing)
        # A file may be asked for as includes name it.
        places = [Path(folder, idl[0]).as_posix() for folder in ("", *config.include)]
        path = next((place for place in places if place in loaded.files), places[0])
        _dump_file(context, loaded, path, stage, printing)


def _check_usage(idl: tuple[str, ...], stage: str, out: str | None) -> None:
    """Raises click.UsageError when arguments and flags do not go together."""
    if stage == _DESCRIPTOR_SET:
        other = next((path for path in idl if not is_proto(path)), None)
        if other is not None:
            raise click.UsageError(f"a descriptor set holds .proto files, and '{other}' is none")
        if out is None:
            raise click.UsageError("a descriptor set is no text: say where it goes with -o FILE")
    elif out is not None:
        raise click.UsageError(f"-o is for --as {_DESCRIPTOR_SET}; the others are printed")
    elif stage != "schema" and len(idl) > 1:
        raise click.UsageError(f"--as {stage} takes one file")


def _write_descriptor_set(
    context: click.Context, config: Config, idl: tuple[str, ...], out: str, printing: Printing
) -> NoReturn:
    from kitexgen.driver.faults import cannot_write_file
    from kitexgen.idl.proto.descriptor_set import read_descriptor_set

    found = read_descriptor_set(idl, config.include)
    print_diagnostics(found.report.diagnostics, found.files, printing)
    if found.data is not None:
        try:
            _write(Path(out), found.data)
        except OSError as error:
            print_diagnostics([cannot_write_file(out, error)], found.files, printing)
            context.exit(1)
    context.exit(found.report.exit_status)


def _write(path: Path, data: bytes) -> None:
    """Raises OSError; then the file is as it was. What is no file, such as a pipe, is written to as it stands."""
    from kitexgen.driver.staging import staged

    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    with staged(path, data) as finish:
        finish()


def _dump_schema(context: click.Context, loaded: Loaded, printing: Printing) -> NoReturn:
    print_diagnostics(loaded.report.diagnostics, loaded.files, printing, has_data=True)
    if loaded.schema is not None:
        put(f"{json.dumps(to_json(loaded.schema), indent=1)}\n")
    context.exit(loaded.report.exit_status)


def _dump_file(context: click.Context, loaded: Loaded, path: str, stage: str, printing: Printing) -> NoReturn:
    source = loaded.files.get(path)
    if source is None:
        print_diagnostics(loaded.report.diagnostics, loaded.files, printing, has_data=True)
        context.exit(1)
    shown, diagnostics = (_proto if is_proto(path) else _thrift)(source, stage)
    print_diagnostics(diagnostics, loaded.files, printing, has_data=True)
    put(f"{json.dumps(shown, indent=1)}\n")
    context.exit(1 if any(found.severity is Severity.ERROR for found in diagnostics) else 0)


def _thrift(source: SourceFile, stage: str) -> tuple[object, tuple[Diagnostic, ...]]:
    from kitexgen.idl.thrift.lexer import lex

    if stage == "tokens":
        lexed = lex(source.text, source.path)
        tokens = [token_json(token, source, lexed.leading) for token in lexed.tokens]
        return {"path": source.path, "tokens": tokens}, lexed.diagnostics
    tree, diagnostics = parse_text(source.text, source.path)
    return tree_json(tree, source), diagnostics


def _proto(source: SourceFile, stage: str) -> tuple[object, tuple[Diagnostic, ...]]:
    from kitexgen.idl.proto.grammar import parse
    from kitexgen.idl.proto.lexer import lex

    if stage == "tokens":
        lexed = lex(source.text, source.path)
        tokens = [token_json(token, source, {}) for token in lexed.tokens]
        return {"path": source.path, "tokens": tokens}, tuple(lexed.diagnostics)
    tree, diagnostics = parse(source.text, source.path)
    return tree_json(tree, source), diagnostics
