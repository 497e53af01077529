"""`kitexgen dump`: what was read, as JSON, for the curious, for tools and for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from kitexgen.cli.node_json import token_json, tree_json
from kitexgen.cli.printing import Printing, print_diagnostics, printing_of, reporting_options
from kitexgen.cli.settings import configured, reading_options
from kitexgen.diagnostics.diagnostic import Diagnostic, Severity
from kitexgen.idl import Loaded, is_proto, load, parse_text
from kitexgen.idl.thrift.lexer import lex
from kitexgen.idl.tokens import Comment, Token
from kitexgen.schema.interchange import to_json
from kitexgen.source.file import SourceFile


@click.command(short_help="Print what was read: tokens, tree or schema, as JSON.")
@click.argument("idl", type=click.Path())
@click.option("--as", "stage", type=click.Choice(["tokens", "tree", "schema"]), default="schema", help="What to print.")
@reading_options
@reporting_options
@click.pass_context
def command(context: click.Context, /, *, idl: str, stage: str, **flags: Any) -> None:
    """Print IDL as kitexgen sees it: its tokens, its syntax tree, or the schema with all it includes.

    Tokens and tree are of the one file, as written, and are printed whatever is wrong with it. The schema is printed
    when there is no error.
    """
    printing = printing_of(flags)
    with configured(context, {**flags, "idl": (idl,)}, printing) as config:
        loaded = load([idl], include_dirs=config.include, strict=config.strict, field_ids=config.field_ids)
        if stage == "schema":
            _dump_schema(context, loaded, printing)
        _dump_file(context, loaded, Path(idl).as_posix(), stage, printing)


def _dump_schema(context: click.Context, loaded: Loaded, printing: Printing) -> NoReturn:
    print_diagnostics(loaded.report.diagnostics, loaded.files, printing, has_data=True)
    if loaded.schema is not None:
        click.echo(json.dumps(to_json(loaded.schema), indent=1))
    context.exit(loaded.report.exit_status)


def _dump_file(context: click.Context, loaded: Loaded, path: str, stage: str, printing: Printing) -> NoReturn:
    source = loaded.files.get(path)
    if source is None:
        print_diagnostics(loaded.report.diagnostics, loaded.files, printing, has_data=True)
        context.exit(1)
    shown, diagnostics = _proto(source, stage) if is_proto(path) else _thrift(source, stage)
    print_diagnostics(diagnostics, loaded.files, printing, has_data=True)
    click.echo(json.dumps(shown, indent=1))
    context.exit(1 if any(found.severity is Severity.ERROR for found in diagnostics) else 0)


def _thrift(source: SourceFile, stage: str) -> tuple[object, Sequence[Diagnostic]]:
    if stage == "tokens":
        lexed = lex(source.text, source.path)
        return _tokens(lexed.tokens, source, lexed.leading), lexed.diagnostics
    tree, diagnostics = parse_text(source.text, source.path)
    return tree_json(tree, source), diagnostics


def _proto(source: SourceFile, stage: str) -> tuple[object, Sequence[Diagnostic]]:
    from kitexgen.idl.proto import grammar, lexer

    if stage == "tokens":
        lexed = lexer.lex(source.text, source.path)
        return _tokens(lexed.tokens, source, {}), lexed.diagnostics
    tree, diagnostics = grammar.parse(source.text, source.path)
    return tree_json(tree, source), diagnostics


def _tokens(tokens: Sequence[Token], source: SourceFile, leading: Mapping[int, tuple[Comment, ...]]) -> object:
    return {"path": source.path, "tokens": [token_json(token, source, leading) for token in tokens]}
