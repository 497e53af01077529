"""`kitexgen call`: one call from the shell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kitexgen.cli.paths import FilePath
from kitexgen.cli.printing import Printing, print_diagnostics, printing_of, put, reporting_options, say, standard_input
from kitexgen.cli.settings import configured, reading_options

if TYPE_CHECKING:
    from kitexgen.driver.call import Answer, Call
    from kitexgen.schema.module import Schema

_TTHEADER = ("ttheader", "ttheader_framed")
_TRANSPORTS = ("framed", "buffered", *_TTHEADER)


def _pairs(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Each of `given`, `key=value`, taken apart."""
    pairs = {}
    for text in given:
        key, separator, value = text.partition("=")
        if not separator or not key:
            raise click.BadParameter(f"{text!r} is not KEY=VALUE")
        pairs[key] = value
    return pairs


@click.command(short_help="Call a method of a running service.")
@click.argument("idl", type=FilePath())
@click.argument("method", metavar="[SERVICE.]METHOD")
@click.argument("request", default="{}", metavar="[JSON]")
@click.option(
    "--to", "hosts", metavar="ADDRESS", multiple=True, required=True, help="HOST:PORT, or unix:PATH; repeatable."
)
@click.option(
    "--transport", type=click.Choice(_TRANSPORTS), help="What carries the message; the client's default if not said."
)
@click.option("--timeout", type=click.FloatRange(0, min_open=True), default=10.0, show_default=True, help="Seconds.")
@click.option("--service-name", metavar="NAME", help="The name the service is called by; the IDL's if not said.")
@click.option("--meta", multiple=True, metavar="KEY=VALUE", callback=_pairs, help="Metainfo for the callee.")
@click.option("--persist", multiple=True, metavar="KEY=VALUE", callback=_pairs, help="Metainfo for it and its calls.")
@reading_options
@reporting_options
@click.pass_context
def command(context: click.Context, /, *, idl: str, method: str, request: str, **flags: Any) -> None:
    """Call METHOD of the service that IDL declares, and print the answer as JSON.

    JSON is an object: the arguments by their names (Thrift), or the request message (Protobuf). @FILE reads it from a
    file, - from standard input. Metainfo takes a TTHeader transport.

    \b
    kitexgen call shop.thrift GetOrder '{"order_id": "order-1"}' --to 127.0.0.1:8888
    """
    from kitexgen.driver.call import Call

    printing = printing_of(flags)
    settings = {"hosts": flags.pop("hosts"), "timeout": flags.pop("timeout")}
    transient, persistent = flags.pop("meta"), flags.pop("persist")
    transport = flags.pop("transport") or ("ttheader_framed" if transient or persistent else None)
    if transport is not None:
        settings["transport"] = transport
    if (transient or persistent) and transport not in _TTHEADER:
        raise click.UsageError(f"--transport {transport} carries no metainfo; {' and '.join(_TTHEADER)} do")
    wanted = Call(
        method=method,
        request=_request(request),
        destination=flags.pop("service_name"),
        settings=settings,
        persistent=persistent,
        transient=transient,
    )
    with configured(context, {**flags, "idl": (idl,)}, printing) as config:
        from kitexgen.idl import load

        loaded = load(config.idl, include_dirs=config.include, strict=config.strict, field_ids=config.field_ids)
        if loaded.schema is None:
            print_diagnostics(loaded.report.diagnostics, loaded.files, printing)
            context.exit(loaded.report.exit_status)
        context.exit(_call(loaded.schema, wanted, printing))


def _request(text: str) -> str:
    if text == "-":
        return _decoded(standard_input().read(), "standard input")
    if not text.startswith("@"):
        return text
    path = text[1:]
    try:
        return _decoded(Path(path).read_bytes(), path)
    except OSError as error:
        raise click.BadParameter(f"cannot read {path}: {error.strerror or error}", param_hint="JSON") from error


def _decoded(content: bytes, where: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{where} is not UTF-8", param_hint="JSON") from error


def _call(schema: Schema, wanted: Call, printing: Printing) -> int:
    """Make the call and print what came of it; gives the exit status."""
    from kitexgen.driver.call import CannotCall, Declared, call
    from kitexgen.runtime import BizStatusError, KitexError

    try:
        _print_answer(call(schema, wanted), printing)
    except CannotCall as refusal:
        say(f"kitexgen: {refusal.why}\n" + (f"    = hint: {refusal.hint}\n" if refusal.hint else ""), printing)
    except Declared as error:
        say(f"{error.name} {_pretty(error.text)}\n", printing)
    except BizStatusError as status:
        extra = f" {json.dumps(status.extra, ensure_ascii=False)}" if status.extra else ""
        say(f"business status {status.code}: {status.message}{extra}\n", printing)
    except KitexError as error:
        say(f"{type(error).__name__}: {error}\n", printing)
    except ValueError as error:  # an address that is none, a transport that does not carry this IDL
        say(f"kitexgen: {error}\n", printing)
    else:
        return 0
    return 1


def _print_answer(answer: Answer, printing: Printing) -> None:
    if answer.text is not None:
        put(f"{_pretty(answer.text)}\n")
    elif not printing.is_quiet:
        say("done\n", printing)
    if answer.backward and not printing.is_quiet:
        say(f"metainfo came back: {json.dumps(dict(answer.backward), ensure_ascii=False)}\n", printing)


def _pretty(text: str) -> str:
    loads: Callable[[str], object] = json.loads
    return json.dumps(loads(text), indent=2, ensure_ascii=False)
